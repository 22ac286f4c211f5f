import { existsSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { Failure } from "../../runner/common/failure.ts";
import type { Exercise, Task } from "../../runner/guide/exercises.ts";
import type { Run } from "../../runner/guide/guide.ts";
import { countedSession } from "../../runner/run/counted-session.ts";
import { prepareLaunch } from "../../runner/run/prepare-launch.ts";
import { runAll } from "../../runner/run/run-all.ts";
import type { Launch, Session, SessionOptions } from "../../runner/run/session.ts";
import { withSnapshots } from "../../runner/snapshots/with-snapshots.ts";
import type { JudgedRun } from "../../runner/verify/judge.ts";
import type { Workspace } from "../../runner/workspace/workspace.ts";
import { findUnawaited, type Unawaited } from "./awaits.ts";
import { compareWithSolution, type Difference, type Done, leftTheSame } from "./compare-effects.ts";
import { type Course, learnersDriver } from "./course.ts";
import { readExercise, taskLeft } from "./exercise-files.ts";
import { impatientSession } from "./impatient-session.ts";
import { probeDriver } from "./probe-driver.ts";
import { readTablesAfter } from "./tables-after.ts";
import { checkTypes } from "./types.ts";

/** The result of running a learner's file. */
export type Attempt =
  | { readonly kind: "passed"; readonly types: readonly string[] }
  /** A task of the starter is left. */
  | { readonly kind: "to do"; readonly task: Task }
  /** The file does not exist, or does not compile. */
  | { readonly kind: "broken"; readonly message: string }
  /** A query in it is not waited for: it was not run. */
  | { readonly kind: "unawaited"; readonly query: Unawaited }
  /** It failed, or printed something else. */
  | (Wrong & {
      readonly kind: "wrong";
      /** It printed what it should, and did not end by itself. */
      readonly isOpen: boolean;
    })
  /** Its output is right, but not what it left in the database. */
  | (Wrong & { readonly kind: "wrong data" })
  /** Its output is right, but it does something else than the solution. */
  | {
      readonly kind: "wrong effect";
      readonly difference: Difference;
      readonly types: readonly string[];
    }
  | { readonly kind: "stopped" };

interface Wrong {
  readonly judged: JudgedRun;
  /** What the types of the file say, in lines. */
  readonly types: readonly string[];
}

/** Runs exercises of one course. */
export interface Attempts {
  /**
   * Run the learner's file, and compare its output, and what it did and left, with the solution's.
   * @param onRan is called when the file has run, before anything else runs in its database
   */
  run(exercise: Exercise, stop: AbortSignal, onRan?: () => Promise<void>): Promise<Attempt>;
  /** Prepare the database, so that the next attempt is faster. */
  prepare(exercise: Exercise): Promise<void>;
  /** Bring the database to the state before the exercise again, whatever was done to it. */
  restore(exercise: Exercise): Promise<void>;
  /** The connection string of the first client's database. */
  url(): Promise<string>;
}

/**
 * Open a database for a course, do a piece of work, and remove the database.
 * @throws Failure, if it cannot begin, go on, or clean up
 */
export function withAttempts<Result>(
  course: Course,
  { timeout }: { readonly timeout: number },
  { note, signal }: Pick<SessionOptions, "note" | "signal">,
  work: (attempts: Attempts) => Promise<Result>,
): Promise<Result> {
  const { guide, clients, standalone } = course;
  const options = { guide, clients, standalone, runs: guide.runs, timeout, inPlace: false };
  let solutions: Promise<Launch> | undefined;
  let exercise: Exercise | undefined;
  let types: Promise<readonly string[]> = Promise.resolve([]);
  let launched: Launch = notCompiled;

  /** Compiles the learner's file each time, and the solutions once. */
  async function prepare(options: SessionOptions, workspace: Workspace): Promise<Launch> {
    if (exercise) types = checkTypes(exercise.file, join(workspace.directory, "types"));
    const own = exercise && (await launchOwn(exercise, options, workspace));
    // Drivers have no solutions to run: the learner's driver runs every step.
    if (clients.includes(learnersDriver)) {
      launched = own ?? notCompiled;
      return launched;
    }
    solutions ??= prepareLaunch(options, workspace);
    const others = await solutions;
    const file = exercise?.file;
    return (step, client) => (own && step.file === file ? own : others)(step, client);
  }

  const bench: Bench = {
    choose(chosen) {
      exercise = chosen;
    },
    types: () => types,
    launch: (...run) => launched(...run),
  };
  return withSnapshots(
    { ...options, note, signal },
    (session) => work(openAttempts(course, session, bench)),
    prepare,
  );
}

/** What belongs to the learner's file, as it was compiled last. */
interface Bench {
  /** Makes an exercise the one that is compiled next. */
  choose(exercise: Exercise): void;
  types(): Promise<readonly string[]>;
  readonly launch: Launch;
}

function notCompiled(): never {
  throw new Error("The learner's driver is not compiled yet.");
}

/** Compiles the learner's file as its solution is compiled, into a directory of its own. */
async function launchOwn(
  { file, kind, judges }: Exercise,
  options: SessionOptions,
  workspace: Workspace,
): Promise<Launch> {
  const own = { ...workspace, directory: join(workspace.directory, "exercise") };
  if (kind === "driver") {
    const name = basename(file, ".ts");
    const guide = { ...options.guide, ownDrivers: [{ name, file }] };
    const launch = await prepareLaunch({ ...options, guide, clients: [name] }, own);
    return (step) => launch(step, name);
  }
  const runs = judges.slice(0, 1);
  const standalone = options.standalone.map((client) => ({
    ...client,
    folder: { ...client.folder, directory: dirname(file), files: [file] },
    scripts: new Map(runs.map(({ step }) => [step, file])),
  }));
  return prepareLaunch({ ...options, runs, standalone }, own);
}

function openAttempts({ guide, clients }: Course, opened: Session, bench: Bench): Attempts {
  /** Only the state before an exercise is gone back to. */
  const session: Session = {
    ...opened,
    execute: (run, client, execution) =>
      opened.execute(run, client, { ...execution, isKept: false }),
  };
  /** The exercise for which the database is prepared. */
  let prepared: Exercise | undefined;
  /** What each client does with the solution of an exercise. */
  const solutions = new Map<Exercise, readonly Done[]>();
  const impatient = impatientSession(session);
  const own = countedSession(impatient.session);
  const counted = countedSession(session);

  const judge = (runs: readonly Run[], stop?: AbortSignal, by = session) =>
    runAll({ guide, runs, clients, session: by, stop });

  /** The preparation that goes on, or went on last. */
  let preparing: Promise<void> = Promise.resolve();

  function prepare(exercise: Exercise): Promise<void> {
    preparing = preparing.catch(() => {}).then(() => prepareNow(exercise));
    return preparing;
  }

  async function prepareNow(exercise: Exercise): Promise<void> {
    if (prepared === exercise) return;
    prepared = undefined;
    const kept = await session.rewind(exercise.before, clients);
    refuseBad(exercise, await judge(exercise.before.slice(kept), undefined, opened));
    prepared = exercise;
  }

  /** Runs the solution of a script. It takes a moment, once, and only if the learner's output is right. */
  async function solutionOf(exercise: Exercise): Promise<readonly Done[]> {
    const known = solutions.get(exercise);
    if (known) return known;
    await prepare(exercise);
    prepared = undefined;
    const run = guide.runs.slice(exercise.before.length, exercise.before.length + 1);
    const judged = await judge(run, undefined, counted);
    refuseBad(exercise, judged);
    const done = await doneBy(judged[0]);
    solutions.set(exercise, done);
    return done;
  }

  /** What each client's run did, and left in its database. */
  function doneBy(judged: JudgedRun | undefined): Promise<readonly Done[]> {
    const each = (judged?.clients ?? []).map(async ({ client, outcome }) => ({
      effects: outcome.kind === "finished" ? outcome.effects : undefined,
      tables: await readTablesAfter((await session.databaseOf(client)).url),
    }));
    return Promise.all(each);
  }

  async function differenceOf(exercise: Exercise, done: readonly Done[]) {
    const solution = await solutionOf(exercise);
    return done.flatMap((one, index) => {
      const right = solution[index];
      return (right && compareWithSolution(one, right)) ?? [];
    })[0];
  }

  /** Runs what shows what an exercise left in the database, up to the first that does not match. */
  async function laterBad({ judges }: Exercise, stop: AbortSignal): Promise<JudgedRun | undefined> {
    for (const run of judges.slice(1)) {
      const [judged] = await judge([run], stop);
      if (stop.aborted) return undefined;
      if (judged && judged.verdict !== "match") return judged;
    }
    return undefined;
  }

  /** @param own the learner's run */
  async function judgeScript(
    exercise: Exercise,
    own: JudgedRun,
    stop: AbortSignal,
  ): Promise<Attempt | undefined> {
    const done = await doneBy(own);
    const known = solutions.get(exercise);
    // What reads the same tables prints the same. The solution's own run would replace them.
    const bad = known && leftTheSame(done, known) ? undefined : await laterBad(exercise, stop);
    if (stop.aborted) return undefined;
    const types = await bench.types();
    const difference = await differenceOf(exercise, done);
    if (difference) return { kind: "wrong effect", difference, types };
    return bad && { kind: "wrong data", judged: bad, types };
  }

  async function judgeDriver(exercise: Exercise, stop: AbortSignal): Promise<Attempt | undefined> {
    const bad = await laterBad(exercise, stop);
    if (bad) return { kind: "wrong", judged: bad, types: await bench.types(), isOpen: false };
    if (stop.aborted) return undefined;
    const programs = exercise.judges.flatMap(({ step }) => {
      const launched = bench.launch(step, learnersDriver);
      return "play" in launched ? [] : [launched.arguments];
    });
    const { url } = await session.databaseOf(learnersDriver);
    const message = await probeDriver(programs, url, guide.tables);
    if (message === undefined) return undefined;
    const types = await bench.types();
    return { kind: "wrong effect", difference: { message, rows: [] }, types };
  }

  return {
    prepare,
    url: async () => (await session.databaseOf(clients[0] ?? "")).url,

    async restore(exercise) {
      await preparing.catch(() => {});
      prepared = undefined;
      await prepare(exercise);
    },

    async run(exercise, stop, onRan) {
      bench.choose(exercise);
      const message = await brokenBecause(exercise, session, guide.command);
      if (message !== undefined) return { kind: "broken", message };
      // That it works, if it does, is luck.
      const isScript = exercise.kind === "script";
      const query = isScript ? findUnawaited(readExercise(exercise) ?? "") : undefined;
      if (query) return { kind: "unawaited", query };
      await prepare(exercise);
      prepared = undefined;
      const [first] = exercise.judges;
      const [judged] = await judge(first ? [first] : [], stop, isScript ? own : session);
      await onRan?.();
      if (stop.aborted) return { kind: "stopped" };
      if (!judged) throw new Error(`${exercise.name} has no run`);
      const task = judged.verdict === "match" ? undefined : taskLeft(exercise, stderrOf(judged));
      if (task) return { kind: "to do", task };
      if (judged.verdict !== "match") {
        const isOpen = impatient.isOpen(judged);
        return { kind: "wrong", judged, types: await bench.types(), isOpen };
      }
      const bad = isScript
        ? await judgeScript(exercise, judged, stop)
        : await judgeDriver(exercise, stop);
      if (stop.aborted) return { kind: "stopped" };
      return bad ?? { kind: "passed", types: await bench.types() };
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

/** @returns why the learner's file cannot run; undefined if it can */
async function brokenBecause(
  { file, name }: Exercise,
  session: Session,
  command: string,
): Promise<string | undefined> {
  if (!existsSync(file)) {
    return `${file} does not exist. Start it again with: ${command} learn reset ${name}`;
  }
  try {
    await session.recompile();
    return undefined;
  } catch (error) {
    if (error instanceof Failure && error.kind === "layout") return error.message;
    throw error;
  }
}

function stderrOf({ clients }: JudgedRun): string {
  return clients.map(({ outcome }) => (outcome.kind === "failed" ? outcome.stderr : "")).join("\n");
}
