import type { Guide } from "./guide.ts";

/** The runs in their order, each with its step's title and its golden file. */
export function listRuns({ runs }: Guide): string {
  const width = Math.max(...runs.map(({ step }) => step.name.length));
  const lines = runs.map(({ index, step, golden }) => {
    return `${String(index + 1).padStart(2)}  ${step.name.padEnd(width)}  expected/${golden}  ${step.title}`;
  });
  return `${lines.join("\n")}\n`;
}
