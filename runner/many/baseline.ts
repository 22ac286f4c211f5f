import { existsSync } from "node:fs";
import { dirname, relative, resolve } from "node:path";
import { Failure, messageOf } from "../common/failure.ts";
import { isRecord } from "../common/json.ts";
import { digestOf } from "../common/kept-texts.ts";
import { readRegularFile } from "../common/read-files.ts";
import { jsonWithoutSecrets } from "../common/secrets.ts";
import { count } from "../common/words.ts";
import { writeWhole, writing } from "../common/write-files.ts";
import { refuseOwnFiles } from "../guide/guide.ts";
import { asUnverified, isGood, type JudgedRun, type Verdict } from "../verify/judge.ts";

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
  readonly id: string;
  /** Those that the run had, and the options that decided what it looked for: only such a run can say that it is gone. */
  readonly clients: readonly string[];
  readonly options: string;
  /** As it is in the file. People may have added to it. */
  readonly given: Readonly<Record<string, unknown>>;
}

interface Baseline {
  /** As it was read; undefined if it is not there. */
  readonly bytes: Buffer | undefined;
  /** What else people have added. */
  readonly others: Readonly<Record<string, unknown>>;
  readonly entries: readonly Entry[];
}

/** Of the format. */
const VERSION = 2;

export const noKnownFailures: KnownFailures = {
  isUsed: false,
  excuse: (_, judged) => judged,
  excuseFailure: () => false,
  of: () => 0,
  save: () => undefined,
};

/** What decides what a baseline may say, and what may be done to it. */
interface Use {
  readonly isCi: boolean;
  /** False where some guides are left out: then nothing can begin. */
  readonly isWhole: boolean;
  /** Those that decide which failures are found. */
  readonly options: string;
}

/**
 * Reads a baseline. Without the file, everything that fails becomes known, and is written to it.
 * @throws Failure of kind "usage" for a file that cannot be read, and where it is not there in CI
 */
export function openBaseline(file: string, { isCi, isWhole, options }: Use): KnownFailures {
  refuseOwnFiles("baseline", [file]);
  const isNew = !existsSync(file);
  if (isNew && (isCi || !isWhole)) {
    const where = isCi ? "CI only reads it" : "it must cover all guides";
    throw new Failure(
      "usage",
      `--baseline ${file} does not exist, and ${where}. First run all guides on your machine.`,
    );
  }
  const baseline = isNew ? empty : readBaseline(file);
  const top = dirname(resolve(file));
  const nameOf = (guide: string) => relative(top, resolve(guide)).replaceAll("\\", "/") || ".";
  const before = new Map(baseline.entries.map((entry) => [keyOf(entry), entry]));
  const found = new Map<string, Entry>();
  /** Failures of which it is not known if they are there. */
  const unsure = new Set<string>();
  /** By guide: the clients that ran. */
  const ran = new Map<string, Set<string>>();
  /** How often the same block with the same output is on a guide. */
  const times = new Map<string, number>();
  const excused = new Map<string, number>();

  function numberOf(guide: string, subject: string): number {
    const nth = times.get(`${guide}\n${subject}`) ?? 0;
    times.set(`${guide}\n${subject}`, nth + 1);
    return nth;
  }

  function entryOf(
    guide: string,
    what: string,
    text: string,
    clients: readonly string[] = [],
    verdict?: Verdict,
  ): Entry {
    const id = digestOf(text).slice(0, 16);
    const found = { verdict, clients, ...(options === "" ? {} : { options }) };
    return { guide, id, clients, options, given: { guide, what, id, ...found } };
  }

  function add(entry: Entry): boolean {
    const key = keyOf(entry);
    const known = before.get(key)?.given;
    if (!isNew && (!known || known.verdict !== entry.given.verdict)) return false;
    found.set(key, entry);
    excused.set(entry.guide, (excused.get(entry.guide) ?? 0) + 1);
    return true;
  }

  function isGone(entry: Entry, whole: ReadonlySet<string>): boolean {
    const { guide, clients } = entry;
    if (found.has(keyOf(entry)) || unsure.has(keyOf(entry))) return false;
    if (!whole.has(guide)) return !existsSync(resolve(top, guide));
    const own = ran.get(guide);
    return entry.options === options && clients.every((client) => own?.has(client));
  }

  return {
    isUsed: true,
    excuse(name, judged) {
      const guide = nameOf(name);
      const { run, golden, verdict } = judged;
      const clients = judged.clients.flatMap(({ client, outcome }) =>
        outcome.kind === "skipped" ? [] : client,
      );
      ran.set(guide, new Set([...(ran.get(guide) ?? []), ...clients]));
      const code = run.step.code || run.step.title;
      const [what = ""] = code.trim().split("\n");
      const subject = JSON.stringify([code, golden.bytes.toString("utf8")]);
      const nth = numberOf(guide, subject); // also of those that are right: one of them may fail later
      const entry = entryOf(guide, what, `${nth}\n${subject}`, clients, verdict);
      // It may fail as before another time, or fails in another way now.
      if (verdict !== "match") unsure.add(keyOf(entry));
      if (isGood(verdict) || !add(entry)) return judged;
      return asUnverified(judged, `it failed before (${verdict}).`);
    },
    // A message names paths of this machine, as seen from somewhere, and lines.
    excuseFailure: (name, message) => {
      const told = message.replaceAll(top, "");
      const [what = ""] = told.split("\n");
      const same = told.replace(/\S*[\\/]/g, "").replace(/(\bline |:)\d+/g, "$1");
      return add(entryOf(nameOf(name), what, `0\n${same}`));
    },
    of: (name) => excused.get(nameOf(name)) ?? 0,
    save(names) {
      const whole = new Set(names.map(nameOf));
      const kept = baseline.entries.filter((entry) => !isGone(entry, whole));
      const fixed = baseline.entries.length - kept.length;
      const write = (entries: readonly Entry[]) => writeBaseline(file, { ...baseline, entries });
      if (isNew) {
        if (existsSync(file)) {
          throw new Failure("usage", `${file} was made while the guides ran, and is not replaced.`);
        }
        write([...found.values()]);
        return `Wrote ${file}: ${count(found.size, "known failure")}.`;
      }
      if (fixed === 0) return undefined;
      const gone = `${count(fixed, "known failure")} ${fixed === 1 ? "is" : "are"} gone`;
      if (isCi) return `${gone}. Run on your machine to update ${file}.`;
      write(kept);
      return `${gone}. ${file} is updated.`;
    },
  };
}

