import { existsSync } from "node:fs";
import { Failure, messageOf } from "../common/failure.ts";
import { isRecord } from "../common/json.ts";
import { digestOf } from "../common/kept-texts.ts";
import { readRegularFile } from "../common/read-files.ts";
import { writeWhole, writing } from "../common/write-files.ts";
import { count } from "../report/events.ts";
import { isGood, type JudgedRun } from "../verify/judge.ts";

/** What a site began with: failures that do not count, until they are gone. */
export interface KnownFailures {
  readonly isUsed: boolean;
  /** Gives a run that failed before a verdict that does not fail. */
  excuse(guide: string, judged: JudgedRun): JudgedRun;
  /** True for a guide that could not be run before, either. */
  excuseFailure(guide: string, message: string): boolean;
  /** How many failures of a guide were excused. */
  of(guide: string): number;
  /**
   * Takes out of the file what is no longer failing, in the guides that were run. Writes it if it was not there.
   * @param guides those that were run to their end
   * @returns what was done, for the reader
   */
  save(guides: readonly string[]): string | undefined;
}

/** A failure, known by what it is about: lines may move, and its diff may change. */
interface Entry {
  readonly guide: string;
  /** For people: the first line of what is run. */
  readonly what: string;
  readonly id: string;
}

export const noKnownFailures: KnownFailures = {
  isUsed: false,
  excuse: (_, judged) => judged,
  excuseFailure: () => false,
  of: () => 0,
  save: () => undefined,
};

/**
 * Reads a baseline. Without the file, everything that fails becomes known, and is written to it.
 * @param isWhole false where some guides are left out: then nothing can begin
 * @throws Failure of kind "usage" for a file that cannot be read, and where it is not there in CI
 */
export function openBaseline(file: string, isCi: boolean, isWhole: boolean): KnownFailures {
  const isNew = !existsSync(file);
  if (isNew && (isCi || !isWhole)) {
    const where = isCi ? "CI only reads it" : "it is about all guides";
    throw new Failure(
      "usage",
      `--baseline ${file} is not there, and ${where}. Write it first: run all guides, on your machine.`,
    );
  }
  const before = new Map((isNew ? [] : readEntries(file)).map((entry) => [keyOf(entry), entry]));
  const found = new Map<string, Entry>();
  /** How often the same block with the same output is on a guide. */
  const times = new Map<string, number>();
  const excused = new Map<string, number>();

  function numberOf(guide: string, subject: string): number {
    const nth = times.get(`${guide}\n${subject}`) ?? 0;
    times.set(`${guide}\n${subject}`, nth + 1);
    return nth;
  }

  function add(guide: string, what: string, subject: string, nth: number): boolean {
    const entry = { guide, what, id: digestOf(`${nth}\n${subject}`).slice(0, 16) };
    if (!isNew && !before.has(keyOf(entry))) return false;
    found.set(keyOf(entry), entry);
    excused.set(guide, (excused.get(guide) ?? 0) + 1);
    return true;
  }

  return {
    isUsed: true,
    excuse(guide, judged) {
      const { run, golden, verdict } = judged;
      const code = run.step.code || run.step.title;
      const [what = ""] = code.trim().split("\n");
      const subject = JSON.stringify([code, golden.bytes.toString("utf8")]);
      const nth = numberOf(guide, subject); // also of those that are right: one of them may fail later
      if (isGood(verdict) || !add(guide, what, subject, nth)) return judged;
      const clients = judged.clients.map((one) => ({ ...one, diff: "" }));
      const note = `Not verified: it failed before (${verdict}).`;
      return { ...judged, clients, verdict: "unverified", note };
    },
    // A message names paths of this machine, and lines.
    excuseFailure: (guide, message) => {
      const told = message.replaceAll(process.cwd(), "").replace(/^\S+:\d+: /, "");
      const [sentence = ""] = told.split(/[.:] /);
      return add(guide, sentence, sentence.replace(/\d+/g, ""), 0);
    },
    of: (guide) => excused.get(guide) ?? 0,
    save(guides) {
      const ran = new Set(guides);
      const kept = [...before.values()].filter(
        (entry) => found.has(keyOf(entry)) || (!ran.has(entry.guide) && existsSync(entry.guide)),
      );
      const fixed = before.size - kept.length;
      if (isNew) {
        if (existsSync(file)) {
          throw new Failure("usage", `${file} was made while the guides ran, and is not replaced.`);
        }
        writeEntries(file, [...found.values()]);
        return `Wrote ${file}: ${count(found.size, "known failure")}.`;
      }
      if (fixed === 0) return undefined;
      const gone = `${count(fixed, "known failure")} ${fixed === 1 ? "is" : "are"} gone`;
      if (isCi) return `${gone}. A run on your machine takes that out of ${file}.`;
      writeEntries(file, kept);
      return `${gone}, which is taken out of ${file}.`;
    },
  };
}

function keyOf({ guide, id }: Entry): string {
  return `${guide}\n${id}`;
}

function writeEntries(file: string, entries: readonly Entry[]): void {
  const sorted = entries.toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
  const lines = sorted.map((entry) => `    ${JSON.stringify(entry)}`);
  const list = lines.length === 0 ? "[]" : `[\n${lines.join(",\n")}\n  ]`;
  writing(`--baseline ${file}`, () =>
    writeWhole(file, `{\n  "version": 1,\n  "failures": ${list}\n}\n`),
  );
}

function readEntries(file: string): Entry[] {
  const fail = (why: string) =>
    new Failure("usage", `--baseline ${file} ${why} Remove it, to write a new one.`);
  const text = `${readRegularFile(file) ?? ""}`;
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw fail(`cannot be read: ${messageOf(error)}.`);
  }
  if (!isRecord(json) || json.version !== 1 || !Array.isArray(json.failures)) {
    throw fail("is not a baseline.");
  }
  return json.failures.map((one: unknown) => {
    if (!isRecord(one)) throw fail("is not a baseline.");
    const { guide, what, id } = one;
    if (typeof guide !== "string" || typeof what !== "string" || typeof id !== "string") {
      throw fail("is not a baseline.");
    }
    return { guide, what, id };
  });
}
