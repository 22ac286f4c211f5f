import { readFileSync } from "node:fs";
import { waitForAll } from "../../runner/common/wait-for-all.ts";
import { connected } from "../../runner/database/connected.ts";
import type { Exercise } from "../../runner/guide/exercises.ts";
import type { Run } from "../../runner/guide/guide.ts";
import type { Session } from "../../runner/run/session.ts";
import type { Difference } from "./compare-effects.ts";
import { compareTrials, failed, type Trial } from "./compare-trials.ts";
import type { Course } from "./course.ts";
import { type OtherData, otherData } from "./other-data.ts";
import { readAfter } from "./tables-after.ts";

/** A script that goes on for longer is ended, and not compared. */
const TRIAL_LIMIT_MS = 10_000;

/** Whose script is tried: the learner's is "own". */
type Role = "own" | "solution";

/** Where a script is tried once more: it has the name of a client, and a database of its own. */
interface Place {
  readonly client: string;
  readonly data: OtherData;
}

const nameOf = ({ client, data }: Place, role: Role) =>
  `${client} ${role} ${otherData.indexOf(data)}`;

/** The client whose program runs in a place. */
export function clientOf(name: string): string {
  return name.replace(/ (?:own|solution) \d+$/, "");
}

/** Tries an answer once more with other data, next to the solution. */
export interface TryingAgain {
  /** Makes the databases. Those of the clients are as they are before the exercise, and nothing is connected to them. */
  prepare(exercise: Exercise): Promise<void>;
  /** True where `compare` can begin. */
  isPrepared(exercise: Exercise): boolean;
  /**
   * @param restore brings the clients' databases to where they were for `prepare`
   * @returns how the learner's script differs from the solution; undefined if it does not, or was stopped
   */
  compare(
    exercise: Exercise,
    stop: AbortSignal,
    restore: () => Promise<void>,
  ): Promise<Difference | undefined>;
}

/**
 * @param session keeps nothing of what is executed
 * @param isCompiled whether the learner's file is: then its processes can be started ahead
 */
export function openTryingAgain(
  { guide: { runs }, clients }: Pick<Course, "guide" | "clients">,
  session: Session,
  isCompiled: (exercise: Exercise) => boolean,
): TryingAgain {
  const places: readonly Place[] = clients.flatMap((client) =>
    otherData.map((data) => ({ client, data })),
  );
  const placesFor = ({ before }: Exercise) =>
    places.filter(({ data }) => data.isForFirst === (before.length === 0));
  /** The exercise for which the places of the learner's script are prepared. */
  let prepared: Exercise | undefined;
  /** What the solution of an exercise does in each place. */
  const solutions = new Map<Exercise, readonly Trial[]>();

  /** Without rows, all that is compared is an error of the solution. */
  const placesOf = (exercise: Exercise, role: Role) =>
    placesFor(exercise).filter(({ data }, index) => {
      const trial = solutions.get(exercise)?.[index];
      return role === "solution" || data.hasRows || (trial && failed(trial));
    });

  const isTried = session.server.clientsShare === "server";

  /** @param isAgain for one more run of the solution */
  async function make(exercise: Exercise, role: Role, isAgain = false): Promise<void> {
    if (role === "own" && prepared === exercise) return;
    if (role === "own") prepared = undefined;
    const chosen = placesOf(exercise, role);
    const databases = chosen.map(async (place) => {
      const name = nameOf(place, role);
      const { sql, superuserSql, sqlAgain } = place.data;
      const { name: template } = await session.databaseOf(place.client);
      await session.reset(name, template);
      const { url, name: database } = await session.databaseOf(name);
      await connected(url, (db) => db.query(isAgain ? sqlAgain : sql));
      if (!superuserSql || isAgain) return;
      const db = await session.server.openIn?.(database);
      await db?.query(superuserSql).finally(db.close);
    });
    await waitForAll(databases);
    if (role !== "own") return;
    if (isCompiled(exercise)) {
      await session.expect(
        exercise.judges.slice(0, 1),
        chosen.map((place) => nameOf(place, role)),
      );
    }
    prepared = exercise;
  }

  function runAll(exercise: Exercise, run: Run, role: Role, stop?: AbortSignal) {
    return Promise.all(placesOf(exercise, role).map((place) => tryOnce(run, place, role, stop)));
  }

  async function tryOnce(run: Run, place: Place, role: Role, stop?: AbortSignal): Promise<Trial> {
    const name = nameOf(place, role);
    const limit = AbortSignal.timeout(TRIAL_LIMIT_MS);
    const outcome = await session.execute(run, name, {
      stop: stop ? AbortSignal.any([stop, limit]) : limit,
    });
    if (outcome.kind === "skipped")
      return { exitCode: null, stdout: "", stderr: "", left: undefined };
    const { exitCode, stderr, stdoutFile } = outcome;
    const isCompared = exitCode === 0 && place.data.hasRows;
    const left = isCompared ? await readAfter((await session.databaseOf(name)).url) : undefined;
    return { exitCode, stderr, stdout: readFileSync(stdoutFile, "utf8"), left };
  }

  async function runSolution(exercise: Exercise): Promise<readonly Trial[]> {
    const run = runs[exercise.before.length];
    const trials = run ? await runAll(exercise, run, "solution") : [];
    const chosen = placesOf(exercise, "solution");
    await waitForAll(chosen.map((place) => session.reset(nameOf(place, "solution"))));
    return trials;
  }

  return {
    isPrepared: (exercise) => !isTried || prepared === exercise,

    async prepare(exercise) {
      if (!isTried) return;
      if (!solutions.has(exercise)) {
        await make(exercise, "solution");
        solutions.set(exercise, await runSolution(exercise));
      }
      await make(exercise, "own");
    },

    async compare(exercise, stop, restore) {
      const [run] = exercise.judges;
      const first = solutions.get(exercise);
      if (!isTried || !run || !first) return undefined;
      prepared = undefined;
      const own = await runAll(exercise, run, "own", stop);
      const differenceFrom = (runs: readonly (readonly Trial[])[]) =>
        placesOf(exercise, "own")
          .map((place, at) => {
            const each = runs.flatMap((trials) => trials[placesFor(exercise).indexOf(place)] ?? []);
            const mine = own[at];
            return mine && compareTrials(place.data, mine, each);
          })
          .find((difference) => difference !== undefined);
      if (stop.aborted || !differenceFrom([first])) return undefined;
      // What a clock, chance, or the order of the rows makes is told from what the script does by one more run of the
      // solution.
      await restore();
      await make(exercise, "solution", true);
      const difference = differenceFrom([first, await runSolution(exercise)]);
      return stop.aborted ? undefined : difference;
    },
  };
}
