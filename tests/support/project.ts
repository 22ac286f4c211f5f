import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { onTestFinished } from "vitest";
import { type Result, type Running, runNode, startNode } from "./command.ts";
import {
  copyParts,
  copyTemplate,
  root,
  runnerOf,
  sharedCache,
  smallGuide,
  templateDirectory,
} from "./programs.ts";

export { expectExit } from "./command.ts";

/** The project, for commands that change nothing in it. */
export interface Project {
  readonly directory: string;
  read(file: string): string;
  /** Runs the compiled runner; `run-guide.ts` itself, where the runner's sources were changed. */
  guide(choices?: readonly string[], environment?: NodeJS.ProcessEnv): Promise<Result>;
  /** Starts what `guide` runs, for what goes on until it is ended. */
  start(choices: readonly string[], environment?: NodeJS.ProcessEnv): Running;
  /** Runs one step by itself. */
  step(name: string, choices?: readonly string[], environment?: NodeJS.ProcessEnv): Promise<Result>;
}

/** A copy that a test may change. It goes when the test is over. */
export interface ProjectCopy extends Project {
  write(file: string, text: string): void;
  edit(file: string, from: string, to: string): void;
  remove(file: string): void;
}

/** The project that all tests share. */
export function sharedProject(): Project {
  return openProject(templateDirectory());
}

/** @param name of the directory: some are harder than others, and are compiled by the command */
export function copyProject(name?: string): ProjectCopy {
  const parent = realpathSync(mkdtempSync(join(tmpdir(), "guide-test-")));
  onTestFinished(() => rmSync(parent, { recursive: true, force: true }));
  const directory = join(parent, name ?? "project");
  mkdirSync(directory);
  if (name === undefined) copyTemplate(directory);
  else copyParts(root, directory);

  const path = (file: string) => join(directory, file);
  const project = openProject(directory);
  const write = (file: string, text: string) => {
    mkdirSync(dirname(path(file)), { recursive: true });
    writeFileSync(path(file), text);
  };
  return {
    ...project,
    write,
    edit(file, from, to) {
      const text = project.read(file);
      if (!text.includes(from)) throw new Error(`${file} does not contain ${from}`);
      write(file, text.replace(from, to));
    },
    remove: (file) => rmSync(path(file), { recursive: true }),
  };
}

/** A copy of which only 01-create and 02-read are left: for what any guide shows. */
export function copySmallProject(): ProjectCopy {
  const project = copyProject();
  const { runs, gone } = smallGuide;
  project.write("steps/guide.json", JSON.stringify({ title: "Small", runs, tables: ["books"] }));
  for (const file of gone) project.remove(file);
  return project;
}

const tsx = import.meta.resolve("tsx");
const runCompiled = join(import.meta.dirname, "run-compiled.cjs");

function openProject(directory: string): Project {
  const path = (file: string) => join(directory, file);
  const command = (choices: readonly string[], { XDG_CACHE_HOME }: NodeJS.ProcessEnv) => {
    const runner = runnerOf(directory, XDG_CACHE_HOME ?? sharedCache());
    return runner
      ? [runCompiled, runner, ...choices]
      : ["--import", tsx, path("run-guide.ts"), ...choices];
  };
  return {
    directory,
    read: (file) => readFileSync(path(file), "utf8"),
    guide: (choices = [], environment = {}) => runNode(command(choices, environment), environment),
    start: (choices, environment = {}) => startNode(command(choices, environment), environment),
    step: (name, choices = [], environment = {}) =>
      runNode(["--import", tsx, path(`steps/${name}.ts`), ...choices], environment),
  };
}
