import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, parse } from "node:path";
import { inject } from "vitest";
import type { TestProject } from "vitest/node";
import { type CompiledRunner, compileRunner, keepRunner } from "../../runner/cli/compile-runner.ts";
import { compiledFile, isCurrent } from "../../runner/cli/load.ts";
import { readManifest } from "../../runner/guide/manifest.ts";
import { compileSteps } from "../../runner/run/compile-steps.ts";
import { makeDirectory } from "../../runner/workspace/cache-directory.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** The directory of all that the suite's projects share. */
    shared: string;
  }
}

export const root = join(import.meta.dirname, "../..");

/** The guide's first two steps, and the files of all others. */
export const smallGuide = {
  runs: ["01-create", "02-read"],
  gone: [
    ...["steps/03-update.ts", "steps/04-delete.ts"],
    ...["03-update", "04-delete", "02-read.after-03-update", "02-read.after-04-delete"].map(
      (name) => `expected/${name}.txt`,
    ),
  ],
};

/** What tests write into: it is there in every copy. */
const emptyFolders = ["exercises", "standalone"];

const parts = [
  ...["steps", "drivers", "expected", "examples", "runner", "classroom"],
  ...["run-guide.ts", "package.json", "tsconfig.json"],
];

const templateOf = (shared: string) => join(shared, "project");
const compiledIn = (shared: string) => join(shared, "compiled");
const cacheOf = (shared: string) => join(shared, "cache");
const mainOf = (directory: string) => join(directory, "classroom/main.ts");

/** Compiles the runner and the steps of a template: compiling the runner again takes a test a second. */
export default async function setup(project: TestProject): Promise<() => void> {
  const shared = realpathSync(mkdtempSync(join(tmpdir(), "guide-suite-")));
  chmodSync(shared, 0o711); // the server's user passes through it
  const template = templateOf(shared);
  mkdirSync(template);
  copyParts(root, template);

  const cache = cacheOf(shared);
  makeDirectory(cache);
  makeDirectory(clustersIn(cache));
  const runner = await compileRunner(mainOf(template));
  writeFileSync(join(shared, "runner.json"), JSON.stringify(runner));
  keepRunner(runnerFile(template, cache), runner, Number.POSITIVE_INFINITY);
  for (const steps of ["steps", "examples/orders/steps"]) {
    await compileGuide(join(template, steps), join(compiledIn(shared), steps));
  }
  project.provide("shared", shared);
  return () => rmSync(shared, { recursive: true, force: true, maxRetries: 5 });
}

function compileGuide(steps: string, directory: string): Promise<unknown> {
  const names = new Set(readManifest(join(steps, "guide.json")).runs);
  const sources = [...names].map((name) => ({ name, file: join(steps, `${name}.ts`) }));
  return compileSteps(sources, directory);
}

/** How the runner starts a step of the template. @param name relative to its steps, without .ts */
export function stepProgram(name: string): string[] {
  return [join(compiledIn(inject("shared")), "steps", `${name}.mjs`)];
}

/** Puts the template's compiled runner into a cache, as that of a copy. The copy's files are as they are now. */
export function takeRunnerAlong(directory: string, cache: string): void {
  const shared = inject("shared");
  const { program, inputs }: CompiledRunner = JSON.parse(
    readFileSync(join(shared, "runner.json"), "utf8"),
  );
  const move = (text: string) => moved(text, templateOf(shared), directory);
  const compiled = { program: move(program), inputs: inputs.map(move) };
  keepRunner(runnerFile(directory, cache), compiled, Number.POSITIVE_INFINITY); // no file is too young
}

/** @returns the compiled runner of a directory, while it is what the sources say */
export function runnerOf(directory: string, cache: string): string | undefined {
  const file = runnerFile(directory, cache);
  if (file === checked) return file;
  if (!isCurrent(file)) return undefined;
  if (directory === templateDirectory()) checked = file; // no test changes the template
  return file;
}
let checked: string | undefined;

/** The same, compiled again where a source was changed. */
export async function runnerNow(directory: string, cache: string): Promise<string> {
  const runner = runnerOf(directory, cache);
  if (runner) return runner;
  makeDirectory(cacheRoot(cache));
  const started = Date.now();
  keepRunner(runnerFile(directory, cache), await compileRunner(mainOf(directory)), started);
  return runnerFile(directory, cache);
}

export function runnerFile(directory: string, cache: string): string {
  return compiledFile(cacheRoot(cache), mainOf(directory));
}

/** The cache directory that all commands share which are not given one: for `XDG_CACHE_HOME`. */
export function sharedCache(): string {
  return cacheOf(inject("shared"));
}

/** The template itself. No test may change it. */
export function templateDirectory(): string {
  return templateOf(inject("shared"));
}

/** Copies the project's files. What is written afterwards is younger than all of them. */
export function copyParts(from: string, to: string): void {
  for (const part of parts) {
    cpSync(join(from, part), join(to, part), { recursive: true, preserveTimestamps: true });
  }
  for (const name of emptyFolders) mkdirSync(join(to, name));
  symlinkSync(realpathSync(join(root, "node_modules")), join(to, "node_modules"), "junction");
}

/** Makes a cache directory that shares nothing with others but the clusters of the embedded server. */
export function makeCache(directory: string): string {
  makeDirectory(cacheRoot(directory));
  chmodSync(directory, 0o711);
  symlinkSync(clustersIn(sharedCache()), clustersIn(directory), "junction");
  return directory;
}

function clustersIn(cache: string): string {
  return join(cacheRoot(cache), "clusters");
}

/** What the runner makes in a cache directory. */
export function cacheRoot(cache: string): string {
  return join(cache, "neon-typescript-guide");
}

/** Changes a path wherever a program has it: as text, as a string's source, and in a URL. */
function moved(text: string, from: string, to: string): string {
  const forms = (path: string) => {
    const rest = path.slice(parse(path).root.length);
    return [rest, JSON.stringify(rest).slice(1, -1), rest.replaceAll("\\", "/")];
  };
  const after = forms(to);
  return forms(from).reduce((result, form, n) => result.replaceAll(form, after[n] ?? ""), text);
}
