import { existsSync } from "node:fs";
import { join } from "node:path";
import { Failure } from "../../runner/common/failure.ts";
import type { Exercise, Task } from "../../runner/guide/exercises.ts";
import type { Run } from "../../runner/guide/guide.ts";
import { countedSession } from "../../runner/run/counted-session.ts";
import { runAll } from "../../runner/run/run-all.ts";
import type { Session, SessionOptions } from "../../runner/run/session.ts";
import { withSnapshots } from "../../runner/snapshots/with-snapshots.ts";
import type { JudgedRun } from "../../runner/verify/judge.ts";
import { findUnawaited, type Unawaited } from "./awaits.ts";
import { openBefore } from "./before-exercise.ts";
import { compareChecks } from "./checks-after.ts";
import { compareWithSolution, type Difference, type Done, leftTheSame } from "./compare-effects.ts";
import { type Course, learnersDriver } from "./course.ts";
import { endOpenScripts } from "./end-open-scripts.ts";
import { isOldStarter, readExercise, solutionOf, taskLeft, toDo } from "./exercise-files.ts";
import { type Compiled, openLaunch } from "./launch-attempt.ts";
import { askDriver, probeDriver } from "./probe-driver.ts";
import { openTryingAgain } from "./try-again.ts";
import { findWritten } from "./written-values.ts";

/** The result of running a learner's file, and what its types say, in lines: nothing where it was not judged. */
export type Attempt = Judgement & { readonly types: readonly string[] };

type Judgement =
  /** With `uncounted`, the server could not say how many rows it changed: in a few words, why. */
  | { readonly kind: "passed"; readonly uncounted?: string | undefined }
  /** A task of the starter is left. */
  | { readonly kind: "to do"; readonly task: Task }
  /** The file does not exist, or does not compile. */
  | { readonly kind: "broken"; readonly message: string }
  /** A query in it is not waited for: it was not run. */
  | { readonly kind: "unawaited"; readonly query: Unawaited }
  /** A run does not match: the file's own, or a later one that shows what the file left in the database. */
  | {
      readonly kind: "wrong";
      readonly judged: JudgedRun;
      /** It printed what it should, and did not end by itself. */
      readonly isOpen: boolean;
    }
  /** Its output is right, but it does something else than the solution. */
  | { readonly kind: "wrong effect"; readonly difference: Difference }
  | { readonly kind: "stopped" };

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
  const { compiled, prepare } = openLaunch(course);
  return withSnapshots(
    { ...options, note, signal },
    (session) => work(openAttempts(course, session, compiled)),
    prepare,
  );
}

