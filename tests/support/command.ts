import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { text } from "node:stream/consumers";
import { expect, onTestFailed, onTestFinished } from "vitest";
import { sharedCache } from "./programs.ts";

/** What a command printed, and how it ended. */
export interface Result {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A command that goes on. It is ended when the test is over. */
export interface Running {
  readonly child: ChildProcess;
  /** Waits until it has printed the text, on stdout or stderr; gives all that it printed. */
  prints(text: string | RegExp): Promise<string>;
  /** Its exit code. */
  readonly ended: Promise<number | null>;
}

/** Asserts how a command ended. Where it ended otherwise, its output says why. */
export function expectExit({ code, stdout, stderr }: Result, expected: number): void {
  expect(code, `stderr:\n${stderr}\nstdout:\n${stdout}\nexit code`).toBe(expected);
}

/** Asserts that a command refused to do anything, and what it said on stderr. */
export async function expectRefused(
  ending: Result | Promise<Result>,
  says: string | RegExp,
): Promise<void> {
  const result = await ending;
  expectExit(result, 2);
  expect(result.stderr).toMatch(says);
}

/** Asserts how a run ended, and what its report says. */
export async function expectReport(
  ending: Result | Promise<Result>,
  code: number,
  says: string | RegExp,
): Promise<void> {
  const result = await ending;
  expectExit(result, code);
  expect(result.stdout).toMatch(says);
}

/** Runs node in an environment without anything that would change what the command does. */
export async function runNode(
  choices: readonly string[],
  environment: NodeJS.ProcessEnv,
): Promise<Result> {
  const child = spawnNode(choices, environment);
  const closed = once(child, "close");
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
  const [code] = await closed;
  return { code, stdout, stderr };
}

function spawnNode(choices: readonly string[], environment: NodeJS.ProcessEnv) {
  return spawn(process.execPath, choices, { env: cleanEnvironment(environment), cwd: tmpdir() });
}

/** Starts node as `runNode` does, for what goes on until it is ended. */
export function startNode(choices: readonly string[], environment: NodeJS.ProcessEnv): Running {
  const child = spawnNode(choices, environment);
  let printed = "";
  let hasEnded = false;
  let look = () => {};
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text) => {
      printed += text;
      look();
    });
  }
  const ended = new Promise<number | null>((resolve) => child.on("close", resolve)).finally(() => {
    hasEnded = true;
    look();
  });
  onTestFinished(async () => {
    child.kill();
    await ended;
  });
  return {
    child,
    ended,
    prints: (text) =>
      new Promise((resolve, reject) => {
        look = () => {
          const isThere = typeof text === "string" ? printed.includes(text) : text.test(printed);
          if (isThere) resolve(printed);
          else if (hasEnded) reject(new Error(`It ended without printing ${text}:\n${printed}`));
        };
        look();
        onTestFailed(() => console.error(`Waited for ${text}, after:\n${printed}`));
      }),
  };
}

/** Nothing that would change what the command does. */
export function cleanEnvironment(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const { PATH, HOME, LANG, TMPDIR, SystemRoot, TEMP } = process.env;
  const cache = sharedCache();
  const caches = { XDG_CACHE_HOME: cache, LOCALAPPDATA: cache };
  return { PATH, HOME, LANG, TMPDIR, SystemRoot, TEMP, ...caches, ...environment };
}

export function isAlive(pid: number): boolean {
  try {
    // One that has ended waits, without any work, for whoever takes over a dead parent's children.
    if (process.platform === "linux")
      return !/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
