import type { SessionOptions } from "../../runner/run/session.ts";
import { withSession } from "../../runner/run/with-session.ts";
import { type Judge, openJudge } from "./attempt.ts";
import type { Course } from "./course.ts";
import { openLauncher } from "./launch-exercise.ts";
import { openTries, type Told, type Tries } from "./tries.ts";

/** A course, and what its exercises are run with. */
export interface Room {
  readonly course: Course;
  readonly judge: Judge;
  readonly tries: Tries;
}

/**
 * Opens a database for a course, and closes it when the work is done.
 * @param tell is told of every attempt
 * @throws Failure, where it could not begin, go on, or clean up
 */
export function withRoom<Result>(
  course: Course,
  { timeout }: { readonly timeout: number },
  { note, signal }: Pick<SessionOptions, "note" | "signal">,
  work: (room: Room) => Promise<Result>,
  tell?: Told,
): Promise<Result> {
  const { guide, clients, standalone } = course;
  const launcher = openLauncher();
  const choice = { guide, clients, standalone, runs: guide.runs, timeout, inPlace: false };
  return withSession(
    { ...choice, note, signal },
    (session) => {
      const judge = openJudge(course, session, launcher);
      return work({ course, judge, tries: openTries(course, judge, tell) });
    },
    launcher.prepare,
  );
}
