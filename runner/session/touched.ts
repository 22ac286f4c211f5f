import { basename, dirname, join } from "node:path";
import type { Guide } from "../guide/guide.ts";

/**
 * The index of the first run that a changed file touches.
 * @param clients who makes the runs: the steps' own files and the drivers are nothing to a standalone one
 * @returns undefined for a file that no run depends on
 */
export function firstTouched(
  guide: Guide,
  clients: readonly string[],
  file: string,
): number | undefined {
  const directory = dirname(file);
  const name = basename(file);
  const isOfDrivers = clients.some((client) => !client.startsWith("standalone/"));
  if (directory === join(guide.directory, "steps")) {
    return isOfDrivers ? guide.runs.find(({ step }) => step.file === file)?.index : undefined;
  }
  if (directory === join(guide.directory, "expected")) {
    return guide.runs.find((run) => `${run.name}.txt` === name)?.index;
  }
  if (dirname(directory) === join(guide.directory, "standalone")) {
    const ofStep = guide.runs.find(({ step }) => name.split(".")[0] === step.name);
    return ofStep?.index ?? 0; // what is no script may be imported by all of them
  }
  // Every step imports its driver, and what the drivers share.
  return isOfDrivers && name.endsWith(".ts") ? 0 : undefined;
}
