import { basename } from "node:path";
import { escapePattern, printable } from "../common/visible.ts";
import type { ClientRun, JudgedRun } from "../verify/judge.ts";
import { printedBefore, resultOf } from "./details.ts";

/** In characters. */
const DETAILS_LIMIT = 16_000;

/** What is wrong with a run, and where. */
export interface Finding {
  readonly message: string;
  readonly details: string;
  /** Absolute path. */
  readonly file: string;
  /** From 1. */
  readonly line: number;
}

/** Clients that went wrong in the same way share a finding: GitHub shows ten of a step. */
export function findings(judged: JudgedRun): Finding[] {
  const found = new Map<string, { finding: Finding; clients: string[] }>();
  for (const clientRun of judged.clients) {
    const result = resultOf(judged, clientRun);
    if (result.kind === "passed" || result.kind === "skipped") continue;
    const isDiff = result.kind === "failure";
    const shown = isDiff ? result.details.replace(/--- .*\n\+\+\+ .*\n/, "") : result.details;
    const { outcome } = clientRun;
    const before = outcome.kind === "failed" ? printedBefore(outcome).join("\n") : "";
    const parts = [clip(printable(shown).trimEnd(), DETAILS_LIMIT), printable(before)];
    const details = parts.filter(Boolean).join("\n");
    const key = JSON.stringify([result.what, details]);
    const clients = [...(found.get(key)?.clients ?? []), clientRun.client];
    const message = `${clients.join(" and ")} ${result.what}.`;
    const finding = { message, details, ...locationOf(judged, clientRun) };
    found.set(key, { finding, clients });
  }
  return [...found.values()].map(({ finding }) => finding);
}

/** The first line of the golden file that differs, or the line of the step that failed. */
function locationOf({ run, golden }: JudgedRun, { outcome, diff }: ClientRun) {
  if (outcome.kind === "finished" && golden.bytes.length > 0) {
    // What a diff cannot show has its line in a note.
    const [, noted = "1"] = /^\(Only .* from line (\d+) on/m.exec(diff) ?? [];
    const [, start = noted] = /^@@ -(\d+)/m.exec(diff) ?? [];
    const [, hunk = ""] = diff.split(/^@@ .*\n/m);
    const context = hunk.split("\n").findIndex((line) => !line.startsWith(" "));
    // Output after the end of the golden file has no line in it.
    const last = golden.bytes.toString("latin1").split(/\n(?!$)/).length;
    const above = golden.inPage?.kind === "lines" ? golden.inPage.first : 0;
    return { file: golden.file, line: above + Math.min(Number(start) + context, last) };
  }
  if (run.inPage) return { file: run.inPage.file, line: run.line ?? run.inPage.line };
  const stderr = outcome.kind === "failed" ? outcome.stderr : "";
  return { file: run.step.file, line: failedLine(stderr, basename(run.step.file)) ?? 1 };
}

/**
 * Find the line of a script at which it failed.
 * @param name of its file, as its stack has it
 */
export function failedLine(stderr: string, name: string): number | undefined {
  const places = [
    ...stderr.matchAll(new RegExp(`${escapePattern(name)}"?(?::|, line )(\\d+)`, "g")),
  ];
  // Python names the innermost call last.
  const place = stderr.includes("Traceback (most recent call last)") ? places.at(-1) : places[0];
  return place && Number(place[1]);
}

/** Cuts a text that is too long for a report. @param limit in characters */
export function clip(text: string, limit: number): string {
  if (text.length <= limit) return text;
  // Not in the middle of a character that has two halves.
  const start = text.slice(0, limit).replace(/[\uD800-\uDBFF]$/, "");
  return `${start}\n(The rest is in the log.)`;
}
