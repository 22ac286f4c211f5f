import { relative, sep } from "node:path";
import type { Guide } from "../guide/guide.ts";

/**
 * The index of the first run that a changed file touches. What is neither a step nor a text may be
 * imported or read by all of them.
 * @param clients who makes the runs: the steps and the clients are nothing to a standalone one
 * @returns undefined for a file that no run depends on
 */
export function firstTouched(
  { directory, steps, runs }: Guide,
  clients: readonly string[],
  file: string,
): number | undefined {
  const [room, ...path] = relative(directory, file).split(sep);
  const name = path.join("/");
  const isOfDrivers = clients.some((client) => !client.startsWith("standalone/"));
  switch (room) {
    case "expected":
      return runs.find((run) => `${run.name}.txt` === name)?.index;
    case "drivers":
      return isOfDrivers ? 0 : undefined;
    case "standalone": {
      const [, script = "", ...below] = path;
      const isOf = (step: string) => below.length === 0 && script.split(".")[0] === step;
      return runs.find(({ step }) => isOf(step.name))?.index ?? 0;
    }
    default: {
      const ofStep = runs.find(({ step }) => step.file === file);
      if (ofStep) return isOfDrivers ? ofStep.index : undefined;
      const texts = ["before", "after", ...steps.map((step) => step.name)].map(
        (one) => `${one}.md`,
      );
      return ["guide.json", ...texts].includes(name) ? undefined : 0;
    }
  }
}
