import wrapAnsi from "wrap-ansi";
import { color } from "../../runner/common/color.ts";
import { Failure } from "../../runner/common/failure.ts";
import { visible } from "../../runner/common/visible.ts";
import { type Exercise, readCourses, type Task } from "../../runner/guide/exercises.ts";
import type { BoardLink } from "../board/board-link.ts";
import type { Keys } from "../common/keys.ts";
import { cutToRow, type Screen } from "../common/screen.ts";
import type { Attempt, Attempts } from "./attempt.ts";
import type { Course } from "./course.ts";
import { readExercise, starterOf } from "./exercise-files.ts";
import { openHints } from "./hints.ts";
import {
  exercisePage,
  learnKeys,
  paintMarkedCode,
  sayHelp,
  show,
  solutionDiff,
  verdictOf,
} from "./learn-page.ts";
import { progressFor, recordAttempt, stateOf } from "./progress.ts";
import { type Saves, watchSaves } from "./watch-saves.ts";

export interface LearnContext {
  readonly course: Course;
  readonly attempts: Attempts;
  readonly terminal: Screen & Keys;
  readonly signal: AbortSignal;
  /** To the board of the class, if there is one. */
  readonly link: Pick<BoardLink, "tell" | "toggleHelp"> | undefined;
}

const keyLine = ({ link }: LearnContext) =>
  `Save the file, or: h hint   s solution   n next   b back   ${link ? "i help   " : ""}? keys   q quit`;
const passedLine = "Enter goes on   b back   ? keys   q quit";

/** What a learner does after an exercise. */
type Turn = "next" | "back" | "quit";

/**
 * Lead a learner through the exercises: each is run when its file is saved.
 * @returns true if all of them are verified
 */
export async function learnCourse(context: LearnContext, first: Exercise): Promise<boolean> {
  const { terminal } = context;
  const { guide, directory, exercises } = context.course;
  const saves = watchSaves(directory);
  /** Keys that were pressed while nothing waited for one. */
  const pressed: string[] = [];
  terminal.listen((key) => pressed.push(key));
  try {
    let current = first;
    for (;;) {
      const turn = await doExercise(context, saves, pressed, current);
      if (turn === "quit") break;
      const following = exercises[exercises.indexOf(current) + (turn === "back" ? -1 : 1)];
      if (!following && turn === "next") {
        const left = await firstLeft(context);
        if (!left) return true;
        terminal.write(`${color.yellow("○")} ${left.name} is left.\n`);
        current = left;
      } else current = following ?? current;
    }
  } finally {
    await saves.close();
  }
  const done = exercises.filter((one) => stateOf(guide, one) === "done").length;
  terminal.write(`${done} of ${exercises.length} exercises are done. Your files stay.\n`);
  return done === exercises.length;
}

/** Runs every file once more: a file that passed may have been changed. */
async function firstLeft(context: LearnContext): Promise<Exercise | undefined> {
  const { course, attempts, terminal, signal, link } = context;
  terminal.write(`\n${color.dim("Running all of them once more.")}\n`);
  for (const exercise of course.exercises) {
    const record = () => recordAttempt(course.guide, attempts, exercise, signal);
    const attempt = await unlessLost(context, record);
    link?.tell(progressFor(course.guide, exercise));
    if (attempt?.kind !== "passed") return exercise;
    terminal.write(`${color.green("✓")} ${exercise.name}\n`);
  }
  terminal.write(color.green(`\nAll ${course.exercises.length} exercises are verified.\n`));
  terminal.write(`${wrapped(nextPage(course), terminal)}\n`);
  return undefined;
}

/**
 * Does what needs the database. If that cannot be used at the moment, says so: the next save tries again.
 * @returns undefined then
 */
async function unlessLost<Result>(
  { terminal, signal }: LearnContext,
  work: () => Promise<Result>,
): Promise<Result | undefined> {
  try {
    return await work();
  } catch (error) {
    if (signal.aborted || !(error instanceof Failure)) throw error;
    terminal.write(`\n${wrapped(`${color.red("✗")} ${visible(error.message)}`, terminal)}\n\n`);
    return undefined;
  }
}

/** What a learner may do after a course. */
function nextPage({ guide, name, standalone }: Course): string {
  const { command } = guide;
  const left = readCourses(guide).find(
    (course) =>
      course.name !== name && course.exercises.some((one) => stateOf(guide, one) !== "done"),
  );
  const about = left && (aboutCourses[left.name] ?? `the same with ${left.name}`);
  const lines = [
    left && `  ${command} learn ${left.name}: ${about}`,
    standalone.length > 0 &&
      `  ${command} new project my-app --driver ${name}: the scripts as a project of your own`,
  ].filter(Boolean);
  return lines.length > 0 ? ["What comes next:", ...lines].join("\n") : "";
}

const aboutCourses: Readonly<Record<string, string>> = {
  steps: "scripts that run with every driver",
  driver: "what is below them: a driver",
};

