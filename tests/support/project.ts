import { type ChildProcess, spawn } from "node:child_process";
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { onTestFinished } from "vitest";

const root = join(import.meta.dirname, "../..");
const parts = [
  "steps",
  "drivers",
  "expected",
  "runner",
  "run-guide.ts",
  "package.json",
  "tsconfig.json",
];

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
  /** Runs `run-guide.ts`, as a user would. */
  guide(choices?: readonly string[], environment?: NodeJS.ProcessEnv): Promise<Result>;
  /** Starts `run-guide.ts`, for what goes on until it is ended. */
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

/** @param name of the directory: some are harder than others */
export function copyProject(name = "project"): Project {
  const parent = mkdtempSync(join(tmpdir(), "guide-test-"));
  const directory = join(parent, name);
  mkdirSync(directory);
  for (const part of parts) cpSync(join(root, part), join(directory, part), { recursive: true });
  symlinkSync(join(root, "node_modules"), join(directory, "node_modules"), "junction");
  onTestFinished(() => rmSync(parent, { recursive: true, force: true }));

  const path = (file: string) => join(directory, file);
  const run = (
    file: string,
    choices: readonly string[] = [],
    environment: NodeJS.ProcessEnv = {},
  ) => runNode(["--import", tsx, path(file), ...choices], environment);
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
    guide: (choices, environment) => run("run-guide.ts", choices, environment),
    start: (choices, environment = {}) =>
      startNode(["--import", tsx, path("run-guide.ts"), ...choices], environment),
    step: (name, choices, environment) => run(`steps/${name}.ts`, choices, environment),
  };
  return project;
}

const tsx = import.meta.resolve("tsx");

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
  const { PATH, HOME, LANG, TMPDIR, SystemRoot, LOCALAPPDATA, TEMP } = process.env;
  return { PATH, HOME, LANG, TMPDIR, SystemRoot, LOCALAPPDATA, TEMP, ...environment };
}
