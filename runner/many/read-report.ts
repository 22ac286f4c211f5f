import { readFileSync } from "node:fs";
import { Failure, messageOf } from "../common/failure.ts";
import { isRecord } from "../common/files.ts";
import type { Summary } from "../report/events.ts";
import { type GuideResult, type Reasons, states } from "./result.ts";

/** What a JSON report says about the guides that it is about. */
export interface ReadReport {
  readonly results: readonly GuideResult[];
  /** Such as 2/4; null for a report of all. */
  readonly shard: string | null;
  /** Why the whole run could not begin or go on. */
  readonly failure: string | null;
  /** Milliseconds. */
  readonly duration: number;
}

/**
 * Reads a JSON report, of one guide or of several.
 * @throws Failure of kind "usage" for a file that is none
 */
export function readReport(file: string): ReadReport {
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    throw new Failure("usage", `${file} cannot be read. ${messageOf(error)}`);
  }
  try {
    return reportIn(json);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new Failure("usage", `${file} is not a JSON report of this runner: ${error.message}.`);
  }
}

/** @throws TypeError for what is not a report */
function reportIn(json: unknown): ReadReport {
  const report = record(json, "the report");
  if (report.version !== 1) throw new TypeError("its version is not 1");
  const { duration } = summaryIn(report.summary);
  const failure = textOrNull(report.failure, "failure");
  if (report.guides !== undefined) {
    const results = list(report.guides, "guides").map(resultIn);
    return { results, shard: textOrNull(report.shard, "shard"), failure, duration };
  }
  return { results: [aloneIn(report)], shard: null, failure: null, duration };
}

function resultIn(json: unknown): GuideResult {
  const guide = record(json, "a guide");
  const state = states.find((one) => one === guide.state);
  if (typeof guide.name !== "string" || !state) throw new TypeError("a guide has no name or state");
  return {
    ...{ name: guide.name, state, summary: summaryIn(guide.summary) },
    ...{ reasons: reasonsIn(guide.reasons), known: number(guide, "known") },
    ...{ failure: textOrNull(guide.failure, "failure"), exitCode: number(guide, "exitCode") },
  };
}

/** The report of a command with one guide. */
function aloneIn(report: Record<string, unknown>): GuideResult {
  const summary = summaryIn(report.summary);
  const failure = textOrNull(report.failure, "failure");
  const state = failure !== null ? "stopped" : summary.verified ? "verified" : "failed";
  const name = textOrNull(report.guide, "guide") ?? "a guide";
  return {
    name,
    state,
    summary,
    reasons: {},
    known: 0,
    failure,
    exitCode: summary.verified ? 0 : 1,
  };
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
    verdicts: {
      match: number(verdicts, "match"),
      unverified: number(verdicts, "unverified"),
      drift: number(verdicts, "drift"),
      divergence: number(verdicts, "divergence"),
      error: number(verdicts, "error"),
      missing: number(verdicts, "missing"),
      skipped: number(verdicts, "skipped"),
    },
    updated,
    duration: number(summary, "duration"),
    ...(typeof summary.effects === "string" && { effects: summary.effects }),
  };
}

function reasonsIn(json: unknown): Reasons {
  const reasons = record(json, "reasons");
  return Object.fromEntries(Object.keys(reasons).map((name) => [name, number(reasons, name)]));
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
