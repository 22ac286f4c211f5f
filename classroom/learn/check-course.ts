import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmdirSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { basename, join } from "node:path";
import type { Context } from "../../runner/cli/program.ts";
import { color } from "../../runner/common/color.ts";
import { inLog, visible } from "../../runner/common/visible.ts";
import { writing } from "../../runner/common/write-files.ts";
import { type Exercise, exercisesDirectory } from "../../runner/guide/exercises.ts";
import { type Attempts, withAttempts } from "./attempt.ts";
import type { Course } from "./course.ts";
import { solutionOf, starterOf, withoutAnswer } from "./exercise-files.ts";
import { wholeVerdict } from "./learn-page.ts";

/**
 * Check, for authors, that each task alone fails with its own message, that the starter does, and that the
 * solution passes, and that a script without the lines of a task does not. No learner's file is touched.
 * @returns true if all of them do
 */
export async function checkCourse(
  course: Course,
  options: { readonly timeout: number },
  context: Context,
): Promise<boolean> {
  const { print, signal } = context;
  let isGood = reportGaps(course, print);
  await withCopy(course, options, context, async (attempts, { exercises }) => {
    for (const exercise of exercises) {
      const faults = await faultsOf(exercise, attempts, signal);
      signal.throwIfAborted();
      if (faults.length > 0) isGood = false;
      const symbol = faults.length > 0 ? color.red("✗") : color.green("✓");
      print(`${symbol} ${inLog([visible(exercise.name), ...faults, ""].join("\n"))}`);
    }
  });
  return isGood;
}

/** Open a course whose files are in a directory of their own, which is removed afterwards. */
export async function withCopy<Result>(
  course: Course,
  options: { readonly timeout: number },
  context: Pick<Context, "note" | "signal">,
  work: (attempts: Attempts, copy: Course) => Promise<Result>,
): Promise<Result> {
  const parent = exercisesDirectory(course.guide);
  const isNew = !existsSync(parent);
  const directory = makeDirectory(parent);
  try {
    const exercises = course.exercises.map((one) => inDirectory(one, directory));
    const copy = { ...course, exercises };
    return await withAttempts(copy, options, context, (attempts) => work(attempts, copy));
  } finally {
    rmSync(directory, { recursive: true, force: true });
    if (isNew && readdirSync(parent).length === 0) rmdirSync(parent);
  }
}

function makeDirectory(parent: string): string {
  return writing(parent, () => {
    mkdirSync(parent, { recursive: true });
    return mkdtempSync(join(parent, "check-"));
  });
}

/** The same exercise in another directory, at the same depth. */
function inDirectory(exercise: Exercise, directory: string): Exercise {
  const file = join(directory, basename(exercise.file));
  const judges = exercise.judges.map((run) =>
    run.step.file === exercise.file ? { ...run, step: { ...run.step, file } } : run,
  );
  return { ...exercise, file, judges };
}

async function faultsOf(
  exercise: Exercise,
  attempts: Attempts,
  signal: AbortSignal,
): Promise<string[]> {
  const attempt = (text: string) => {
    writeFileSync(exercise.file, text);
    return attempts.run(exercise, signal);
  };
  const faults: string[] = [];
  const alone = exercise.tasks.length > 1 ? exercise.tasks : []; // one task alone is the starter
  const starters = [
    { text: starterOf(exercise), task: undefined },
    ...alone.map((task) => ({ text: starterOf(exercise, (one) => one === task), task })),
  ];
  for (const { text, task } of starters) {
    const result = await attempt(text);
    if (result.kind === "to do" && (!task || result.task === task)) continue;
    const which = task ? `"${task.what}" alone` : "The starter";
    faults.push(`${which} does not fail with its own message.`, wholeVerdict(result, exercise));
  }
  const solved = await attempt(solutionOf(exercise));
  if (solved.kind !== "passed")
    faults.push("The solution does not pass.", wholeVerdict(solved, exercise));
  if (exercise.kind === "driver") return faults;
  for (const task of exercise.tasks) {
    const { kind } = await attempt(withoutAnswer(exercise, task));
    if (kind !== "passed") continue;
    faults.push(
      `"${task.what}" cannot be judged: the script passes without its lines, too. Make the output depend on them.`,
    );
  }
  return faults;
}

/** In a course, each step has an exercise. */
function reportGaps({ guide, name, exercises }: Course, print: Context["print"]): boolean {
  if (exercises.some(({ kind }) => kind === "driver")) return true;
  const gaps = guide.steps.filter(
    (step) => !exercises.some((one) => one.name === `${name}/${step.name}`),
  );
  for (const step of gaps) print(`${color.red("✗")} ${name}/${step.name} has no exercise.\n`);
  return gaps.length === 0;
}