function openAttempts(course: Course, opened: Session, compiled: Compiled): Attempts {
  const { guide, clients } = course;
  /** Only the state before an exercise is gone back to. */
  const session: Session = {
    ...opened,
    execute: (run, client, execution) =>
      opened.execute(run, client, { ...execution, isKept: false }),
  };
  const ending = endOpenScripts(session);
  const own = countedSession(ending.session);
  const tryingAgain = openTryingAgain(
    course,
    session,
    (exercise) => compiled.exercise === exercise,
  );

  const before = openBefore(course, opened, session, compiled, tryingAgain);

  const judge = (runs: readonly Run[], stop: AbortSignal, by = session) =>
    runAll({ guide, runs, clients, session: by, stop });
  const urlOf = async (client = "") => (await session.databaseOf(client)).url;

  /** Runs what shows what an exercise left in the database, up to the first that does not match. */
  async function laterWrong({ judges }: Exercise, stop: AbortSignal) {
    for (const run of judges.slice(1)) {
      const [judged] = await judge([run], stop);
      if (stop.aborted) return undefined;
      if (judged && judged.verdict !== "match") return wrong(judged);
    }
    return undefined;
  }

  function wrong(judged: JudgedRun): Judgement {
    return { kind: "wrong", judged, isOpen: ending.isOpen(judged) };
  }

  /** @param ran the learner's run, whose output is right */
  async function judgeScript(
    exercise: Exercise,
    ran: JudgedRun,
    stop: AbortSignal,
  ): Promise<Judgement | undefined> {
    const done = await before.doneBy(ran);
    const known = before.solutionsOf(exercise);
    const last = known?.at(-1);
    // What reads the same tables prints the same. The solution's own run would replace them.
    const later = last && leftTheSame(done, last) ? undefined : await laterWrong(exercise, stop);
    if (stop.aborted) return undefined;
    let difference = compare(done, known ?? (await before.runSolution(exercise)));
    if (difference?.mayVary) {
      // What a clock makes is told from what the script does by runs of the solution before and after it.
      const again = known ? done : ((await runAgain(exercise, stop)) ?? done);
      if (stop.aborted) return undefined;
      difference = compare(again, await before.runSolution(exercise));
    }
    const solution = before.solutionsOf(exercise)?.at(-1) ?? [];
    difference ??= (await compareAllChecks(done, solution)) ?? differenceInText(exercise);
    if (!difference && !later) difference = await tryAgain(exercise, stop);
    if (stop.aborted) return undefined;
    if (difference) return { kind: "wrong effect", difference };
    const [uncounted] = [...done, ...solution].flatMap(({ effects }) =>
      effects && "uncounted" in effects ? effects.uncounted : [],
    );
    return later ?? { kind: "passed", uncounted };
  }

  async function tryAgain(exercise: Exercise, stop: AbortSignal) {
    if (!tryingAgain.isPrepared(exercise)) await before.prepare(exercise, true);
    return tryingAgain.compare(exercise, stop, () => before.prepare(exercise));
  }

  async function runAgain(exercise: Exercise, stop: AbortSignal) {
    await before.take(exercise);
    const [judged] = await judge(exercise.judges.slice(0, 1), stop, own);
    return judged?.verdict === "match" ? before.doneBy(judged) : undefined;
  }

  async function compareAllChecks(done: readonly Done[], solution: readonly Done[]) {
    for (const [index, { checks }] of done.entries()) {
      const wanted = solution[index];
      if (!wanted) continue;
      const url = await urlOf(clients[index]);
      const message = await compareChecks(url, checks, wanted.checks, [...wanted.tables.keys()]);
      if (message) return { message, rows: [] };
    }
    return undefined;
  }

  async function judgeDriver(exercise: Exercise, stop: AbortSignal) {
    const later = await laterWrong(exercise, stop);
    if (later || stop.aborted) return later;
    const programs = exercise.judges.flatMap(({ step }) => {
      const launched = compiled.launch(step, learnersDriver);
      return "play" in launched ? [] : [launched.arguments];
    });
    const url = await urlOf(learnersDriver);
    const message =
      (await askDriver(exercise.file, exercise.source, join(session.directory, "asked"), url)) ??
      (await probeDriver(programs, url));
    if (message === undefined) return undefined;
    return { kind: "wrong effect", difference: { message, rows: [] } } as const;
  }

  async function judgeFile(
    exercise: Exercise,
    stop: AbortSignal,
    onRan?: () => Promise<void>,
  ): Promise<Judgement> {
    compiled.exercise = exercise;
    const message = await brokenBecause(exercise, session, guide.command);
    if (message !== undefined) return { kind: "broken", message };
    // That it works, if it does, is luck.
    const isScript = exercise.kind === "script";
    const query = isScript ? findUnawaited(readExercise(exercise) ?? "") : undefined;
    if (query) return { kind: "unawaited", query };
    await before.take(exercise);
    const [judged] = await judge(exercise.judges.slice(0, 1), stop, isScript ? own : session);
    await onRan?.();
    if (stop.aborted) return { kind: "stopped" };
    if (!judged) throw new Error(`${exercise.name} has no run`);
    if (judged.verdict !== "match") {
      const stderr = stderrOf(judged);
      const task = taskLeft(exercise, stderr);
      if (task) return { kind: "to do", task };
      if (!stderr.includes(toDo) || !isOldStarter(exercise)) return wrong(judged);
      const advice = `${guide.command} learn reset ${exercise.name} writes the new one, and keeps this file.`;
      return { kind: "broken", message: `The guide has another task now. ${advice}` };
    }
    const otherwise = isScript
      ? await judgeScript(exercise, judged, stop)
      : await judgeDriver(exercise, stop);
    return stop.aborted ? { kind: "stopped" } : (otherwise ?? { kind: "passed" });
  }

  return {
    prepare: (exercise) => before.prepare(exercise, true),
    restore: before.restore,
    url: () => urlOf(clients[0]),

    async run(exercise, stop, onRan) {
      const judgement = await judgeFile(exercise, stop, onRan);
      const isJudged = ["passed", "wrong", "wrong effect"].includes(judgement.kind);
      return { ...judgement, types: isJudged ? await compiled.types : [] };
    },
  };
}

/** @param runs what each client did with the solution, by run */
function compare(done: readonly Done[], runs: readonly (readonly Done[])[]) {
  const [difference] = done.flatMap(
    (one, index) =>
      compareWithSolution(
        one,
        runs.flatMap((run) => run[index] ?? []),
      ) ?? [],
  );
  return difference;
}

/** What no database shows: a value that the script should have asked for. */
function differenceInText(exercise: Exercise): Difference | undefined {
  const written = findWritten(readExercise(exercise) ?? "", solutionOf(exercise));
  if (!written) return undefined;
  const { name, line } = written;
  const message = `The value of ${name} is written into your script (line ${line}): it has to come from the database.`;
  return { message, rows: [] };
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
