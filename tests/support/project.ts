import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { inject } from "vitest";
import { answerInTurn } from "./answerer.ts";
import { type Result, type Running, runNode, startNode } from "./command.ts";
import { type Files, filesIn, makeDirectory } from "./files.ts";
import {
  copyParts,
  makeCache,
  root,
  runnerNow,
  runnerOf,
  sharedCache,
  smallGuide,
  stepProgram,
  takeRunnerAlong,
  templateDirectory,
} from "./programs.ts";

export { expectExit } from "./command.ts";

/** The suite's server, which saves each test the start of an embedded one. */
export const given = { DATABASE_URL: inject("databaseUrl") };

/** The project, for commands that change nothing in it. */
export interface Project {
  readonly directory: string;
  read(file: string): string;
  /** Has a command answered, in a process that stays for all of them. */
  guide: Run;
  /** Runs a command as a process of its own, which takes five times as long: for what the process decides. */
  command: Run;
  /** Runs `run-guide.ts` as a reader does, with tsx. */
  launch: Run;
  /** Starts a command, for what goes on until it is ended. */
  start(choices: readonly string[], environment?: NodeJS.ProcessEnv): Running;
  /** Starts it as npx does: below a shell, whose parent is called npm. Gives npm. */
  startBelowNpm(choices: readonly string[], environment?: NodeJS.ProcessEnv): Running;
  /** Runs one step by itself as a reader does, with tsx. */
  stepByHand: RunStep;
}

type Run = (choices?: readonly string[], environment?: NodeJS.ProcessEnv) => Promise<Result>;
type RunStep = (name: string, ...rest: Parameters<Run>) => Promise<Result>;

/** The project that is the same for all tests. */
export interface SharedProject extends Project {
  /** Runs one step by itself, compiled, in a fourth of the time. */
  step: RunStep;
}

/** A copy that a test may change. It goes when the test is over. */
export interface ProjectCopy extends Project, Files {}

/** The project that all tests share. */
export function sharedProject(): SharedProject {
  const directory = templateDirectory();
  return {
    ...openProject(directory, sharedCache()),
    step: (name, choices = [], environment = {}) =>
      runNode([...stepProgram(name), ...choices], environment),
  };
}

/** @param name of the directory: some are harder than others, and their runner is compiled by the command */
export function copyProject(name?: string): ProjectCopy {
  const project = openCopy(name);
  keepExercises(project, () => true);
  return project;
}

/**
 * A copy of which only 01-create and 02-read are left.
 * @param drivers those of the guide; one is enough for what does not compare them
 */
export function copySmallProject(drivers?: readonly string[]): ProjectCopy {
  const project = openCopy();
  const { runs, gone } = smallGuide;
  const manifest = { title: "Small", runs, drivers };
  project.write("steps/guide.json", JSON.stringify(manifest));
  for (const file of gone) project.remove(file);
  keepExercises(project, (region) => region !== "update" && region !== "delete");
  return project;
}

/** A copy lacks the standalone scripts: what its exercises say about those would be refused. */
export function keepExercises(
  project: Files & Pick<Project, "read">,
  isKept: (region: string) => boolean,
  standalone: readonly string[] = [],
): void {
  const all: Record<string, { for?: object }> = JSON.parse(
    readFileSync(join(root, "steps/exercises.json"), "utf8"),
  );
  const isThere = (path: string) =>
    !path.startsWith("standalone/") || standalone.includes(path.replace("standalone/", ""));
  const kept = Object.entries(all).flatMap(([region, one]) => {
    const own = Object.entries(one.for ?? {}).filter(([path]) => isThere(path));
    return isKept(region) ? [[region, { ...one, for: Object.fromEntries(own) }]] : [];
  });
  project.write("steps/exercises.json", JSON.stringify(Object.fromEntries(kept)));
}

function openCopy(name?: string): ProjectCopy {
  const parent = makeDirectory("guide-test");
  const directory = join(parent, name ?? "project");
  mkdirSync(directory);
  const cache = makeCache(join(parent, "cache"));
  copyParts(templateDirectory(), directory);
  if (name === undefined) takeRunnerAlong(directory, cache);
  return { ...openProject(directory, cache), ...filesIn(directory) };
}

const tsx = import.meta.resolve("tsx");
/** Does what npx does to start a command of a package. */
const npm = `process.title = "npm exec run-guide";
  const line = '"$0" "$@"; exit $?';
  const words = ["-c", line, process.execPath, ...process.argv.slice(1)];
  require("node:child_process").spawn("sh", words, { stdio: "inherit" });
  setInterval(() => {}, 1000);`;
const runCompiled = join(import.meta.dirname, "run-compiled.cjs");

/** @param cache the cache directory of commands that are not given another one */
function openProject(directory: string, cache: string): Project {
  const path = (file: string) => join(directory, file);
  const complete = (environment: NodeJS.ProcessEnv) => ({
    XDG_CACHE_HOME: cache,
    LOCALAPPDATA: cache,
    ...environment,
  });
  const cacheFor = ({ XDG_CACHE_HOME }: NodeJS.ProcessEnv) => XDG_CACHE_HOME ?? cache;
  const byTsx = (file: string, ...choices: string[]) => ["--import", tsx, path(file), ...choices];
  const launch = (choices: readonly string[]) => byTsx("run-guide.ts", ...choices);
  const words = (choices: readonly string[], environment: NodeJS.ProcessEnv) => {
    const runner = runnerOf(directory, cacheFor(environment));
    return runner ? [runCompiled, runner, ...choices] : launch(choices);
  };
  return {
    directory,
    read: (file) => readFileSync(path(file), "utf8"),
    async guide(choices = [], environment = {}) {
      const runner = await runnerNow(directory, cacheFor(environment));
      return answerInTurn(runner, choices, complete(environment));
    },
    command: (choices = [], environment = {}) =>
      runNode(words(choices, environment), complete(environment)),
    launch: (choices = [], environment = {}) => runNode(launch(choices), complete(environment)),
    start: (choices, environment = {}) =>
      startNode(words(choices, environment), complete(environment)),
    startBelowNpm: (choices, environment = {}) =>
      startNode(["-e", npm, ...words(choices, environment)], complete(environment)),
    stepByHand: (name, choices = [], environment = {}) =>
      runNode(byTsx(`steps/${name}.ts`, ...choices), complete(environment)),
  };
}
