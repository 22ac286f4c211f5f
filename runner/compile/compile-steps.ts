import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Step } from "../guide/guide.ts";
import { keepPrograms, manifestOf, type Outputs, takePrograms } from "./program-cache.ts";

/** Finds the program to give to node for a step. */
export type Programs = ReadonlyMap<Step, string>;

/**
 * Compiles the steps with the drivers and libraries that they import: node starts such a program in
 * half the time that tsx needs for the file itself. Steps that have not changed since the last run
 * are not compiled again.
 * @param root where programs are kept from run to run
 * @param directory where this run's programs go
 * @throws Failure of kind "layout" for a step that does not compile, with its line
 */
export async function compileSteps(
  steps: readonly Step[],
  root: string,
  directory: string,
): Promise<Programs> {
  const files = steps.map(({ file }) => file);
  const manifest = manifestOf(root, files);
  const outputs = takePrograms(manifest)?.outputs ?? (await bundle(files, manifest));
  mkdirSync(directory, { recursive: true });
  for (const [name, content] of outputs) writeFileSync(join(directory, name), content);
  return new Map(steps.map((step) => [step, join(directory, `${step.name}.mjs`)]));
}

async function bundle(files: readonly string[], manifest: string): Promise<Outputs> {
  const { bundleSteps } = await import("./bundle-steps.ts");
  const started = Date.now();
  const compiled = await bundleSteps(files);
  keepPrograms(manifest, compiled, started);
  return compiled.outputs;
}
