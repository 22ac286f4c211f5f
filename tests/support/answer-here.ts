import { setMaxListeners } from "node:events";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { onTestFinished } from "vitest";
import { cleanEnvironment, type Result } from "./command.ts";

type Runner = typeof import("../../runner/main.ts");
const require = createRequire(import.meta.url);

/** Commands share this process's environment and directory: one is answered after the other. */
let last: Promise<unknown> = Promise.resolve();

/**
 * Has a compiled runner answer a command line in this process, in the environment and the directory that
 * `runNode` would give it: what costs most of a short run is to start node, and to load the runner.
 */
export function answerHere(
  runner: string,
  choices: readonly string[],
  environment: NodeJS.ProcessEnv,
): Promise<Result> {
  const end = new AbortController();
  setMaxListeners(0, end.signal);
  onTestFinished(() => end.abort(143)); // where the test ran out of time
  const answered = last.then(() =>
    within(cleanEnvironment(environment), async () => {
      const { answer }: Runner = require(runner);
      let stdout = "";
      let stderr = "";
      const print = (text: string) => {
        stdout += text;
      };
      const note = (text: string) => {
        stderr += `${text}\n`;
      };
      const { signal } = end;
      const context = { print, note, signal, interrupt: () => end.abort(130) };
      const code = await aside(
        (text) => {
          stderr += text;
        },
        () => answer(choices, context),
      );
      return { code, stdout, stderr };
    }),
  );
  last = answered.catch(() => {});
  return answered;
}

/** Changes the environment and the directory of this process for a piece of work. */
async function within<Value>(
  environment: NodeJS.ProcessEnv,
  work: () => Promise<Value>,
): Promise<Value> {
  const before = { environment: { ...process.env }, directory: process.cwd() };
  setEnvironment(environment);
  process.chdir(tmpdir());
  try {
    return await work();
  } finally {
    setEnvironment(before.environment);
    process.chdir(before.directory);
  }
}

function setEnvironment(environment: NodeJS.ProcessEnv): void {
  for (const name of Object.keys(process.env)) {
    if (environment[name] === undefined) delete process.env[name];
  }
  for (const [name, value] of Object.entries(environment)) {
    if (value !== undefined) process.env[name] = value;
  }
}

/** What is written to stderr itself goes to the test. */
async function aside<Value>(
  take: (text: string) => void,
  work: () => Promise<Value>,
): Promise<Value> {
  const { write } = process.stderr;
  process.stderr.write = (text: string | Uint8Array) => {
    take(String(text));
    return true;
  };
  try {
    return await work();
  } finally {
    process.stderr.write = write;
  }
}
