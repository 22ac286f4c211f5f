import { type Context, isInteractive } from "../../runner/cli/program.ts";
import { Failure } from "../../runner/common/failure.ts";
import { guideDirectory } from "../../runner/common/project.ts";
import { harmless, inLog } from "../../runner/common/visible.ts";
import { type Exercise, readCourses } from "../../runner/guide/exercises.ts";
import type { Guide } from "../../runner/guide/guide.ts";
import { loadGuide } from "../../runner/guide/load-guide.ts";
import { withAttempts } from "./attempt.ts";
import { type Course, findExercise, loadCourse } from "./course.ts";
import { readExercise, resetExercise, starterOf, writeStarters } from "./exercise-files.ts";
import { type JoinOptions, joinBoard, leaveBoard } from "./join-board.ts";
import { show, wholeVerdict } from "./learn-page.ts";
import { describeProgress, progressFor, recordAttempt, stateOf } from "./progress.ts";

/** Of `learn check`. */
export interface CourseOptions {
  readonly guide?: string;
  /** Empty for the default course; for `learn list` and `learn check`, for all of them. */
  readonly course: string;
  /** Seconds. */
  readonly timeout: number;
}

export interface LearnOptions extends CourseOptions, JoinOptions {
  /** A step's name or number: where to begin. */
  readonly step?: string;
  /** An exercise that is run once. */
  readonly once?: string;
}

export interface LearnListOptions extends CourseOptions {
  /** Run all exercises again. */
  readonly run?: boolean;
}

export interface LearnResetOptions {
  readonly guide?: string;
  /** Of the exercise; with `all`, of a course, or empty for all courses. */
  readonly name: string;
  readonly all?: boolean;
}

/** `learn`: lead through a course, or run one exercise. @returns the exit code */
export async function learnCommand(options: LearnOptions, context: Context): Promise<number> {
  const guide = await loadGuide(guideDirectory(options.guide));
  return options.once === undefined
    ? lead(guide, options, context)
    : runOnce(guide, options.once, options, context);
}

/** Leads through a course at a terminal. */
async function lead(guide: Guide, options: LearnOptions, context: Context): Promise<number> {
  if (!isInteractive()) {
    throw new Failure(
      "usage",
      `learn asks at a terminal. Without one: ${guide.command} learn --once NAME`,
    );
  }
  const course = await loadCourse(guide, options.course);
  const first = firstOf(course, options.step);
  writeStarters(course);
  const link = await joinBoard(guide, options, context);
  const { openKeys } = await import("../common/keys.ts");
  const { openScreen } = await import("../common/screen.ts");
  const { learnCourse } = await import("./learn-loop.ts");
  const terminal = { ...openScreen(context.print), ...openKeys(process.stdin, context.interrupt) };
  const { signal } = context;
  try {
    const isDone = await withAttempts(course, options, context, (attempts) =>
      learnCourse({ course, attempts, terminal, signal, link }, first),
    );
    return isDone ? 0 : 1;
  } finally {
    terminal.close();
    await leaveBoard(link, context);
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
  const [exercise, course] = await findExercise(guide, wanted, options.course);
  writeStarters(course);
  const link = await joinBoard(guide, options, context);
  try {
    const { kind, text } = await withAttempts(course, options, context, async (attempts) => {
      const attempt = await recordAttempt(guide, attempts, exercise, context.signal);
      link?.tell(progressFor(guide, exercise));
      return { kind: attempt.kind, text: wholeVerdict(attempt, exercise) }; // while its output is there
    });
    context.print(`${exercise.name}, in ${show(exercise)}\n${inLog(text)}\n`);
    return kind === "passed" ? 0 : 1;
  } finally {
    await leaveBoard(link, context);
  }
}

/** `learn list`: show which exercises are done. @returns the exit code */
export async function learnListCommand(
  options: LearnListOptions,
  context: Context,
): Promise<number> {
  const { course } = options;
  const guide = await loadGuide(guideDirectory(options.guide));
  const courses = course ? [await loadCourse(guide, course)] : readCourses(guide);
  for (const { name, exercises } of courses) {
    if (options.run) await runBegun(await loadCourse(guide, name), options, context);
    context.print(describeProgress(guide, exercises));
  }
  return 0;
}

async function runBegun(
  course: Course,
  options: LearnListOptions,
  context: Context,
): Promise<void> {
  const { guide, exercises } = course;
  await withAttempts(course, options, context, async (attempts) => {
    for (const exercise of exercises) {
      if (stateOf(guide, exercise) === "not begun") continue;
      await recordAttempt(guide, attempts, exercise, context.signal);
    }
  });
}

/** `learn reset`: write a starter again, or all of them. @returns the exit code */
export async function learnResetCommand(
  { guide: directory, name, all = false }: LearnResetOptions,
  { print }: Context,
): Promise<number> {
  const guide = await loadGuide(guideDirectory(directory));
  const exercises = all ? await begunIn(guide, name) : [await namedExercise(guide, name)];
  const now = new Date();
  for (const exercise of exercises) {
    const backup = resetExercise(exercise, now);
    const old = backup ? ` Your old file is now ${show({ ...exercise, file: backup })}.` : "";
    print(harmless(`Wrote ${show(exercise)} again.${old}\n`));
  }
  if (exercises.length === 0) print("No exercise was begun: there is nothing to start again.\n");
  return 0;
}

async function namedExercise(guide: Guide, name: string): Promise<Exercise> {
  if (name === "") {
    throw new Failure("usage", "Which exercise? Name it, such as pg/02-read, or add --all.");
  }
  const [exercise] = await findExercise(guide, name, "");
  return exercise;
}

/** @param course empty for all. @returns the exercises whose starter was changed */
async function begunIn(guide: Guide, course: string): Promise<Exercise[]> {
  const courses = course ? [await loadCourse(guide, course)] : readCourses(guide);
  const all = courses.flatMap(({ exercises }) => exercises);
  return all.filter((exercise) => {
    const text = readExercise(exercise);
    return text !== undefined && text !== starterOf(exercise);
  });
}

/** `learn check`: check the exercises of all courses, or of one. @returns the exit code */
export async function learnCheckCommand(options: CourseOptions, context: Context): Promise<number> {
  const { course } = options;
  const guide = await loadGuide(guideDirectory(options.guide));
  const { checkCourse } = await import("./check-course.ts");
  const all = readCourses(guide).map(({ name }) => name);
  const names = course || all.length === 0 ? [course] : all; // without any, loadCourse says what is missing
  let isGood = true;
  for (const name of names) {
    const isCourseGood = await checkCourse(await loadCourse(guide, name), options, context);
    isGood &&= isCourseGood;
  }
  return isGood ? 0 : 1;
}
