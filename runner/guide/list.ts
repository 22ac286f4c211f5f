import { goldenFile, type Run } from "./guide.ts";

/** The runs in their order, each with its step's number and title, and its golden file. */
export function listRuns(runs: ReadonlySet<Run>): string {
  const width = Math.max(...[...runs].map(({ name }) => name.length));
  const lines = [...runs].map((run) => {
    const { number, title } = run.step;
    const again = run.after ? `${title}, again` : title;
    return `${String(number).padStart(2)}  ${run.name.padEnd(width)}  ${goldenFile(run)}  ${again}`;
  });
  return `${lines.join("\n")}\n`;
}
