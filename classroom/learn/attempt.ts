import { existsSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { Failure } from "../../runner/common/failure.ts";
import type { Exercise, Task } from "../../runner/guide/exercises.ts";
import type { Run } from "../../runner/guide/guide.ts";
import { prepareLaunch } from "../../runner/run/prepare-launch.ts";
import { runAll } from "../../runner/run/run-all.ts";
import type { Launch, Session, SessionOptions } from "../../runner/run/session.ts";
import { withSession } from "../../runner/run/with-session.ts";
import type { JudgedRun } from "../../runner/verify/judge.ts";
import type { Workspace } from "../../runner/workspace/workspace.ts";
import { type Course, learnersDriver } from "./course.ts";
import { taskLeft } from "./exercise-files.ts";

/** The result of running a learner's file. */
export type Attempt =
  | { readonly kind: "passed" }
  /** A task of the starter is left. */
  | { readonly kind: "to do"; readonly task: Task }
  /** The file does not exist, or does not compile. */
  | { readonly kind: "broken"; readonly message: string }
  /** It failed, or printed something else. */
  | { readonly kind: "wrong"; readonly judged: JudgedRun }
  /** Its output is right, but not what it left in the database. */
  | { readonly kind: "wrong data"; readonly judged: JudgedRun }
  | { readonly kind: "stopped" };

/** Runs exercises of one course. */
export interface Attempts {
  /** Run the learner's file, and compare its output, and what it left, with the golden files. */
  run(exercise: Exercise, stop: AbortSignal): Promise<Attempt>;
  /** Prepare the database, so that the next attempt is faster. */
  prepare(exercise: Exercise): Promise<void>;
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

  /** Compiles the learner's file each time, and the solutions once. */
  async function prepare(options: SessionOptions, workspace: Workspace): Promise<Launch> {
    const own = exercise && (await launchOwn(exercise, options, workspace));
    // Drivers have no solutions to run: the learner's driver runs every step.
    if (clients.includes(learnersDriver)) return own ?? notCompiled;
    solutions ??= prepareLaunch(options, workspace);
    const others = await solutions;
    const file = exercise?.file;
    return (step, client) => (own && step.file === file ? own : others)(step, client);
  }

  const choose = (chosen: Exercise) => {
    exercise = chosen;
  };
  return withSession(
    { ...options, note, signal },
    (session) => work(openAttempts(course, session, choose)),
    prepare,
  );
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

/** @param choose makes an exercise the one that is compiled next */
function openAttempts(
  { guide, clients }: Course,
  session: Session,
  choose: (exercise: Exercise) => void,
): Attempts {
  /** The exercise for which the database is prepared. */
  let prepared: Exercise | undefined;

  const judge = (runs: readonly Run[], stop?: AbortSignal) =>
    runAll({ guide, runs, clients, session, stop });

  async function prepare(exercise: Exercise): Promise<void> {
    if (prepared === exercise) return;
    prepared = undefined;
    await session.reset();
    const bad = (await judge(exercise.before)).find(({ verdict }) => verdict !== "match");
    if (bad && bad.verdict !== "skipped") {
      throw new Failure(
        "layout",
        `${exercise.name} cannot be prepared: the guide's own ${bad.run.name} doesn't match its golden file (${bad.verdict}).`,
      );
    }
    prepared = exercise;
  }

  return {
    prepare,

    async run(exercise, stop) {
      choose(exercise);
      const message = await brokenBecause(exercise, session, guide.command);
      if (message !== undefined) return { kind: "broken", message };
      await prepare(exercise);
      prepared = undefined;
      for (const [index, run] of exercise.judges.entries()) {
        const [judged] = await judge([run], stop);
        if (stop.aborted) return { kind: "stopped" };
        if (judged && judged.verdict !== "match") return failed(exercise, judged, index);
      }
      return { kind: "passed" };
    },
  };
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

function failed(exercise: Exercise, judged: JudgedRun, index: number): Attempt {
  const stderrs = judged.clients.map(({ outcome }) =>
    outcome.kind === "failed" ? outcome.stderr : "",
  );
  const task = taskLeft(exercise, stderrs.join("\n"));
  if (task) return { kind: "to do", task };
  const isAfter = exercise.kind === "script" && index > 0;
  return { kind: isAfter ? "wrong data" : "wrong", judged };
}
