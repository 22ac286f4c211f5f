import { isRecord } from "../../runner/common/json.ts";
import { digestOf } from "../../runner/common/kept-texts.ts";
import { isName, nameKeys } from "./names.ts";
import { type Progress, type Report, readProgress } from "./report.ts";

/** A learner on the board, as the state file has it. */
export interface Learner {
  readonly number: number;
  readonly name: string;
  /** The digest of the secret. */
  readonly secret: string;
  /** The network address of the first report, in a form that doesn't reveal it. */
  readonly from: string;
  /** The exercise that the learner is doing, and since when: milliseconds since 1970. */
  at: { readonly exercise: string; readonly since: number } | undefined;
  /** The latest progress in each exercise, by its name. */
  readonly progress: Record<string, Omit<Progress, "exercise">>;
  /** When the learner was heard of last: milliseconds since 1970. */
  seen?: number;
  /** Since when the learner asks for help. */
  help?: number | undefined;
  hasLeft?: boolean;
}

/** A learner's machine says that it is there more often than this. */
const SILENT_MS = 90_000;

/** What the board says of a learner. */
export function presenceOf(
  { seen = 0, hasLeft }: Learner,
  now: number,
): "here" | "left" | "offline" {
  if (hasLeft) return "left";
  return now - seen > SILENT_MS ? "offline" : "here";
}

/** What became of a report. */
export type Answer =
  | { readonly kind: "taken"; readonly number: number }
  /** The name belongs to another secret. */
  | { readonly kind: "not yours"; readonly suggestion: string }
  | { readonly kind: "full" };

export type Learners = ReturnType<typeof openLearners>;

export const LEARNER_LIMIT = 1500;
/** One learner who invents names can't fill the board. A class that shares an address has enough. */
export const LEARNERS_FROM_ONE_ADDRESS = 300;

/**
 * @param exercises the names of all exercises: others are ignored, so the state stays small
 * @param before the learners of an earlier board
 */
export function openLearners(exercises: ReadonlySet<string>, before: readonly Learner[]) {
  const learners = [...before];
  const byKey = new Map(
    before.flatMap((one) => nameKeys(one.name).map((key) => [key, one] as const)),
  );

  /** The learner who has the name, or one that looks the same. */
  function owner(name: string): Learner | undefined {
    const [key = ""] = nameKeys(name).filter((one) => byKey.has(one));
    return byKey.get(key);
  }

  function isFull(from: string): boolean {
    if (learners.length >= LEARNER_LIMIT) return true;
    const neighbours = learners.filter((one) => one.from === from);
    return neighbours.length >= LEARNERS_FROM_ONE_ADDRESS;
  }

  /** Anna 2, if there is an Anna; Anna 3 after that. */
  function freeName(name: string): string {
    const first = name.replace(/ \d+$/, "").slice(0, 34).trimEnd();
    for (let number = 2; ; number++) {
      const free = `${first} ${number}`;
      if (!owner(free)) return free;
    }
  }

  return {
    get all(): readonly Learner[] {
      return learners;
    },

    /**
     * Takes a report.
     * @param from where it comes from
     * @param now milliseconds since 1970
     */
    take({ name, secret, progress, help, hasLeft }: Report, from: string, now: number): Answer {
      const digest = digestOf(secret);
      let learner = owner(name);
      if (learner && learner.secret !== digest) {
        return { kind: "not yours", suggestion: freeName(name) };
      }
      if (!learner) {
        if (isFull(from)) return { kind: "full" };
        const number = learners.length + 1;
        learner = { number, name, secret: digest, from, at: undefined, progress: {} };
        learners.push(learner);
        for (const key of nameKeys(name)) byKey.set(key, learner);
      }
      for (const one of progress) if (exercises.has(one.exercise)) update(learner, one, now);
      learner.seen = now;
      learner.hasLeft = hasLeft === true;
      if (help === false || hasLeft) learner.help = undefined;
      else if (help) learner.help ??= now;
      return { kind: "taken", number: learner.number };
    },
  };
}

function update(learner: Learner, { exercise, ...progress }: Progress, now: number): void {
  learner.progress[exercise] = progress;
  if (progress.verdict !== "passed") {
    if (learner.at?.exercise !== exercise) learner.at = { exercise, since: now };
  } else if (learner.at?.exercise === exercise) learner.at = undefined;
}

/** True if an entry of the state file is a valid learner. */
export function isLearner(value: unknown): value is Learner {
  if (!isRecord(value)) return false;
  const { number, name, secret, from, at, progress, seen, help, hasLeft } = value;
  if (![seen, help].every((time) => time === undefined || typeof time === "number")) return false;
  if (hasLeft !== undefined && typeof hasLeft !== "boolean") return false;
  if (typeof number !== "number" || typeof secret !== "string") return false;
  if (typeof name !== "string" || !isName(name) || typeof from !== "string") return false;
  if (at !== undefined && !isPosition(at)) return false;
  if (!isRecord(progress)) return false;
  return Object.values(progress).every(
    (one) => isRecord(one) && readProgress({ exercise: "", ...one }),
  );
}

function isPosition(value: unknown): boolean {
  return isRecord(value) && typeof value.exercise === "string" && typeof value.since === "number";
}
