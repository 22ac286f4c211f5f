import type { Exercise } from "../../runner/guide/exercises.ts";
import type { Attempt, Judge } from "./attempt.ts";
import type { Course } from "./course.ts";
import { evidenceOf, type Progress, remember } from "./progress.ts";

/** Runs exercises, and remembers what came of it. */
export interface Tries {
  run(exercise: Exercise, stop: AbortSignal): Promise<Attempt>;
}

/** Is told of every attempt that came to its end. */
export type Told = (exercise: Exercise, attempt: Attempt, progress: Progress) => void;

export function openTries({ guide }: Course, judge: Judge, tell: Told = () => {}): Tries {
  return {
    async run(exercise, stop) {
      const before = evidenceOf(guide, exercise);
      const attempt = await judge.attempt(exercise, stop);
      if (attempt.kind === "stopped") return attempt;
      // What was saved meanwhile is another file, about which nothing is known.
      const isSame = before !== undefined && before === evidenceOf(guide, exercise);
      const progress = remember(guide, exercise, ({ tries, hints, verified }) => {
        const kept = verified !== before ? verified : undefined;
        const proof = attempt.kind === "passed" && isSame ? before : kept;
        const isNews = attempt.kind !== "to do" && verified !== before;
        const count = isNews ? tries + 1 : tries;
        return { tries: count, hints, ...(proof ? { verified: proof } : {}) };
      });
      tell(exercise, attempt, progress);
      return attempt;
    },
  };
}
