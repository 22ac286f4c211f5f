import { readFileSync } from "node:fs";
import { join, relative } from "node:path";
import pc from "picocolors";
import type { Guide, Run } from "../guide/guide.ts";
import { readStepComment } from "../guide/step-comment.ts";
import { adviceFor } from "../report/advice.ts";
import { detailsOf } from "../report/details.ts";
import { paintDiff } from "../report/paint-diff.ts";
import { visible } from "../report/visible.ts";
import type { JudgedRun } from "../verify/judged-run.ts";
import { highlight } from "./highlight.ts";
import { renderProse } from "./prose.ts";

const OUTPUT_LINES = 40;
const DIFF_LINES = 24;

/** What the reader sees before a run: its place, and for a step's first run its text and code. */
export async function pageOf(guide: Guide, run: Run, width: number): Promise<string> {
  const place = `${run.index + 1} of ${guide.runs.length}`;
  const step = readStepComment(readFileSync(run.step.file, "utf8")) ?? run.step;
  const title = run.after ? `${step.title}, again` : step.title;
  const head = `${pc.dim(place)}  ${pc.bold(pc.green(visible(title)))}`;
  const command = pc.dim(`$ npx tsx ${relative(process.cwd(), run.step.file)}`);
  if (run.after) {
    const why = `The same step once more, to see what ${run.after.name} changed.`;
    return [head, renderProse(why, width), command, ""].join("\n\n");
  }
  const code = await highlight(step.code);
  return [head, renderProse(step.prose, width), code, command, ""].join("\n\n");
}

/** What the reader sees after a run: the output once, where all agree, or what is wrong. */
export function resultOf(guide: Guide, judged: JudgedRun, output: string): string {
  const names = judged.drivers.map(({ driver }) => driver).join(" and ");
  if (judged.verdict === "match") {
    const mark = pc.green(`✓ what the guide documents, with ${names}`);
    return `${cut(frame(output), OUTPUT_LINES)}\n${mark}\n`;
  }
  const text = cut(diffLines(detailsOf(judged).join("\n")), DIFF_LINES);
  const advice = adviceFor(guide, judged);
  return `${text}\n${pc.red(`✗ ${judged.verdict}`)}${advice ? `  ${advice}` : ""}\n`;
}

/** The whole diff of a run. */
export function wholeDiffOf(judged: JudgedRun): string {
  if (judged.verdict === "match") return "No diff: the output is what the guide documents.\n";
  return `${diffLines(detailsOf(judged).join("\n"))}\n`;
}

/** The guide's ending: what to do next. */
export function endingOf(guide: Guide, width: number): string {
  try {
    return `${renderProse(readFileSync(join(guide.directory, "steps", "after.md"), "utf8"), width)}\n`;
  } catch {
    return "";
  }
}

function frame(output: string): string {
  const lines = output.replace(/\n$/, "").split("\n");
  return lines.map((line) => `${pc.dim("│")} ${visible(line)}`).join("\n");
}

function diffLines(text: string): string {
  return text
    .split("\n")
    .map((line) => paintDiff(visible(line)))
    .join("\n");
}

function cut(text: string, limit: number): string {
  const lines = text.split("\n");
  if (lines.length <= limit) return text;
  return [...lines.slice(0, limit), pc.dim(`… ${lines.length - limit} more lines`)].join("\n");
}
