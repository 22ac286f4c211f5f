import { chmodSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { type Result, type Running, runNode, startNode } from "./command.ts";
import { type Files, filesIn } from "./files.ts";
import {
  copyParts,
  makeCache,
  type ProgramName,
  runnerOf,
  sharedCache,
  smallGuide,
  takeProgramsAlong,
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
export interface ProjectCopy extends Project, Files {}

/** The project that all tests share. */
export function sharedProject(): Project {
  return openProject(templateDirectory(), sharedCache());
}

/** @param name of the directory: some are harder than others, and are compiled by the command */
export function copyProject(name?: string): ProjectCopy {
  const copy = openCopy(name ?? "project");
  if (name === undefined) copy.takePrograms("runner", "guide");
  return copy.project;
}

/** A copy of which only 01-create and 02-read are left: for what any guide shows. */
export function copySmallProject(): ProjectCopy {
  const { project, takePrograms } = openCopy("project");
  const { runs, gone } = smallGuide;
  project.write("steps/guide.json", JSON.stringify({ title: "Small", runs, tables: ["books"] }));
  for (const file of gone) project.remove(file);
  takePrograms("runner", "small guide");
  return project;
}

function openCopy(name: string) {
  const parent = realpathSync(mkdtempSync(join(tmpdir(), "guide-test-")));
  onTestFinished(() => rmSync(parent, { recursive: true, force: true, maxRetries: 5 }));
  chmodSync(parent, 0o711); // the server's user passes through it
  const directory = join(parent, name);
  mkdirSync(directory);
  const cache = makeCache(join(parent, "cache"));
  copyParts(templateDirectory(), directory);
  return {
    project: { ...openProject(directory, cache), ...filesIn(directory) },
    takePrograms: (...names: ProgramName[]) => takeProgramsAlong(directory, cache, names),
  };
}

const tsx = import.meta.resolve("tsx");
const runCompiled = join(import.meta.dirname, "run-compiled.cjs");

/** @param cache the cache directory of commands that are not given another one */
function openProject(directory: string, cache: string): Project {
  const path = (file: string) => join(directory, file);
  const complete = (environment: NodeJS.ProcessEnv) => ({
    XDG_CACHE_HOME: cache,
    LOCALAPPDATA: cache,
    ...environment,
  });
  const command = (choices: readonly string[], environment: NodeJS.ProcessEnv) => {
    const runner = runnerOf(directory, environment.XDG_CACHE_HOME ?? cache);
    return runner
      ? [runCompiled, runner, ...choices]
      : ["--import", tsx, path("run-guide.ts"), ...choices];
  };
  return {
    directory,
    read: (file) => readFileSync(path(file), "utf8"),
    guide: (choices = [], environment = {}) =>
      runNode(command(choices, environment), complete(environment)),
    start: (choices, environment = {}) =>
      startNode(command(choices, environment), complete(environment)),
    step: (name, choices = [], environment = {}) =>
      runNode(["--import", tsx, path(`steps/${name}.ts`), ...choices], complete(environment)),
  };
}
