import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import type { Context } from "../../runner/cli/program.ts";
import { color } from "../../runner/common/color.ts";
import { writing } from "../../runner/common/files.ts";
import { inLog, visible } from "../../runner/common/visible.ts";
import { type Exercise, exercisesDirectory } from "../../runner/guide/exercises.ts";
import type { Attempt, Judge } from "./attempt.ts";
import type { Course } from "./course.ts";
import { writeManifest } from "./exercise-files.ts";
import { verdictOf } from "./learn-page.ts";
import { withRoom } from "./room.ts";
import { solutionOf, starterOf } from "./starter.ts";

/**
 * Makes sure, for authors, that each task alone fails with its own message, that a starter says what
 * comes first, and that each solution passes. No learner's file is touched.
 * @returns whether all of that is so
 */
export async function checkCourse(
  course: Course,
  options: { readonly timeout: number },
  context: Context,
): Promise<boolean> {
  const { print, signal } = context;
  const place = makePlace(exercisesDirectory(course.guide));
  writeManifest(course, place);
  const exercises = course.exercises.map((one) => moved(one, place));
  let isGood = reportGaps(course, print);
  try {
    await withRoom({ ...course, exercises }, options, context, async ({ judge }) => {
      for (const exercise of exercises) {
        const faults = await faultsOf(exercise, judge, signal);
        signal.throwIfAborted();
        if (faults.length > 0) isGood = false;
        const sign = faults.length > 0 ? color.red("✗") : color.green("✓");
        print(`${sign} ${inLog([visible(exercise.name), ...faults, ""].join("\n"))}`);
      }
    });
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
  return isGood;
}

function makePlace(parent: string): string {
  return writing(parent, () => {
    mkdirSync(parent, { recursive: true });
    return mkdtempSync(join(parent, "check-"));
  });
}

/** The same exercise in another directory, as deep as its own. */
function moved(exercise: Exercise, place: string): Exercise {
  const file = join(place, basename(exercise.file));
  const judges = exercise.judges.map((run) =>
    run.step.file === exercise.file ? { ...run, step: { ...run.step, file } } : run,
  );
  return { ...exercise, file, judges };
}

async function faultsOf(exercise: Exercise, judge: Judge, signal: AbortSignal): Promise<string[]> {
  const { file, tasks } = exercise;
  const attempt = (text: string): Promise<Attempt> => {
    writeFileSync(file, text);
    return judge.attempt(exercise, signal);
  };
  const faults: string[] = [];
  const starters = [
    { text: starterOf(exercise), task: undefined },
    ...tasks.map((task) => ({
      text: starterOf(exercise, ({ region }) => region === task.region),
      task,
    })),
  ];
  for (const { text, task } of starters) {
    const result = await attempt(text);
    const isOwn = result.kind === "to do" && (!task || result.task.region === task.region);
    if (isOwn) continue;
    const which = task ? `"${task.what}" alone` : "The starter";
    faults.push(`${which} does not fail with its own message.`, verdictOf(result));
  }
  const solved = await attempt(solutionOf(exercise));
  if (solved.kind !== "passed") faults.push("The solution does not pass.", verdictOf(solved));
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
