import { readFileSync } from "node:fs";
import { relative } from "node:path";
import { color } from "../../runner/common/color.ts";
import { highlight } from "../../runner/common/highlight.ts";
import { renderProse } from "../../runner/common/prose.ts";
import { visible } from "../../runner/common/visible.ts";
import type { Guide, Run } from "../../runner/guide/guide.ts";
import { readStepComment } from "../../runner/guide/step-source.ts";

/**
 * What the reader sees before a run: its place, and for a step's first run its text and code, as
 * the file is now.
 */
export async function pageOf(guide: Guide, run: Run, width: number): Promise<string> {
  const step = readStep(run.step.file) ?? run.step;
  const head = `${headOf(guide, run, step.title)}  ${color.dim(relative(process.cwd(), run.step.file))}`;
  if (run.after) {
    const why = `The same step once more, to see what ${run.after.name} changed.`;
    return [head, renderProse(why, width)].join("\n\n");
  }
  return [head, renderProse(step.prose, width), highlight(step.code)].join("\n\n");
}

/** A run's place in the guide, and its step's title. */
export function headOf(guide: Guide, run: Run, title = run.step.title): string {
  const place = color.dim(`${run.index + 1} of ${guide.runs.length}`);
  return `${place}  ${color.bold(color.green(visible(run.after ? `${title}, again` : title)))}`;
}

function readStep(file: string) {
  try {
    return readStepComment(readFileSync(file, "utf8"), file);
  } catch {
    return undefined; // the compiler says so when it is run
  }
}
