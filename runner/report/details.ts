import { readLastLines } from "../common/read-shown.ts";
import { goldenFile } from "../guide/guide.ts";
import { describeReason, type Failed } from "../guide/outcome.ts";
import type { ClientRun, JudgedRun } from "../verify/judge.ts";

/** The result of a run with one client. */
export type ClientResult =
  | { readonly kind: "passed" }
  | {
      /** A failure is a wrong output; an error is a run that ended without one. */
      readonly kind: "failure" | "error" | "skipped";
      /** What the client did, such as "exited with 1". */
      readonly what: string;
      /** The diff, or what the step wrote to stderr. */
      readonly details: string;
    };

/** Judges one client by itself: when clients differ, one of them may be right. */
export function resultOf(judged: JudgedRun, { outcome, diff }: ClientRun): ClientResult {
  const { run, golden, verdict, effects, note = "" } = judged;
  if (outcome.kind === "skipped") {
    return { kind: "skipped", what: `was skipped: ${outcome.because}`, details: "" };
  }
  if (outcome.kind === "failed") {
    return { kind: "error", what: describeReason(outcome), details: outcome.stderr };
  }
  if (verdict === "unverified") {
    return { kind: "skipped", what: `ran. ${note.replace(/\.$/, "")}`, details: "" };
  }
  const isDocumented = run.isSetup || golden.lack === "";
  if (effects) {
    const what = effects.kind === "different" ? "did something else" : "was not counted";
    return { kind: "failure", what, details: `${effects.text}\n` };
  }
  if (isDocumented && diff === "") return { kind: "passed" };

  const file = goldenFile(run);
  const what = isDocumented
    ? `did not print what ${file} says`
    : `printed this, but ${file} ${golden.lack}`;
  return { kind: "failure", what, details: diff };
}

/**
 * Describes what is wrong with a run, as lines: diffs, reasons, stderr. Clients with the same diff from
 * the golden file share it.
 */
export function detailsOf({ clients, run }: JudgedRun): string[] {
  const { inPage } = run;
  const where = inPage ? `${inPage.name}:${run.line ?? inPage.line}: ` : "";
  const diffs = new Map<string, { head: string; names: string[] }>();
  const others: string[] = [];
  for (const { client, outcome, diff } of clients) {
    if (outcome.kind === "skipped") others.push(`${client} was skipped: ${outcome.because}.`);
    else if (outcome.kind === "failed") {
      const lines = outcome.stderr.split("\n").filter((line) => line.trim());
      others.push(
        `${where}${client} ${describeReason(outcome)}.`,
        ...lines,
        ...printedBefore(outcome),
      );
    } else if (diff) {
      const [head = "", , ...body] = diff.trimEnd().split("\n");
      const text = body.join("\n");
      const same = diffs.get(text) ?? { head, names: [] };
      same.names.push(client);
      diffs.set(text, same);
    }
  }
  const shown = [...diffs].flatMap(([body, { head, names }]) => {
    return [head, `+++ ${names.join(" and ")} printed`, ...body.split("\n")];
  });
  return [...shown, ...others];
}

/** How long a client's run took, in words. */
export function timeOf({ outcome }: ClientRun): string {
  return outcome.kind === "skipped" ? "skipped" : `${outcome.duration} ms`;
}

const LINES_SHOWN = 10;
const LINE_SHOWN = 500;

/** What a run printed before it failed, as lines: the last ones. */
export function printedBefore({ stdoutFile }: Failed): string[] {
  const lines = readLastLines(stdoutFile, LINES_SHOWN);
  if (lines.length === 0) return [];
  return ["It had printed:", ...lines.map((line) => `  ${line.slice(-LINE_SHOWN)}`)];
}
