import { relative } from "node:path";
import { type Context, isInteractive } from "../../runner/cli/program.ts";
import { Failure } from "../../runner/common/failure.ts";
import { guideDirectory } from "../../runner/common/project.ts";
import { harmless, inLog } from "../../runner/common/visible.ts";
import { type Exercise, readCourses } from "../../runner/guide/exercises.ts";
import type { Guide } from "../../runner/guide/guide.ts";
import { loadGuide } from "../../runner/guide/load-guide.ts";
import { type Course, loadCourse } from "./course.ts";
import { resetExercise, writeStarters } from "./exercise-files.ts";
import { verdictOf } from "./learn-page.ts";
import { describeProgress } from "./list-exercises.ts";
import { stateOf } from "./progress.ts";
import { type Room, withRoom } from "./room.ts";
import type { Told } from "./tries.ts";

export interface LearnOptions {
  readonly guide?: string;
  /** Empty for the first one. */
  readonly course: string;
  /** A step's name or number: where to begin. */
  readonly step?: string;
  /** An exercise that is run once. */
  readonly once?: string;
  /** The address of a board. */
  readonly board?: string;
  /** The learner's name on the board. */
  readonly name?: string;
  /** Seconds. */
  readonly timeout: number;
}

export interface LearnListOptions {
  readonly guide?: string;
  /** Empty for all of them. */
  readonly course: string;
  /** Run all exercises again. */
  readonly run?: boolean;
  /** Seconds. */
  readonly timeout: number;
}

export interface LearnResetOptions {
  readonly guide?: string;
  /** Of the exercise. */
  readonly name: string;
}

export interface LearnCheckOptions {
  readonly guide?: string;
  /** Empty for all of them. */
  readonly course: string;
  /** Seconds. */
  readonly timeout: number;
}

/** `learn`: leads through a course, or runs one exercise. @returns the exit code */
export async function learnCommand(options: LearnOptions, context: Context): Promise<number> {
  const guide = await loadGuide(guideDirectory(options.guide));
  return options.once === undefined
    ? lead(guide, options, context)
    : runOnce(guide, options.once, options, context);
}

/** Leads through a course at a terminal. */
async function lead(guide: Guide, options: LearnOptions, context: Context) {
  if (!isInteractive()) {
    throw new Failure(
      "usage",
      `learn asks at a terminal. Without one: ${guide.command} learn --once NAME`,
    );
  }
  const course = await loadCourse(guide, options.course);
  const first = firstOf(course, options.step);
  writeStarters(course);
  const { openKeys } = await import("../../runner/common/keys.ts");
  const { openScreen } = await import("../../runner/common/screen.ts");
  const { learnCourse } = await import("./learn-loop.ts");
  const screen = openScreen(context.print);
  const keys = openKeys(process.stdin, context.interrupt);
  const { signal } = context;
  try {
    const isDone = await withBoard(guide, options, context, (tell) =>
      withRoom(
        course,
        options,
        context,
        ({ judge, tries }) => learnCourse({ course, judge, tries, keys, screen, signal }, first),
        tell,
      ),
    );
    return isDone ? 0 : 1;
  } finally {
    keys.close();
  }
}

/** The step that is asked for, or the first exercise that is left. */
function firstOf({ guide, exercises }: Course, step: string | undefined): Exercise {
  const [first] = exercises;
  if (!first) throw new Failure("usage", "There are no exercises in this course.");
  if (step === undefined) {
    return exercises.find((one) => stateOf(guide, one) !== "done") ?? first;
  }
  const found = exercises.find(({ name, source, judges: [run] }) =>
    [name, run?.step.name, String(run?.step.number), source].includes(step),
  );
  if (found) return found;
  const names = exercises.map(({ name }) => name).join(", ");
  throw new Failure("usage", `There is no exercise for step "${step}". There are: ${names}.`);
}

