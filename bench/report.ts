import type { Ended } from "./process.ts";
import { NotVerified } from "./series.ts";

/** What a report must say for its run to count. */
export interface Demand {
  /** How many runs of steps, each with both drivers. */
  readonly runs: number;
  readonly verdict: "match" | "drift";
  readonly server: "embedded" | "given";
}

/**
 * Checks the exit code and the JSON report of a runner against what they must say.
 * @throws NotVerified
 */
export function verify(ended: Ended, demand: Demand): void {
  const isMatch = demand.verdict === "match";
  if (ended.code !== (isMatch ? 0 : 1)) {
    fail(`The runner exited with ${ended.code}.`, ended.stderr);
  }
  const report = parse(ended);
  const summary = get(report, "summary");
  const judged = get(get(summary, "verdicts"), demand.verdict);
  if (get(summary, "verified") !== isMatch) fail('Its summary has the wrong "verified".');
  if (get(summary, "drivers") !== 2) fail("It did not run with two drivers.");
  if (get(summary, "runs") !== demand.runs || judged !== demand.runs) {
    fail(`It did not report ${demand.runs} runs with the verdict "${demand.verdict}".`);
  }
  const isEmbedded = String(get(report, "server")).startsWith("embedded");
  if (isEmbedded !== (demand.server === "embedded")) fail("It ran on another server.");
  if (!isMatch) verifyDiffs(get(report, "runs"));
}

/** A diff of outputs that differ everywhere is there, is short, and says that it was cut. */
function verifyDiffs(runs: unknown): void {
  const diffs = Array.isArray(runs) ? runs.map((run) => get(run, "diff")) : [];
  const isGood = diffs.every(
    (diff) => typeof diff === "string" && diff.includes("is cut") && diff.length < 100_000,
  );
  if (diffs.length === 0 || !isGood) fail("It has no diff that was cut to what one can read.");
}

function parse({ stdout, stderr }: Ended): unknown {
  try {
    return JSON.parse(stdout);
  } catch {
    fail("The runner printed no JSON report.", stderr);
  }
}

function get(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined;
}

function fail(reason: string, said = ""): never {
  throw new NotVerified(reason, said);
}