async function doExercise(
  context: LearnContext,
  saves: Saves,
  pressed: string[],
  exercise: Exercise,
): Promise<Turn> {
  const { course, attempts, terminal, link } = context;
  const nextHint = openHints(course, exercise);
  const say = (text: string) => terminal.write(`${wrapped(text, terminal)}\n`);
  let attempt: Attempt | undefined;
  /** What the last verdict left out. */
  let rest = "";
  /** The file's content when it was last run: what is saved during a run is noticed after it. */
  let known: string | undefined;

  async function runNow(): Promise<void> {
    known = readExercise(exercise);
    const ran = await unlessLost(context, () => run(context, exercise, pressed));
    attempt = ran?.attempt;
    rest = ran?.rest ?? "";
  }

  async function answer(key: string): Promise<Turn | undefined> {
    switch (key) {
      case "q":
        return "quit";
      case "n":
        return "next";
      case "b":
        return "back";
      case "return":
      case "enter":
        if (attempt?.kind === "passed") return "next";
        await runNow();
        break;
      case "saved":
        await runNow();
        break;
      case "r":
        await unlessLost(context, async () => {
          await attempts.restore(exercise);
          say("The database is as it was before the exercise. Your files stay.\n");
        });
        break;
      case "i":
        say(askForHelp(context));
        break;
      case "d":
        terminal.write(`${rest || "There are no more details."}\n\n`);
        break;
      case "h":
        say(paintMarkedCode(nextHint(attempt)));
        link?.tell(progressFor(course.guide, exercise));
        break;
      case "s":
        await showSolution(context, exercise);
        break;
      default:
        terminal.write(`${learnKeys(link !== undefined)}\n`);
    }
    return undefined;
  }

  say(`\n${exercisePage(course, exercise, terminal.size().width)}\n`);
  await runNow();
  const following = course.exercises[course.exercises.indexOf(exercise) + 1] ?? exercise;
  for (;;) {
    const isPassed = attempt?.kind === "passed";
    // The learner reads meanwhile. Where it fails, the next run fails, too, and says so.
    const preparing = attempts.prepare(isPassed ? following : exercise).catch(() => {});
    try {
      const key =
        pressed.shift() ??
        (await nextKey(context, isPassed ? passedLine : keyLine(context), (signal) =>
          saves.next(exercise, known, signal),
        ));
      const turn = await answer(key);
      if (turn) return turn;
    } finally {
      await preparing; // not after the server has stopped
    }
  }
}

/** Waits for a key, or for a save, which is the key "saved". @param line shown meanwhile */
async function nextKey(
  { terminal, signal }: LearnContext,
  line: string,
  untilSaved: (signal: AbortSignal) => Promise<void>,
): Promise<string> {
  terminal.write(`${color.dim(cutToRow(line, terminal.size().width - 1))} `);
  const end = new AbortController();
  const either = AbortSignal.any([signal, end.signal]);
  try {
    return await Promise.race([terminal.next(either), untilSaved(either).then(() => "saved")]);
  } finally {
    end.abort();
    terminal.write(terminal.isPlain ? "\n" : "\r\x1b[K");
  }
}

/** @param pressed gets the keys that are pressed during the run */
async function run(
  context: LearnContext,
  exercise: Exercise,
  pressed: string[],
): Promise<{ attempt: Attempt; rest: string }> {
  const { course, attempts, terminal, signal, link } = context;
  const stop = new AbortController();
  terminal.listen((key) => (key === "x" ? stop.abort() : pressed.push(key)));
  terminal.write(color.dim(`Running ${show(exercise)}; x stops it.`));
  try {
    const task = untouched(exercise);
    const attempt: Attempt = task
      ? { kind: "to do", task, types: [] }
      : await recordAttempt(course.guide, attempts, exercise, stop.signal);
    link?.tell(progressFor(course.guide, exercise));
    signal.throwIfAborted();
    const said = verdictOf(attempt, exercise);
    const { rest } = said;
    const text = attempt.kind === "to do" ? paintMarkedCode(said.text) : said.text;
    const more = rest ? color.dim("\nd shows the whole error.") : "";
    const verdict = wrapped(`${text}${more}`, terminal);
    terminal.write(`${terminal.isPlain ? "\n" : "\r\x1b[K"}${verdict}\n\n`);
    return { attempt, rest };
  } finally {
    terminal.listen((key) => pressed.push(key));
  }
}

/**
 * A script that is still the starter stops at its first task: that needs no run, and no database.
 * @returns the task; undefined for any other file
 */
function untouched(exercise: Exercise): Task | undefined {
  const { kind, tasks } = exercise;
  return kind === "script" && readExercise(exercise) === starterOf(exercise) ? tasks[0] : undefined;
}

/** Breaks long lines between words, and keeps the indent of those that have one. */
function wrapped(text: string, { size }: Screen): string {
  const { width } = size();
  const lines = text.split("\n");
  return lines.map((line) => wrapAnsi(line, width, { trim: !/^\s/.test(line) })).join("\n");
}

/** Asks first: the learner may not want to see it yet. */
async function showSolution({ terminal, signal }: LearnContext, exercise: Exercise): Promise<void> {
  terminal.write("Show the solution? y shows it; any other key does not. ");
  const key = await terminal.next(signal);
  terminal.write("\n");
  if (key !== "y") return;
  terminal.write(`${visible(await solutionDiff(exercise))}\n`);
}

function askForHelp({ link }: LearnContext): string {
  if (!link) {
    return "You have not joined a board. Ask your teacher for its address, and start again with --board ADDRESS.";
  }
  const needsHelp = link.toggleHelp();
  return `${sayHelp(needsHelp)}${needsHelp ? " Press i again to take it back." : ""}`;
}
