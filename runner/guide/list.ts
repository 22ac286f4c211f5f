import { type Guide, goldenFile } from "./guide.ts";

/** The runs in their order, each with its step's title and its golden file. */
export function listRuns({ runs }: Guide): string {
  const width = Math.max(...runs.map(({ step }) => step.name.length));
  const lines = runs.map((run) => {
    const { index, step } = run;
    return `${String(index + 1).padStart(2)}  ${step.name.padEnd(width)}  ${goldenFile(run)}  ${step.title}`;
  });
  return `${lines.join("\n")}\n`;
}
