import { join, parse } from "node:path";
import { inject } from "vitest";
import { compileRunner } from "../../runner/cli/compile-runner.ts";
import { keepPrograms, manifestOf, takePrograms } from "../../runner/run/program-cache.ts";
import { makeDirectory } from "../../runner/workspace/cache-directory.ts";
import {
  cacheRoot,
  keepAsOwn,
  type ProgramName,
  readPrograms,
  sharedCache,
  templateDirectory,
} from "./programs.ts";

/** Puts some of the template's programs into a cache, as those of a copy. Its files are as they are now. */
export function takeProgramsAlong(
  directory: string,
  cache: string,
  names: readonly ProgramName[],
): void {
  for (const name of names) keepAsOwn(inject("shared"), readPrograms(name), directory, cache);
}

/** @returns the compiled runner of a copy, while it is what the copy's sources say */
export function runnerOf(directory: string, cache: string): string | undefined {
  if (directory === templateDirectory() && cache === sharedCache()) {
    sharedRunner ??= keptRunner(directory, cache);
    return sharedRunner;
  }
  return keptRunner(directory, cache);
}

/** Nobody changes the template: it is looked at once. */
let sharedRunner: string | undefined;

function keptRunner(directory: string, cache: string): string | undefined {
  const main = join(directory, "classroom/main.ts");
  const kept = takePrograms(manifestOf(cacheRoot(cache), [main]));
  return kept && join(kept.directory, "runner");
}

/** The same, compiled anew where a source was changed. */
export async function runnerNow(directory: string, cache: string): Promise<string> {
  const runner = runnerOf(directory, cache);
  if (runner) return runner;
  const main = join(directory, "classroom/main.ts");
  const compiled = await compileRunner(main, "runner");
  makeDirectory(cacheRoot(cache));
  const kept = keepPrograms(manifestOf(cacheRoot(cache), [main]), compiled, Date.now());
  if (!kept) throw new Error(`${cache} cannot be written to.`);
  return join(kept.directory, "runner");
}

/** How the runner starts a step of the template, or of its second guide. */
export function stepProgram(step: string): string[] {
  for (const name of ["guide", "orders"] as const) {
    const { entryPoints } = readPrograms(name);
    if (!entryPoints.includes(step)) continue;
    const kept = takePrograms(manifestOf(cacheRoot(sharedCache()), entryPoints));
    if (kept) return ["--enable-source-maps", join(kept.directory, `${parse(step).name}.mjs`)];
  }
  throw new Error(`${step} is not compiled.`);
}