async function runOnce(
  guide: Guide,
  wanted: string,
  options: LearnOptions,
  context: Context,
): Promise<number> {
  const [exercise, chosen] = await findExercise(guide, wanted, options.course);
  writeStarters(chosen);
  const attempt = await withBoard(guide, options, context, (tell) =>
    withRoom(chosen, options, context, ({ tries }) => tries.run(exercise, context.signal), tell),
  );
  context.print(`${exercise.name}\n${inLog(verdictOf(attempt))}\n`);
  return attempt.kind === "passed" ? 0 : 1;
}

/** Finds `pg/02-read`, or `02-read` in a course that is named. */
async function findExercise(
  guide: Guide,
  wanted: string,
  course: string,
): Promise<[Exercise, Course]> {
  const name = wanted.includes("/") ? wanted : `${course || "pg"}/${wanted}`;
  const chosen = await loadCourse(guide, name.split("/")[0] ?? "");
  const exercise = chosen.exercises.find((one) => one.name === name);
  if (exercise) return [exercise, chosen];
  const names = chosen.exercises.map((one) => one.name).join(", ");
  throw new Failure("usage", `There is no exercise "${wanted}". There are: ${names}.`);
}

/** Where a board is named, it is told of every attempt. */
async function withBoard<Result>(
  guide: Guide,
  { board, name }: LearnOptions,
  { note }: Context,
  work: (tell: Told | undefined) => Promise<Result>,
): Promise<Result> {
  if (board === undefined) {
    if (name === undefined) return work(undefined);
    throw new Failure("usage", "--name is for a board: name its address with --board.");
  }
  const { openBoardLink } = await import("../board/board-link.ts");
  const link = openBoardLink(guide, board, name);
  note(link.promise);
  try {
    return await work(({ name: exercise }, { kind }, { tries, hints }) => {
      const verdict = kind === "passed" || kind === "to do" ? kind : "not yet";
      link.tell({ exercise, verdict, attempts: tries, hints });
    });
  } finally {
    await link.close();
    if (link.notice) note(link.notice);
  }
}

/** `learn list`: shows which exercises are done. @returns the exit code */
export async function learnListCommand(
  options: LearnListOptions,
  context: Context,
): Promise<number> {
  const { course } = options;
  const guide = await loadGuide(guideDirectory(options.guide));
  const courses = course ? [await loadCourse(guide, course)] : readCourses(guide);
  for (const { name, exercises } of courses) {
    if (options.run) {
      const room = await loadCourse(guide, name);
      await withRoom(room, options, context, (one) => runBegun(one, context));
    }
    context.print(describeProgress({ guide, exercises }));
  }
  return 0;
}

async function runBegun({ course, tries }: Room, { signal }: Context): Promise<void> {
  for (const exercise of course.exercises) {
    if (stateOf(course.guide, exercise) !== "not begun") await tries.run(exercise, signal);
  }
}

/** `learn reset`: writes an exercise again. @returns the exit code */
export async function learnResetCommand(
  { guide: directory, name }: LearnResetOptions,
  { print }: Context,
): Promise<number> {
  const guide = await loadGuide(guideDirectory(directory));
  const [exercise] = await findExercise(guide, name, "");
  const kept = resetExercise(exercise, new Date());
  const show = (file: string) => relative(process.cwd(), file) || file;
  const old = kept ? ` What was there is now ${show(kept)}.` : "";
  print(harmless(`Wrote ${show(exercise.file)} anew.${old}\n`));
  return 0;
}

/** `learn check`: checks, for authors, the exercises of all courses, or of one. @returns the exit code */
export async function learnCheckCommand(
  options: LearnCheckOptions,
  context: Context,
): Promise<number> {
  const { course } = options;
  const guide = await loadGuide(guideDirectory(options.guide));
  const { checkCourse } = await import("./check-course.ts");
  const names = course ? [course] : readCourses(guide).map(({ name }) => name);
  let isGood = true;
  for (const name of names) {
    const isCourseGood = await checkCourse(await loadCourse(guide, name), options, context);
    isGood &&= isCourseGood;
  }
  return isGood ? 0 : 1;
}
