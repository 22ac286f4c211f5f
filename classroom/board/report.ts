import { isRecord } from "../../runner/common/files.ts";

/** Everything that a board is told. It contains no code, output, path or address. */
export interface Report {
  /** The name that the learner chose. */
  readonly name: string;
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
  const { name, secret, progress, help, hasLeft } = json;
  if (typeof name !== "string" || !isName(name)) return undefined;
  if (typeof secret !== "string" || !/^[\w-]{22,64}$/.test(secret)) return undefined;
  if (!Array.isArray(progress) || progress.length > EXERCISE_LIMIT) return undefined;
  const read = progress.flatMap((one) => readProgress(one) ?? []);
  if (read.length !== progress.length) return undefined;
  if (help !== undefined && typeof help !== "boolean") return undefined;
  if (hasLeft !== undefined && typeof hasLeft !== "boolean") return undefined;
  return { name: name.normalize("NFC"), secret, progress: read, help, hasLeft };
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

/** Letters, digits and signs, with single spaces between them: no control characters. */
const nameForm = /^(?=.{1,40}$)[\p{L}\p{M}\p{N}\p{P}\p{S}]+(?: [\p{L}\p{M}\p{N}\p{P}\p{S}]+)*$/u;

/** Shows nothing, except for the variation selector that keyboards put after an emoji. */
const invisible = /(?!\uFE0F)[\p{Default_Ignorable_Code_Point}\u2800]/u;

/** Scripts whose letters look like Latin ones and that few people can read. */
const unreadable = /[\p{Script=Cherokee}\p{Script=Coptic}\p{Script=Lisu}\p{Script=Deseret}]/u;

const alikeScripts = ["Latin", "Greek", "Cyrillic", "Armenian"].map(
  (name) => new RegExp(`\\p{Script=${name}}`, "u"),
);

/** True for up to forty visible characters in which no word mixes scripts that look alike. */
export function isName(text: string): boolean {
  const name = text.normalize("NFKC");
  if (!nameForm.test(text.normalize("NFC")) || invisible.test(name)) return false;
  const isMixed = (word: string) => alikeScripts.filter((script) => script.test(word)).length > 1;
  return !unreadable.test(name) && !name.split(" ").some(isMixed);
}

/** Each Latin capital, and the letters, digits and signs that look like it as capitals. */
const lookalikes =
  "AΑАⱭ BΒВ CСϹ DԀ EΕЕ GꞬ HΗНҺ IΙІӀL1| JЈ KΚК MΜМ NΝ OΟОՕ0 PΡР QԚ SЅՏ TΤТ UՍ VѴ WԜ XΧХ YΥУҮ ZΖ";
const latinOf = new Map(
  lookalikes.split(" ").flatMap(([latin = "", ...others]) => others.map((one) => [one, latin])),
);

/**
 * Give names that look the same the same text. A small l looks like a capital I, so L does not count as a
 * letter of its own.
 */
export function nameKey(name: string): string {
  const shown = name.normalize("NFKC").replace(/\p{Default_Ignorable_Code_Point}/gu, "");
  return Array.from(shown.toUpperCase(), (letter) => latinOf.get(letter) ?? letter).join("");
}