function keyOf({ guide, id }: Pick<Entry, "guide" | "id">): string {
  return `${guide}\n${id}`;
}

const empty: Baseline = { bytes: undefined, others: {}, entries: [] };

/** @throws Failure of kind "usage" where it changed since it was read */
function writeBaseline(file: string, { bytes, others, entries }: Baseline): void {
  const now = readRegularFile(file);
  if (now && bytes && !now.equals(bytes)) {
    throw new Failure(
      "usage",
      `${file} changed while the guides ran, and is not replaced. Run again.`,
    );
  }
  const sorted = entries.toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
  const lines = sorted.map(({ given }) => `    ${jsonWithoutSecrets(given)}`);
  const list = lines.length === 0 ? "[]" : `[\n${lines.join(",\n")}\n  ]`;
  const fields = Object.entries({ version: VERSION, ...others }).map(
    ([name, value]) => `  ${JSON.stringify(name)}: ${JSON.stringify(value)},\n`,
  );
  writing(`--baseline ${file}`, () =>
    writeWhole(file, `{\n${fields.join("")}  "failures": ${list}\n}\n`),
  );
}

function readBaseline(file: string): Baseline {
  const fail = (why: string) =>
    new Failure("usage", `--baseline ${file} ${why} Remove it, to write a new one.`);
  const bytes = readRegularFile(file) ?? Buffer.alloc(0);
  let json: unknown;
  try {
    json = JSON.parse(`${bytes}`);
  } catch (error) {
    throw fail(`cannot be read: ${messageOf(error)}.`);
  }
  const { version, failures, ...others } = isRecord(json) ? json : {};
  if (version !== VERSION || !Array.isArray(failures)) throw fail("is not a baseline.");
  const entries = failures.map((given: unknown): Entry => {
    const { guide, id, clients = [], options = "" } = isRecord(given) ? given : {};
    const isEntry = typeof guide === "string" && typeof id === "string";
    if (!isRecord(given) || !isEntry || !Array.isArray(clients) || typeof options !== "string") {
      throw fail("is not a baseline.");
    }
    return { guide, id, clients: clients.map(String), options, given };
  });
  return { bytes, others, entries };
}
