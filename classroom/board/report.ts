import { isRecord } from "../../runner/common/json.ts";
import { isName } from "./names.ts";

/** Everything that a board is told. It contains no code, output, path or address. */
export interface Report {
  /** The name that the learner chose. */
  readonly name: string;
  /** The title of the learner's guide: exercises of several guides may have the same name. */
  readonly guide?: string | undefined;
  /** Made by the learner's machine. A name belongs to the first secret that it came with. */
  readonly secret: string;
  /** The latest progress in each exercise. */
  readonly progress: readonly Progress[];
  /** The learner asks for help; undefined if that has not changed. */
  readonly help?: boolean | undefined;
  /** The learner has quit. */
  readonly hasLeft?: boolean | undefined;
}

/** How far a learner is with one exercise. */
export interface Progress {
  /** For example pg/02-read. */
  readonly exercise: string;
  readonly verdict: (typeof verdicts)[number];
  readonly attempts: number;
  readonly hints: number;
}

const verdicts = ["to do", "not yet", "passed"] as const;

const EXERCISE_LIMIT = 100;
const NUMBER_LIMIT = 100_000;

/** Reads a report, as text or as parsed JSON. @returns undefined if any part of it is not valid */
export function readReport(report: unknown): Report | undefined {
  const json = typeof report === "string" ? parse(report) : report;
  if (!isRecord(json)) return undefined;
  const { name, guide, secret, progress, help, hasLeft } = json;
  if (typeof name !== "string" || !isName(name)) return undefined;
  if (guide !== undefined && typeof guide !== "string") return undefined;
  if (typeof secret !== "string" || !/^[\w-]{22,64}$/.test(secret)) return undefined;
  if (!Array.isArray(progress) || progress.length > EXERCISE_LIMIT) return undefined;
  const read = progress.flatMap((one) => readProgress(one) ?? []);
  if (read.length !== progress.length) return undefined;
  if (help !== undefined && typeof help !== "boolean") return undefined;
  if (hasLeft !== undefined && typeof hasLeft !== "boolean") return undefined;
  return { name: name.normalize("NFC"), guide, secret, progress: read, help, hasLeft };
}

export function readProgress(value: unknown): Progress | undefined {
  if (!isRecord(value)) return undefined;
  const { exercise, attempts, hints } = value;
  const verdict = verdicts.find((one) => one === value.verdict);
  if (typeof exercise !== "string" || !verdict) return undefined;
  return isCount(attempts) && isCount(hints) ? { exercise, verdict, attempts, hints } : undefined;
}

function isCount(value: unknown): value is number {
  return Number.isInteger(value) && Number(value) >= 0 && Number(value) <= NUMBER_LIMIT;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
