import wrapAnsi from "wrap-ansi";
import { color } from "../../runner/common/color.ts";
import type { Keys } from "../../runner/common/keys.ts";
import { clip, type Screen } from "../../runner/common/screen.ts";
import { visible } from "../../runner/common/visible.ts";
import type { Exercise } from "../../runner/guide/exercises.ts";
import { diffTexts } from "../../runner/verify/diff.ts";
import type { Attempt, Judge } from "./attempt.ts";
import type { Course } from "./course.ts";
import { readExercise } from "./exercise-files.ts";
import { openHints } from "./hints.ts";
import { exercisePage, learnKeys, show, verdictOf } from "./learn-page.ts";
import { stateOf } from "./progress.ts";
import { solutionOf } from "./starter.ts";
import type { Tries } from "./tries.ts";
import { untilSaved } from "./wait-for-save.ts";

export interface Lesson {
  readonly course: Course;
  readonly judge: Judge;
  readonly tries: Tries;
  readonly keys: Keys;
  readonly screen: Screen;
  readonly signal: AbortSignal;
}

const keyLine = "Save the file, or: h hint   s solution   n next   ? keys   q quit";
const passedLine = "Enter goes on   ? keys   q quit";

type Event = { readonly kind: "saved" } | { readonly kind: "key"; readonly key: string };
type Turn = "stay" | "next" | "quit";

/**
 * Leads a learner through exercises: each is run when it is saved.
 * @returns whether all of them are verified
 */
export async function learnCourse(lesson: Lesson, first: Exercise): Promise<boolean> {
  const { course, screen } = lesson;
  let current = first;
  for (;;) {
    if ((await doExercise(lesson, current)) === "quit") break;
    const next = course.exercises[course.exercises.indexOf(current) + 1];
    const left = next ?? (await firstLeft(lesson));
    if (!left) return true;
    if (!next) screen.write(`${color.yellow("○")} ${left.name} is left.\n`);
    current = left;
  }
  const done = course.exercises.filter((one) => stateOf(course.guide, one) === "done").length;
  screen.write(`${done} of ${course.exercises.length} exercises are done. Your files stay.\n`);
  return done === course.exercises.length;
}

/** Runs every file once more: what was right then may be another file now. */
async function firstLeft({ course, tries, screen, signal }: Lesson): Promise<Exercise | undefined> {
  screen.write(`\n${color.dim("All of them once more, from the first to the last.")}\n`);
  for (const exercise of course.exercises) {
    const attempt = await tries.run(exercise, signal);
    if (attempt.kind !== "passed") return exercise;
    screen.write(`${color.green("✓")} ${exercise.name}\n`);
  }
  screen.write(color.green(`\nAll ${course.exercises.length} exercises are verified.\n`));
  return undefined;
}

async function doExercise(lesson: Lesson, exercise: Exercise): Promise<Exclude<Turn, "stay">> {
  const { course, judge, screen } = lesson;
  const waiting: string[] = [];
  const nextHint = openHints(course.guide, exercise);
  let attempt: Attempt | undefined;
  /** What the file was when it was run last: what is saved during a run is seen after it. */
  let known: string | undefined;
  const page = exercisePage(course, exercise, screen.size().width);
  screen.write(`\n${wrapped(page, screen)}\n\n`);

  async function runNow(): Promise<void> {
    known = readExercise(exercise);
    attempt = await run(lesson, exercise, waiting);
  }

  async function answer(key: string): Promise<Turn> {
    switch (key) {
      case "q":
        return "quit";
      case "n":
        return "next";
      case "return":
      case "enter":
        if (attempt?.kind === "passed") return "next";
        await runNow();
        return "stay";
      case "h":
        screen.write(`${wrapped(nextHint(attempt), screen)}\n`);
        return "stay";
      case "s":
        await showSolution(lesson, exercise);
        return "stay";
      default:
        screen.write(`${learnKeys()}\n`);
        return "stay";
    }
  }

  await runNow();
  for (;;) {
    await judge.prepare(exercise);
    const event = await nextEvent(lesson, exercise, waiting, known, attempt?.kind);
    if (event.kind === "saved") await runNow();
    else {
      const turn = await answer(event.key);
      if (turn !== "stay") return turn;
    }
  }
}

/**
 * A key, or a save, whatever comes first.
 * @param waiting keys that were pressed before
 */
async function nextEvent(
  { keys, screen, signal }: Lesson,
  exercise: Exercise,
  waiting: string[],
  known: string | undefined,
  came: Attempt["kind"] | undefined,
): Promise<Event> {
  const pressed = waiting.shift();
  if (pressed) return { kind: "key", key: pressed };
  const line = clip(came === "passed" ? passedLine : keyLine, screen.size().width - 1);
  screen.write(`${color.dim(line)} `);
  const end = new AbortController();
  const either = AbortSignal.any([signal, end.signal]);
  try {
    return await Promise.race([
      keys.next(either).then((key) => ({ kind: "key" as const, key })),
      untilSaved(exercise.file, known, either).then(() => ({ kind: "saved" as const })),
    ]);
  } finally {
    end.abort();
    screen.write(screen.isPlain ? "\n" : "\r\x1b[K");
  }
}

/** @param waiting gets the keys that are pressed meanwhile */
async function run(lesson: Lesson, exercise: Exercise, waiting: string[]): Promise<Attempt> {
  const { keys, screen, tries, signal } = lesson;
  const stop = new AbortController();
  const unlisten = keys.listen((key) => (key === "x" ? stop.abort() : waiting.push(key)));
  screen.write(color.dim(`Running ${show(exercise)}; x stops it.`));
  try {
    const attempt = await tries.run(exercise, stop.signal);
    signal.throwIfAborted();
    const verdict = wrapped(verdictOf(attempt), screen);
    screen.write(`${screen.isPlain ? "\n" : "\r\x1b[K"}${verdict}\n\n`);
    return attempt;
  } finally {
    unlisten();
  }
}

/** Lines that are too long break between words. */
function wrapped(text: string, screen: Screen): string {
  return wrapAnsi(text, screen.size().width, { trim: false });
}

/** It asks first: what was seen cannot be unseen. */
async function showSolution({ keys, screen, signal }: Lesson, exercise: Exercise): Promise<void> {
  screen.write("Show the solution? y shows it; any other key does not. ");
  const key = await keys.next(signal);
  screen.write("\n");
  if (key !== "y") return;
  const mine = (readExercise(exercise) ?? "").replaceAll("\r\n", "\n");
  const diff = await diffTexts(mine, solutionOf(exercise), show(exercise));
  screen.write(`${visible(diff)}\n`);
}
