import { closeSync, openSync, readSync, statSync } from "node:fs";
import { relative } from "node:path";
import wrapAnsi from "wrap-ansi";
import { color, paintDiff } from "../../runner/common/color.ts";
import { visible } from "../../runner/common/visible.ts";
import { changesBetween } from "../../runner/document/changes.ts";
import { listed } from "../../runner/document/words.ts";
import type { Guide } from "../../runner/guide/guide.ts";
import { adviceFor } from "../../runner/report/advice.ts";
import { detailsOf } from "../../runner/report/details.ts";
import type { JudgedRun } from "../../runner/verify/judge.ts";
import { clip } from "./pager.ts";

/** What nobody reads to its end is cut: bytes and lines of an output, lines of a diff. */
const OUTPUT_BYTES = 64 * 1024;
const OUTPUT_LINES = 200;
const DIFF_LINES = 24;

/**
 * What the reader sees after a run: the output once, where all agree, or what is wrong.
 * @param before the last run of the same step
 */
export function resultOf(
  guide: Guide,
  judged: JudgedRun,
  before: JudgedRun | undefined,
  width: number,
): string {
  if (judged.verdict === "match") {
    const names = listed(judged.clients.map(({ client }) => client));
    const parts = [
      frame(outputOf(judged), width),
      ...changes(judged, before, width),
      color.green(`✓ ${judged.run.isSetup ? "set up" : "what the guide documents"}, with ${names}`),
    ];
    return parts.join("\n\n");
  }
  const lines = diffLines(judged);
  const more = lines.length - DIFF_LINES;
  const cut = more > 0 ? [color.dim(`… ${more} more lines: d shows them`)] : [];
  const verdict = wrap(`${color.red(`✗ ${judged.verdict}`)}  ${advice(guide, judged)}`, width);
  return `${[...lines.slice(0, DIFF_LINES), ...cut].join("\n")}\n\n${verdict}`;
}

/** The whole diff of a run. */
export function wholeDiffOf(judged: JudgedRun): string {
  if (judged.verdict !== "match") return diffLines(judged).join("\n");
  return judged.run.isSetup
    ? "No diff: nothing is documented of a set-up."
    : "No diff: the output is what the guide documents.";
}

/** What is different since the last run of the same step, line by line. */
function changes(judged: JudgedRun, before: JudgedRun | undefined, width: number): string[] {
  if (!before) return [];
  const lines = changesBetween(outputOf(before), outputOf(judged));
  if (!lines) return [];
  if (lines.length === 0) return ["This is what it printed the last time."];
  const painted = lines.map(({ sign, text }) => {
    return hang(paintDiff(`${sign} ${visible(text)}`), width, "    ");
  });
  return [["Compared with the last time:", ...painted].join("\n")];
}

function advice(guide: Guide, judged: JudgedRun): string {
  if (judged.verdict !== "error") return adviceFor(guide, judged);
  return `Look at ${relative(process.cwd(), judged.run.step.file)}; r runs it again.`;
}

function outputOf({ clients }: JudgedRun): string {
  const outcome = clients[0]?.outcome;
  return outcome?.kind === "finished" ? readStart(outcome.stdoutFile) : "";
}

function readStart(file: string): string {
  const descriptor = openSync(file, "r");
  try {
    const buffer = Buffer.alloc(Math.min(OUTPUT_BYTES, statSync(file).size));
    const length = readSync(descriptor, buffer);
    // A character that is cut in half is left out.
    return new TextDecoder().decode(buffer.subarray(0, length), { stream: true });
  } finally {
    closeSync(descriptor);
  }
}

/** An output with a bar beside it, cut where nobody reads on. */
export function frame(output: string, width: number): string {
  const lines = output.replace(/\n$/, "").split("\n");
  const more = lines.length - OUTPUT_LINES;
  const cut = more > 0 ? [color.dim(`… ${more} more lines`)] : [];
  const bar = color.dim("│");
  return [
    ...lines
      .slice(0, OUTPUT_LINES)
      .map((line) => hang(`${bar} ${visible(line)}`, width, `${bar}   `)),
    ...cut,
  ].join("\n");
}

function diffLines(judged: JudgedRun): string[] {
  return detailsOf(judged).map((line) => paintDiff(visible(line)));
}

function wrap(text: string, width: number): string {
  return wrapAnsi(text, Math.max(20, width), { trim: true });
}

/** Breaks a line that does not fit, at blanks; what goes on below is moved in. */
function hang(line: string, width: number, indent: string): string {
  if (clip(line, width) === line) return line;
  return wrapAnsi(line, Math.max(20, width - 4), { hard: true, trim: false })
    .split("\n")
    .map((row, index) => (index === 0 ? row : `${indent}${row.trimStart()}`))
    .join("\n");
}
