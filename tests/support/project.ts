import { type ChildProcess, spawn } from "node:child_process";
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, onTestFinished } from "vitest";
import { copyParts, copyTemplate, runnerOf, sharedCache } from "./programs.ts";

const root = join(import.meta.dirname, "../..");

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

/** A copy of the project that a test may change. It goes when the test is over. */
export interface Project {
  readonly directory: string;
  read(file: string): string;
  write(file: string, text: string): void;
  edit(file: string, from: string, to: string): void;
  remove(file: string): void;
  /** Runs the compiled runner; `run-guide.ts` itself, where the runner's sources were changed. */
  guide(choices?: readonly string[], environment?: NodeJS.ProcessEnv): Promise<Result>;
  /** Starts what `guide` runs, for what goes on until it is ended. */
  start(choices: readonly string[], environment?: NodeJS.ProcessEnv): Running;
  /** Runs one step by itself. */
  step(name: string, choices?: readonly string[], environment?: NodeJS.ProcessEnv): Promise<Result>;
}

/** An empty cache directory, for `XDG_CACHE_HOME`. The server's user may pass through it. */
export function makeCache(): string {
  const cache = mkdtempSync(join(tmpdir(), "cache-"));
  chmodSync(cache, 0o711);
  onTestFinished(() => rmSync(cache, { recursive: true, force: true }));
  return cache;
}

/** Asserts how a command ended. Where it ended otherwise, its output says why. */
export function expectExit({ code, stdout, stderr }: Result, expected: number): void {
  expect(code, `stderr:\n${stderr}\nstdout:\n${stdout}`).toBe(expected);
}

/** @param name of the directory: some are harder than others, and are compiled by the command */
export function copyProject(name?: string): Project {
  const parent = realpathSync(mkdtempSync(join(tmpdir(), "guide-test-")));
  onTestFinished(() => rmSync(parent, { recursive: true, force: true }));
  const directory = join(parent, name ?? "project");
  mkdirSync(directory);
  if (name === undefined) copyTemplate(directory);
  else copyParts(root, directory);

  const path = (file: string) => join(directory, file);
  const command = (choices: readonly string[], { XDG_CACHE_HOME }: NodeJS.ProcessEnv) => {
    const runner = runnerOf(directory, XDG_CACHE_HOME ?? sharedCache());
    return runner
      ? [runCompiled, runner, ...choices]
      : ["--import", tsx, path("run-guide.ts"), ...choices];
  };
  const project: Project = {
    directory,
    read: (file) => readFileSync(path(file), "utf8"),
    write(file, text) {
      mkdirSync(dirname(path(file)), { recursive: true });
      writeFileSync(path(file), text);
    },
    edit(file, from, to) {
      const text = project.read(file);
      if (!text.includes(from)) throw new Error(`${file} does not contain ${from}`);
      project.write(file, text.replace(from, to));
    },
    remove: (file) => rmSync(path(file), { recursive: true }),
    guide: (choices = [], environment = {}) => runNode(command(choices, environment), environment),
    start: (choices, environment = {}) => startNode(command(choices, environment), environment),
    step: (name, choices = [], environment = {}) =>
      runNode(["--import", tsx, path(`steps/${name}.ts`), ...choices], environment),
  };
  return project;
}

const tsx = import.meta.resolve("tsx");
const runCompiled = join(import.meta.dirname, "run-compiled.cjs");

/** Runs node in an environment without anything that would change what the command does. */
export function runNode(
  choices: readonly string[],
  environment: NodeJS.ProcessEnv,
): Promise<Result> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, choices, {
      env: cleanEnvironment(environment),
      cwd: tmpdir(),
    });
    let stdout = "";
    let stderr = "";
    child.stdout.setEncoding("utf8").on("data", (text) => {
      stdout += text;
    });
    child.stderr.setEncoding("utf8").on("data", (text) => {
      stderr += text;
    });
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, stdout, stderr }));
  });
}

function startNode(choices: readonly string[], environment: NodeJS.ProcessEnv): Running {
  const child = spawn(process.execPath, choices, {
    env: cleanEnvironment(environment),
    cwd: tmpdir(),
  });
  let printed = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text) => {
      printed += text;
    });
  }
  const ended = new Promise<number | null>((resolve) => child.on("close", resolve));
  onTestFinished(async () => {
    child.kill();
    await ended;
  });
  return {
    child,
    ended,
    async prints(text) {
      for (let round = 0; round < 1200; round++) {
        if (typeof text === "string" ? printed.includes(text) : text.test(printed)) return printed;
        await new Promise((resolve) => setTimeout(resolve, 25));
      }
      throw new Error(`Never printed ${text}:\n${printed}`);
    },
  };
}

function cleanEnvironment(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const { PATH, HOME, LANG, TMPDIR, SystemRoot, TEMP } = process.env;
  const cache = sharedCache();
  const caches = { XDG_CACHE_HOME: cache, LOCALAPPDATA: cache };
  return { PATH, HOME, LANG, TMPDIR, SystemRoot, TEMP, ...caches, ...environment };
}
