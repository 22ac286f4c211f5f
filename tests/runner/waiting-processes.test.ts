import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, expect, test, vi } from "vitest";
import { runStep } from "../../runner/run/run-step.ts";
import { startProcess } from "../../runner/run/step-process.ts";
import { openWaitingProcesses } from "../../runner/run/waiting-processes.ts";
import { startWatchdog } from "../../runner/workspace/watchdog.ts";
import { directoryForFile } from "../support/files.ts";

const onWindows = process.platform === "win32";

const directory = directoryForFile("waiting");
const watchdog = startWatchdog([directory]);
afterAll(() => watchdog.dismiss());

let count = 0;

/** A program, and the processes that wait for its turn. */
function prepare(code: string) {
  const own = join(directory, `${count++}`);
  mkdirSync(own);
  const file = join(own, "program.mjs");
  writeFileSync(file, code);
  const command = {
    program: process.execPath,
    arguments: [file, "--driver", "pg"],
    directory: own,
  };
  const waiting = openWaitingProcesses((_, one) =>
    startProcess(one, join(own, `${count++}`), watchdog, true),
  );
  return { file, command, directory: own, waiting };
}

const wanted = { timeout: 60_000, programs: "", exitCode: 0, stderr: undefined, hasDriver: false };
const { signal } = new AbortController();

/** A program that does not wait would have run. */
const aMoment = () => sleep(300);

test.skipIf(onWindows)("a waiting process reads its program when it is its turn", async () => {
  const { file, command, waiting } = prepare('console.log("before");');
  waiting.expect("pg", [command]);
  await aMoment();
  const fork =
    "import { fork } from 'node:child_process'; import { Worker } from 'node:worker_threads';";
  writeFileSync(
    file,
    `${fork}
if (process.argv.includes("child")) {
  console.log("child");
} else {
  console.log(process.argv.slice(2).join(), process.execArgv.length);
  fork(process.argv[1], ["child"]).once("exit", () => {
    new Worker("console.log('thread')", { eval: true });
  });
}`,
  );
  const started = waiting.take("pg", command);
  if (!started) throw new Error("It does not wait.");
  const outcome = await runStep(started, wanted, signal);
  expect(outcome).toMatchObject({ kind: "finished", stderr: "" });
  expect(readFileSync(outcome.stdoutFile, "utf8")).toBe("--driver,pg 0\nchild\nthread\n");
  expect(waiting.take("pg", command)).toBeUndefined();
});

test.skipIf(onWindows)("processes that are not needed end, and run nothing", async () => {
  const { file, command, waiting } = prepare("");
  const trace = `${file}.ran`;
  writeFileSync(
    file,
    `import { writeFileSync } from "node:fs"; writeFileSync(${JSON.stringify(trace)}, "");`,
  );
  const other = { ...command, environment: { NAME: "value" } };
  waiting.expect("pg", [command, other]);
  await aMoment();
  expect(waiting.take("postgres", command)).toBeUndefined();
  await waiting.discard();
  expect(waiting.take("pg", command)).toBeUndefined();
  await aMoment();
  expect(() => readFileSync(trace)).toThrow("ENOENT");
});

test.skipIf(onWindows)("a process that ended before its turn is not taken", async () => {
  const { command, directory } = prepare("process.exit(0);");
  let pid = 0;
  const noting = { ...watchdog, began: (id: number) => (pid = id) };
  const started = startProcess(command, join(directory, "own"), noting, true);
  const waiting = openWaitingProcesses(() => started);
  waiting.expect("pg", [command]);
  process.kill(pid, "SIGKILL");
  await vi.waitFor(() => expect(started.isAlive()).toBe(false));
  expect(waiting.take("pg", command)).toBeUndefined();
});

test.skipIf(onWindows)("a waiting process ends with its runner", async () => {
  const { file } = prepare('console.log("ran");');
  const preload = new URL("../../runner/run/wait-for-turn.mjs", import.meta.url).href;
  const child = spawn(process.execPath, ["--import", preload, file], {
    stdio: ["ignore", "pipe", "inherit", "pipe"],
  });
  let printed = "";
  child.stdout?.on("data", (text) => {
    printed += text;
  });
  const ended = once(child, "exit");
  child.stdio[3]?.destroy();
  expect(await ended).toEqual([1, null]);
  expect(printed).toBe("");
});
