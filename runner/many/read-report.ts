import { readFileSync } from "node:fs";
import { Failure, messageOf } from "../common/failure.ts";
import { isRecord } from "../common/json.ts";
import { byVerdict, type Summary, summarize } from "../report/events.ts";
import { addUp, type GuideResult, type Reasons, states } from "./result.ts";

/** What a JSON report says about the guides that it is about. */
export interface ReadReport {
  readonly results: readonly GuideResult[];
  /** The names of the guides of which only a part was run: some steps, or some clients. */
  readonly partial: readonly string[];
  /** Such as 2/4; null for a report of all. */
  readonly shard: string | null;
  /** True where guides that did not change were left out: there may be none. */
  readonly onlyChanged: boolean;
  /** Milliseconds. */
  readonly duration: number;
}

/**
 * Reads a JSON report, of one guide or of several.
 * @throws Failure of kind "usage" for a file that is not one
 */
export function readReport(file: string): ReadReport {
  try {
    return reportIn(file, JSON.parse(readFileSync(file, "utf8")));
  } catch (error) {
    // The parser's own message quotes what is in the file.
    const why = error instanceof SyntaxError ? "it is not JSON" : messageOf(error);
    throw new Failure("usage", `${file} is not a JSON report of this runner: ${why}.`);
  }
}

/** @throws TypeError for what is not a report */
function reportIn(file: string, json: unknown): ReadReport {
  const report = record(json, "the report");
  if (report.version !== 1) throw new TypeError("its version is not 1");
  const summary = summaryIn(report.summary);
  const { verified, duration } = summary;
  const failure = textOrNull(report.failure, "failure");
  const of = (name: string): GuideResult => ({
    name,
    summary,
    failure,
    reasons: {},
    known: 0,
    exitCode: verified ? 0 : 1,
    state: failure !== null ? "stopped" : verified ? "verified" : "failed",
  });
  if (report.guides === undefined) {
    const name = textOrNull(report.name ?? report.guide, "guide") ?? file;
    const results = [proven(of(name), report.runs)];
    const partial = report.partial === true ? [name] : [];
    return { results, partial, shard: null, onlyChanged: false, duration };
  }
  const guides = list(report.guides, "guides").map((one) => record(one, "a guide"));
  const results = guides.map(resultIn);
  // A run that could not begin or go on counts as one more guide.
  const stopped = { ...of(file), summary: summarize([], [], 0), exitCode: 1 };
  return {
    results: failure === null ? results : [...results, stopped],
    partial: results.flatMap(({ name }, index) => (guides[index]?.partial === true ? name : [])),
    shard: textOrNull(report.shard, "shard"),
    onlyChanged: report.onlyChanged === true,
    duration,
  };
}

function resultIn(guide: Record<string, unknown>): GuideResult {
  const state = states.find((one) => one === guide.state);
  if (typeof guide.name !== "string" || !state) throw new TypeError("a guide has no name or state");
  const result: GuideResult = {
    name: guide.name,
    state,
    summary: summaryIn(guide.summary),
    reasons: reasonsIn(guide.reasons),
    known: number(guide, "known"),
    failure: textOrNull(guide.failure, "failure"),
    exitCode: number(guide, "exitCode"),
  };
  return proven(result, guide.runs);
}

/**
 * A report that was edited, or cut, must not make a sum green.
 * @throws TypeError for a guide that is verified without runs that are
 */
function proven(result: GuideResult, json: unknown): GuideResult {
  const verdicts = list(json, "runs").map((run) => record(run, "a run").verdict);
  const { state, failure, summary } = result;
  const isProven =
    failure === null &&
    verdicts.includes("match") &&
    verdicts.every((verdict) => verdict === "match" || verdict === "unverified");
  if (isProven || (state !== "verified" && !summary.verified)) return result;
  throw new TypeError("it says verified, but its runs do not");
}

function summaryIn(json: unknown): Summary {
  const summary = record(json, "summary");
  const verdicts = record(summary.verdicts, "verdicts");
  const updated = list(summary.updated, "updated").map(String);
  if (typeof summary.verified !== "boolean") throw new TypeError("verified is not true or false");
  return {
    verified: summary.verified,
    runs: number(summary, "runs"),
    documented: number(summary, "documented"),
    clients: number(summary, "clients"),
    verdicts: byVerdict((verdict) => number(verdicts, verdict)),
    updated,
    duration: number(summary, "duration"),
    ...(typeof summary.effects === "string" && { effects: summary.effects }),
    ...(summary.withoutDriver !== undefined && {
      withoutDriver: list(summary.withoutDriver, "withoutDriver").map(String),
    }),
  };
}

function reasonsIn(json: unknown): Reasons {
  const reasons = record(json, "reasons");
  return addUp(Object.keys(reasons).map((name) => [name, number(reasons, name)]));
}

function record(json: unknown, name: string): Record<string, unknown> {
  if (isRecord(json)) return json;
  throw new TypeError(`${name} is not an object`);
}

function list(json: unknown, name: string): readonly unknown[] {
  if (Array.isArray(json)) return json;
  throw new TypeError(`${name} is not a list`);
}

function number(json: Record<string, unknown>, name: string): number {
  const value = json[name];
  if (typeof value === "number" && value >= 0) return value;
  throw new TypeError(`${name} is not a number`);
}

function textOrNull(json: unknown, name: string): string | null {
  if (typeof json === "string" || json === null) return json;
  throw new TypeError(`${name} is not a text`);
}
