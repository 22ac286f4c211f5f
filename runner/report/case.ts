import { goldenFile } from "../guide/guide.ts";
import type { ClientRun, JudgedRun } from "../verify/judged-run.ts";

/** What a run came to with one client. */
export type Case =
  | { readonly kind: "passed" }
  | {
      /** A failure is a wrong output; an error is a run that did not get so far. */
      readonly kind: "failure" | "error" | "skipped";
      /** What the client did, such as "exited with 1". */
      readonly what: string;
      /** The diff, or what the step wrote to stderr. */
      readonly details: string;
    };

/** Judges one client's part in a run: where the clients differ, one of them may be right. */
export function caseOf({ run, golden }: JudgedRun, { outcome, diff }: ClientRun): Case {
  if (outcome.kind === "skipped") {
    return { kind: "skipped", what: `was skipped: ${outcome.because}`, details: "" };
  }
  if (outcome.kind === "failed") {
    return { kind: "error", what: outcome.reason, details: outcome.stderr };
  }
  const isDocumented = run.isSetup || golden.bytes.length > 0;
  if (isDocumented && diff === "") return { kind: "passed" };

  const file = goldenFile(run);
  const what = isDocumented
    ? `printed something else than ${file} says`
    : `printed this, and ${file} is ${golden.exists ? "empty" : "not there"}`;
  return { kind: "failure", what, details: diff };
}
