import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { cleanEnvironment, type Result } from "./command.ts";

let answerer: ChildProcess | undefined;
let last: Promise<unknown> = Promise.resolve();

/**
 * Has a compiled runner answer a command line in a process that stays, in the environment and the
 * directory that `runNode` would give it: to start node, and to load the runner, costs most of a short
 * run. And from a small process, others start in half the time that they need from the test's own.
 */
export function answerInTurn(
  runner: string,
  choices: readonly string[],
  environment: NodeJS.ProcessEnv,
): Promise<Result> {
  onTestFinished(() => void (answerer?.connected && answerer.send("end"))); // it ran out of time
  const turn = last.then(() =>
    ask({ runner, choices, environment: cleanEnvironment(environment) }),
  );
  last = turn.catch(() => {});
  return turn;
}

async function ask(question: object): Promise<Result> {
  if (!answerer?.connected) answerer = start();
  const child = answerer;
  const gone = once(child, "exit").then(([code]) => {
    throw new Error(`The command ended its process, with ${code}.`);
  });
  const answered = once(child, "message");
  child.send(question);
  const [result] = await Promise.race([answered, gone]);
  return result;
}

function start(): ChildProcess {
  const child = fork(join(import.meta.dirname, "answerer.cjs"), {
    stdio: ["ignore", "inherit", "inherit", "ipc"],
    execArgv: [],
  });
  child.setMaxListeners(0);
  child.unref();
  child.channel?.unref();
  return child;
}
