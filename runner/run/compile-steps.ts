import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Step } from "../guide/guide.ts";
import { keepPrograms, manifestOf, type Outputs, takePrograms } from "./program-cache.ts";

/** A step, or another TypeScript file: a script, a driver. */
export interface Source {
  /** The file's name without its ending. */
  readonly name: string;
  readonly file: string;
}

/** Finds the program to give to node for a step. */
export type Programs<One extends Source = Step> = ReadonlyMap<One, string>;

/**
 * Compiles the steps with the drivers and libraries that they import: node starts such a program in
 * half the time that tsx needs for the file itself. Steps that have not changed since the last run
 * are not compiled again.
 * @param root where programs are kept from run to run
 * @param directory where this run's programs go
 * @param prelude code that is put before each of them
 * @param drivers the guide's own, which its steps import
 * @throws Failure of kind "layout" for a step that does not compile, with its line
 */
export async function compileSteps<One extends Source>(
  steps: readonly One[],
  root: string,
  directory: string,
  prelude = "",
  drivers: readonly One[] = [],
): Promise<Programs<One>> {
  const sources = [...steps, ...drivers];
  const files = sources.map(({ file }) => file);
  const manifest = manifestOf(root, prelude ? [...files, prelude] : files);
  const outputs =
    takePrograms(manifest)?.outputs ??
    (await bundle(manifest, files.slice(0, steps.length), prelude, files.slice(steps.length)));
  mkdirSync(directory, { recursive: true });
  for (const [name, content] of outputs) writeFileSync(join(directory, name), content);
  return new Map(sources.map((step) => [step, join(directory, `${step.name}.mjs`)]));
}

async function bundle(
  manifest: string,
  ...sources: Parameters<typeof import("./bundle-steps.ts").bundleSteps>
): Promise<Outputs> {
  const { bundleSteps } = await import("./bundle-steps.ts");
  const started = Date.now();
  const compiled = await bundleSteps(...sources);
  keepPrograms(manifest, compiled, started);
  return compiled.outputs;
}
