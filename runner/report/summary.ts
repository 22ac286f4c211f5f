import type { JudgedRun } from "../verify/judged-run.ts";
import type { Verdict } from "../verify/verdict.ts";

/** The whole run in numbers. */
export interface Summary {
  /** True where every documented output was produced by every client. */
  readonly verified: boolean;
  readonly runs: number;
  readonly clients: number;
  /** How many runs have each verdict. */
  readonly verdicts: Readonly<Record<Verdict, number>>;
  /** Golden files that `--update` wrote. */
  readonly updated: readonly string[];
  /** Milliseconds, from the start of the runner to the last verdict. */
  readonly duration: number;
}

/** Names all outputs of a run, for a sentence about them. */
export function allOutputs(count: number): string {
  return count === 1 ? "The output is" : `All ${count} outputs are`;
}

/** Zero runs verify nothing. */
export function summarize(
  runs: readonly JudgedRun[],
  clients: readonly string[],
  duration: number,
): Summary {
  const count = (verdict: Verdict) => runs.filter((run) => run.verdict === verdict).length;
  const verdicts = {
    match: count("match"),
    drift: count("drift"),
    divergence: count("divergence"),
    error: count("error"),
    missing: count("missing"),
    skipped: count("skipped"),
  };
  return {
    verified: runs.length > 0 && verdicts.match === runs.length,
    runs: runs.length,
    clients: clients.length,
    verdicts,
    updated: runs.filter(({ isUpdated }) => isUpdated).map(({ golden }) => golden.file),
    duration,
  };
}
