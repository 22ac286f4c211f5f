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
import { compileRunner } from "../../runner/cli/compile-runner.ts";
import { readManifest } from "../../runner/guide/manifest.ts";
import { bundleSteps } from "../../runner/run/bundle-steps.ts";
import { keepPrograms, manifestOf } from "../../runner/run/program-cache.ts";
import { makeDirectory } from "../../runner/workspace/cache-directory.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** The directory of all that the suite's projects share. */
    shared: string;
  }
}

/** What is compiled once for the whole suite. */
export type ProgramName = "runner" | "guide" | "small guide" | "orders";

/** Programs of the template. */
interface Programs {
  readonly entryPoints: readonly string[];
  readonly inputs: readonly string[];
  readonly outputs: Readonly<Record<string, string>>;
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

/**
 * What tests put beside them, like an .env file. They are there before anything is compiled: a new entry in the project's
 * directory might be what an import means, and makes all programs stale.
 */
const emptyFolders = ["exercises", "standalone"];

const parts = [
  "steps",
  "drivers",
  "expected",
  "examples",
  "runner",
  "classroom",
  "run-guide.ts",
  "package.json",
  "tsconfig.json",
];

const templateOf = (shared: string) => join(shared, "project");
const programsOf = (shared: string, name: ProgramName) => join(shared, `${name}.json`);
const cacheOf = (shared: string) => join(shared, "cache");

/** Compiles the runner and the steps of a template: compiling them again takes a test a second. */
export default async function setup(project: TestProject): Promise<() => void> {
  const shared = realpathSync(mkdtempSync(join(tmpdir(), "guide-suite-")));
  chmodSync(shared, 0o711); // the server's user passes through it
  const template = templateOf(shared);
  mkdirSync(template);
  copyParts(root, template);

  const main = join(template, "classroom/main.ts");
  const { inputs, outputs } = await compileRunner(main, "runner");
  const programs = new Map<ProgramName, Programs>([
    ["runner", { entryPoints: [main], inputs, outputs: textsOf(outputs) }],
    ["guide", await compileGuide(template)],
    ["small guide", await compileGuide(template, smallGuide.runs)],
    ["orders", await compileGuide(join(template, "examples", "orders"))],
  ]);
  const cache = cacheOf(shared);
  makeDirectory(cache);
  makeDirectory(clustersIn(cache));
  for (const [name, one] of programs) {
    writeFileSync(programsOf(shared, name), JSON.stringify(one));
    keepAsOwn(shared, one, template, cache);
  }
  project.provide("shared", shared);
  return () => rmSync(shared, { recursive: true, force: true, maxRetries: 5 });
}

async function compileGuide(directory: string, runs?: readonly string[]): Promise<Programs> {
  const steps = join(directory, "steps");
  const names = runs ?? readManifest(join(steps, "guide.json")).runs;
  const entryPoints = [...new Set(names)].map((name) => join(steps, `${name}.ts`));
  const { inputs, outputs } = await bundleSteps(entryPoints);
  return { entryPoints, inputs, outputs: textsOf(outputs) };
}

function textsOf(outputs: ReadonlyMap<string, Uint8Array>): Record<string, string> {
  return Object.fromEntries(
    [...outputs].map(([name, content]) => [name, Buffer.from(content).toString("utf8")]),
  );
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
  writeFileSync(join(to, ".env"), "");
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

/** Keeps the template's programs as those of a directory. Its files are as they are now. */
export function keepAsOwn(
  shared: string,
  programs: Programs,
  directory: string,
  cache: string,
): void {
  const move = (text: string) => moved(text, templateOf(shared), directory);
  const outputs = Object.entries(programs.outputs).map(([name, text]): [string, Buffer] => [
    name,
    Buffer.from(move(text)),
  ]);
  const compiled = { inputs: programs.inputs.map(move), outputs: new Map(outputs) };
  const manifest = manifestOf(cacheRoot(cache), programs.entryPoints.map(move));
  keepPrograms(manifest, compiled, Number.POSITIVE_INFINITY); // no file of a copy is too young
}

export function readPrograms(name: ProgramName): Programs {
  return JSON.parse(readFileSync(programsOf(inject("shared"), name), "utf8"));
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
