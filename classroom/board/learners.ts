import { digestOf } from "../../runner/common/digest.ts";
import { isRecord } from "../../runner/common/files.ts";
import { isName, type News, type Report, readNews } from "./report.ts";

/** Somebody on the board, as its state file has it. */
export interface Learner {
  readonly number: number;
  readonly name: string;
  /** A digest: the secret itself is nobody's business. */
  readonly secret: string;
  /** The exercise at which the learner is, and since when. */
  at: { readonly exercise: string; readonly since: number } | undefined;
  /** The last news of each exercise, by its name. */
  readonly news: Record<string, Omit<News, "exercise">>;
}

/** What became of a report. */
export type Answer =
  | { readonly kind: "taken on"; readonly number: number }
  /** Another secret has this name. */
  | { readonly kind: "not yours" }
  | { readonly kind: "full" };

export interface Learners {
  readonly all: readonly Learner[];
  knows(name: string): boolean;
  /** @param now milliseconds since 1970 */
  take(report: Report, now: number): Answer;
}

/** Nobody teaches a larger room with one board. */
export const LEARNER_LIMIT = 1500;

/**
 * @param exercises the names that there are: all others are left out, so that the state stays small
 * @param before the learners of an earlier board
 */
export function openLearners(exercises: ReadonlySet<string>, before: readonly Learner[]): Learners {
  const learners = new Map(before.map((one) => [keyOf(one.name), one]));

  return {
    get all() {
      return [...learners.values()];
    },

    knows: (name) => learners.has(keyOf(name)),

    take({ name, secret, news }, now) {
      const digest = digestOf(secret);
      let learner = learners.get(keyOf(name));
      if (learner && learner.secret !== digest) return { kind: "not yours" };
      if (!learner) {
        if (learners.size >= LEARNER_LIMIT) return { kind: "full" };
        const number = learners.size + 1;
        learner = { number, name, secret: digest, at: undefined, news: {} };
        learners.set(keyOf(name), learner);
      }
      for (const one of news) if (exercises.has(one.exercise)) hear(learner, one, now);
      return { kind: "taken on", number: learner.number };
    },
  };
}

/** Whether what a state file has is a learner. */
export function isLearner(value: unknown): value is Learner {
  if (!isRecord(value)) return false;
  const { number, name, secret, at, news } = value;
  if (typeof number !== "number" || typeof secret !== "string") return false;
  if (typeof name !== "string" || !isName(name)) return false;
  if (at !== undefined && !isPlace(at)) return false;
  if (!isRecord(news)) return false;
  return Object.values(news).every((said) => isRecord(said) && readNews({ exercise: "", ...said }));
}

function isPlace(value: unknown): boolean {
  return isRecord(value) && typeof value.exercise === "string" && typeof value.since === "number";
}

/** Two names that look the same are the same. */
function keyOf(name: string): string {
  return name.normalize("NFKC").toLowerCase();
}

function hear(learner: Learner, { exercise, ...said }: News, now: number): void {
  learner.news[exercise] = said;
  if (said.verdict !== "passed") {
    if (learner.at?.exercise !== exercise) learner.at = { exercise, since: now };
  } else if (learner.at?.exercise === exercise) learner.at = undefined;
}
