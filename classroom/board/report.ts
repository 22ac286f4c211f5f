import { isRecord } from "../../runner/common/files.ts";

/** All that a board is ever told. There is no code in it, no output, no path and no address. */
export interface Report {
  /** What the learner wants to be called. */
  readonly name: string;
  /** Chosen by the learner's machine. The first one that a name comes with is that name's. */
  readonly secret: string;
  /** The last news of each exercise. */
  readonly news: readonly News[];
}

export interface News {
  /** Such as pg/02-read. */
  readonly exercise: string;
  readonly verdict: (typeof verdicts)[number];
  readonly tries: number;
  readonly hints: number;
}

const verdicts = ["to do", "not yet", "passed"] as const;

const NEWS_LIMIT = 100;
const NUMBER_LIMIT = 100_000;

/** No control characters, and none that turn the direction of a text. */
const nameForm =
  /^[\p{L}\p{M}\p{N}\p{P}\p{S}](?:[\p{L}\p{M}\p{N}\p{P}\p{S} ]{0,38}[\p{L}\p{M}\p{N}\p{P}\p{S}])?$/u;

/** @returns undefined where it cannot be one: nothing in it is believed */
export function readReport(text: string): Report | undefined {
  return reportOf(parse(text));
}

export function reportOf(json: unknown): Report | undefined {
  if (!isRecord(json)) return undefined;
  const { name, secret, news } = json;
  if (typeof name !== "string" || !isName(name)) return undefined;
  if (typeof secret !== "string" || !/^[\w-]{22,64}$/.test(secret)) return undefined;
  if (!Array.isArray(news) || news.length > NEWS_LIMIT) return undefined;
  const read = news.flatMap((one) => readNews(one) ?? []);
  return read.length === news.length
    ? { name: name.normalize("NFC"), secret, news: read }
    : undefined;
}

/** One to forty letters, digits or signs. */
export function isName(text: string): boolean {
  return nameForm.test(text.normalize("NFC"));
}

export function readNews(value: unknown): News | undefined {
  if (!isRecord(value)) return undefined;
  const { exercise, tries, hints } = value;
  const verdict = verdicts.find((one) => one === value.verdict);
  if (typeof exercise !== "string" || !verdict || !isCount(tries) || !isCount(hints))
    return undefined;
  return { exercise, verdict, tries, hints };
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
