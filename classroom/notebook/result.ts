import wrapAnsi from "wrap-ansi";
import { color, paintDiff } from "../../runner/common/color.ts";
import { readShown } from "../../runner/common/read-shown.ts";
import { visible } from "../../runner/common/visible.ts";
import { listed } from "../../runner/common/words.ts";
import { changesBetween } from "../../runner/document/changes.ts";
import type { Guide, Run } from "../../runner/guide/guide.ts";
import { adviceFor, readersAdvice } from "../../runner/report/advice.ts";
import { detailsOf } from "../../runner/report/details.ts";
import { differenceOfEffects } from "../../runner/verify/effects.ts";
import { isGood, type JudgedRun } from "../../runner/verify/judge.ts";
import { frame, hang } from "../common/screen.ts";

/** Longer texts are cut: bytes of an output, lines of a diff. */
const OUTPUT_BYTES = 64 * 1024;
const DIFF_LINES = 24;

/**
 * Shows a run: its output once, if all clients agree, or what is wrong.
 * @param before the last run of the same step
 * @param fileOf the script that a run runs
 */
export function resultPage(
  guide: Guide,
  judged: JudgedRun,
  before: JudgedRun | undefined,
  fileOf: (run: Run) => string,
  width: number,
): string {
  if (isGood(judged.verdict)) {
    const names = listed(judged.clients.map(({ client }) => client));
    const verdict = judged.run.isSetup ? "set up" : "what the guide documents";
    const line =
      judged.verdict === "unverified"
        ? color.yellow(wrapAnsi(`- ran with ${names}. ${judged.note}`, Math.max(20, width)))
        : color.green(`✓ ${verdict}, with ${names}`);
    const difference = differenceOfEffects(judged.clients);
    const parts = [
      frame(outputOf(judged), width),
      ...changesPart(judged, before, width),
      line,
      ...(difference ? [wrapAnsi(color.yellow(`But ${difference}.`), Math.max(20, width))] : []),
    ];
    return parts.join("\n\n");
  }
  const lines = diffLines(judged);
  const more = lines.length - DIFF_LINES;
  const cut = more > 0 ? [color.dim(`… ${more} more lines: d shows them`)] : [];
  const advice =
    judged.verdict === "error"
      ? `Look at ${fileOf(judged.run)}; r runs it again.`
      : judged.verdict === "drift"
        ? readersAdvice(guide, judged, fileOf)
        : adviceFor(guide, judged);
  const verdict = wrapAnsi(`${color.red(`✗ ${judged.verdict}`)}  ${advice}`, Math.max(20, width));
  const shown = lines.slice(0, DIFF_LINES).map((line) => hang(line, width, "    "));
  return `${[...shown, ...cut].join("\n")}\n\n${verdict}`;
}

/** True if the page of a run shows only the beginning of its diff. */
export function isDiffCut(judged: JudgedRun): boolean {
  return !isGood(judged.verdict) && diffLines(judged).length > DIFF_LINES;
}

/** The whole diff of a run. */
export function diffPage(judged: JudgedRun, width: number): string {
  if (!isGood(judged.verdict)) {
    return diffLines(judged)
      .map((line) => hang(line, width, "    "))
      .join("\n");
  }
  return judged.run.isSetup
    ? "No diff: the guide documents no output for a setup step."
    : "No diff: the output is what the guide documents.";
}

/** How the output differs from that of the step's last run. */
function changesPart(judged: JudgedRun, before: JudgedRun | undefined, width: number): string[] {
  const lines = before && changesBetween(outputOf(before), outputOf(judged));
  if (!lines) return [];
  if (lines.length === 0) return ["It printed the same last time."];
  const painted = lines.map(({ sign, text }) =>
    hang(paintDiff(`${sign} ${visible(text)}`), width, "    "),
  );
  return [["Compared with the last time:", ...painted].join("\n")];
}

function outputOf({ clients }: JudgedRun): string {
  const outcome = clients[0]?.outcome;
  return outcome?.kind === "finished" ? readShown(outcome.stdoutFile, OUTPUT_BYTES) : "";
}

function diffLines(judged: JudgedRun): string[] {
  return detailsOf(judged).map((line) => paintDiff(visible(line)));
}
