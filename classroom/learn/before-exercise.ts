import { Failure } from "../../runner/common/failure.ts";
import type { Exercise } from "../../runner/guide/exercises.ts";
import type { Run } from "../../runner/guide/guide.ts";
import { countedSession } from "../../runner/run/counted-session.ts";
import { runAll } from "../../runner/run/run-all.ts";
import type { Session } from "../../runner/run/session.ts";
import type { JudgedRun } from "../../runner/verify/judge.ts";
import { type Done, leftTheSame } from "./compare-effects.ts";
import type { Course } from "./course.ts";
import type { Compiled } from "./launch-attempt.ts";
import { readAfter } from "./tables-after.ts";
import type { TryingAgain } from "./try-again.ts";

/**
 * Brings the clients' databases to the state before an exercise, and runs its solution there.
 * @param opened keeps copies of that state
 * @param session keeps nothing of what is executed
 */
export function openBefore(
  { guide, clients }: Course,
  opened: Session,
  session: Session,
  compiled: Compiled,
  tryingAgain: TryingAgain,
) {
  /** The exercise for which the database is prepared. */
  let prepared: Exercise | undefined;
  /** The preparation that goes on, or went on last. */
  let preparing: Promise<void> = Promise.resolve();
  /** What each client does with the solution of an exercise, each time that it ran. */
  const solutions = new Map<Exercise, readonly (readonly Done[])[]>();
  const counted = countedSession(session);

  /** @param isComplete whether the answer can be tried once more, too */
  function prepare(exercise: Exercise, isComplete = false): Promise<void> {
    preparing = preparing
      .catch(() => {})
      .then(async () => {
        await prepareOwn(exercise);
        if (!isComplete || exercise.kind !== "script") return;
        if (!solutions.has(exercise)) {
          await solve(exercise);
          await prepareOwn(exercise);
        }
        await tryingAgain.prepare(exercise);
      });
    return preparing;
  }

  async function prepareOwn(exercise: Exercise): Promise<void> {
    if (prepared === exercise) return;
    prepared = undefined;
    const kept = await session.rewind(exercise.before, clients);
    refuseBad(exercise, await judge(exercise.before.slice(kept), opened));
    prepared = exercise;
    // It is compiled for its first attempt. The solution may run before it.
    if (compiled.exercise !== exercise || !solutions.has(exercise)) return;
    await session.expect(exercise.judges.slice(0, 1), clients);
  }

  const judge = (runs: readonly Run[], by: Session) =>
    runAll({ guide, runs, clients, session: by });

  /**
   * Runs the solution of a script, in the place of the learner's.
   * @returns what it did until now, at last what it does now
   */
  async function solve(exercise: Exercise) {
    prepared = undefined;
    const run = guide.runs.slice(exercise.before.length, exercise.before.length + 1);
    const judged = await judge(run, counted);
    refuseBad(exercise, judged);
    const done = await doneBy(judged[0]);
    const others = solutions.get(exercise)?.filter((one) => !leftTheSame(one, done)) ?? [];
    const runs = [...others, done];
    solutions.set(exercise, runs);
    return runs;
  }

  /** What each client's run did, and left in its database. */
  function doneBy(judged: JudgedRun | undefined): Promise<readonly Done[]> {
    const each = (judged?.clients ?? []).map(async ({ client, outcome }) => ({
      effects: outcome.kind === "finished" ? outcome.effects : undefined,
      ...(await readAfter((await session.databaseOf(client)).url)),
    }));
    return Promise.all(each);
  }

  return {
    prepare,
    doneBy,
    /** What each client did with the solution of an exercise, by run. */
    solutionsOf: (exercise: Exercise) => solutions.get(exercise),

    /** Prepares the database for one run of the learner's file. */
    async take(exercise: Exercise): Promise<void> {
      await prepare(exercise);
      prepared = undefined;
    },

    async runSolution(exercise: Exercise) {
      await prepare(exercise);
      return solve(exercise);
    },

    /** Prepares the database, whatever was done to it. */
    async restore(exercise: Exercise): Promise<void> {
      await preparing.catch(() => {});
      prepared = undefined;
      await prepare(exercise);
    },
  };
}

/** @throws Failure where the guide's own runs do not match, so nothing can be judged by them */
function refuseBad({ name }: Exercise, judged: readonly JudgedRun[]): void {
  const bad = judged.find(({ verdict }) => verdict !== "match");
  if (!bad || bad.verdict === "skipped") return;
  throw new Failure(
    "layout",
    `${name} cannot be prepared: the guide's own ${bad.run.name} doesn't match its golden file (${bad.verdict}).`,
  );
}
