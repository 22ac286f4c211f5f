import { type ChildProcess, spawn } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, realpathSync, rmSync, symlinkSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, inject, onTestFinished } from "vitest";
import { makeDirectory } from "../../../runner/workspace/cache-directory.ts";
import { ourName } from "../../../runner/workspace/find-cache.ts";
import { processList, readText, watchProcesses } from "./processes.ts";

export const root = join(import.meta.dirname, "../../..");
export const tsx = createRequire(import.meta.url).resolve("tsx");

/** A command of the project's, in an environment and with a cache directory of its own. */
export interface Command {
  readonly child: ChildProcess;
  /** Everything that it prints, so far. */
  readonly printed: { stdout: string; stderr: string };
  /** How it ended. Rejects where it did not end within its limit. */
  readonly ended: Promise<Ended>;
}

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Seconds. */
  readonly time: number;
  /** Command lines of all processes on this machine, as they were while the command ran. */
  readonly processList: string;
}

/** For `spawn`: another directory, another user. And what starts the command, such as `unshare`. */
export interface StartOptions {
  /** What is run; run-guide.ts by default. */
  readonly file?: string;
  readonly through?: readonly string[];
  readonly cwd?: string;
  readonly uid?: number;
  readonly gid?: number;
}

/** The cache directory of a command, by which its processes and files are found afterwards. */
export function makeCache(): string {
  const directory = emptyCache();
  const ours = join(directory, ourName);
  const seed = join(inject("seed"), ourName);
  makeDirectory(ours);
  cpSync(join(seed, "runner"), join(ours, "runner"), { recursive: true });
  symlinkSync(join(seed, "clusters"), join(ours, "clusters"));
  return directory;
}

/** Makes a cache directory for the tests of the file that calls it, and removes it after them. */
export function cacheForFile(): string {
  const cache = makeCache();
  afterAll(() => removeCache(cache));
  return cache;
}

/** Makes a cache directory for a test. It is removed when the test is over. */
export function cacheForTest(make = makeCache): string {
  const cache = make();
  onTestFinished(() => removeCache(cache));
  return cache;
}

/** As it is before the very first run. */
export function emptyCache(): string {
  const directory = realpathSync(mkdtempSync(join(tmpdir(), "fault-cache-")));
  makeDirectory(directory);
  return directory;
}

/** @param limit seconds within which it must end */
export function start(
  choices: readonly string[],
  environment: NodeJS.ProcessEnv,
  limit: number,
  { file = "run-guide.ts", through = [], ...options }: StartOptions = {},
): Command {
  const { PATH, HOME, LANG } = process.env;
  const started = performance.now();
  const words = [...through, process.execPath, "--import", tsx, join(root, file), ...choices];
  const child = spawn(words[0] ?? "", words.slice(1), {
    cwd: tmpdir(),
    env: { PATH, HOME, LANG, ...environment },
    stdio: ["ignore", "pipe", "pipe"],
    ...options,
  });
  const printed = { stdout: "", stderr: "" };
  child.stdout?.setEncoding("utf8").on("data", (text) => {
    printed.stdout += text;
  });
  child.stderr?.setEncoding("utf8").on("data", (text) => {
    printed.stderr += text;
  });

  const ended = new Promise<Ended>((resolve, reject) => {
    const seen = watchProcesses(limit, () => {
      child.kill("SIGKILL");
      reject(new Error(`${file} did not end within ${limit} s: ${JSON.stringify(printed)}`));
    });
    child.on("error", (error) => {
      seen.end();
      reject(error);
    });
    child.on("close", (code, signal) => {
      const time = (performance.now() - started) / 1000;
      resolve({ code, signal, ...printed, time, processList: [...seen.end()].join("\n") });
    });
  });
  ended.catch(() => {});
  return { child, printed, ended };
}

/** Presses Ctrl-C, and waits until the command has ended. */
export function interrupt({ child, ended }: Command): Promise<Ended> {
  child.kill("SIGINT");
  return ended;
}

/** What a command left behind: processes that mention its cache directory, and directories of runs. */
export async function leftovers(cache: string): Promise<string[]> {
  const look = () => [
    ...processList()
      .split("\n")
      .filter((line) => line.includes(cache)),
    ...list(join(cache, ourName, "runs")),
  ];
  // A killed runner's watchdog has a while for its work.
  for (let round = 0; round < 400 && look().length > 0; round++) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return look();
}

/** Is the text in any file below the directory? */
export function isInFiles(directory: string, text: string): boolean {
  return readdirSync(directory, { recursive: true, encoding: "utf8" }).some((name) =>
    readText(join(directory, name)).includes(text),
  );
}

export function removeCache(cache: string): void {
  rmSync(cache, { recursive: true, force: true });
}

function list(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}
