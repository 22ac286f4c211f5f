import { stripVTControlCharacters } from "node:util";
import type { Context } from "../../runner/cli/program.ts";
import { digestOf } from "../../runner/common/kept-texts.ts";
import { writeWhole, writing } from "../../runner/common/write-files.ts";
import { type Exercise, readCourses } from "../../runner/guide/exercises.ts";
import type { Guide } from "../../runner/guide/guide.ts";
import type { SessionOptions } from "../../runner/run/session.ts";
import type { BoardLink } from "../board/board-link.ts";
import { readToChange, withEndsOf } from "../common/change-text.ts";
import { type Attempts, withAttempts } from "./attempt.ts";
import { loadCourse } from "./course.ts";
import { readExercise, resetExercise, solutionOf, writeStarters } from "./exercise-files.ts";
import { openHints } from "./hints.ts";
import { type JoinOptions, joinBoard, leaveBoard } from "./join-board.ts";
import { expectedOutput, lineOf, sayHelp, show, solutionDiff, verdictOf } from "./learn-page.ts";
import { progressFor, recordAttempt, stateOf } from "./progress.ts";

interface PageCourseOptions extends Pick<SessionOptions, "note" | "signal"> {
  /** Seconds. */
  readonly timeout: number;
}

/**
 * Open the exercises for a page. What is done there is shown on the board that the learner names.
 * @throws Failure of kind "usage" for a board that cannot be joined
 */
export async function openPageCourses(guide: Guide, options: JoinOptions, context: Context) {
  const link = await joinBoard(guide, options, context);
  return {
    names: pageCourseNames,
    open: (guide: Guide, name: string, own: PageCourseOptions) =>
      openPageCourse(guide, name, own, link),
    close: () => leaveBoard(link, context),
  };
}

export type PageCourses = Awaited<ReturnType<typeof openPageCourses>>;
/** A course, with a database of its own. */
export type PageCourse = Awaited<ReturnType<PageCourses["open"]>>;

/** The names of the courses whose exercises are scripts. */
function pageCourseNames(guide: Guide): string[] {
  return readCourses(guide)
    .filter(({ exercises }) => exercises.every(({ kind }) => kind === "script"))
    .map(({ name }) => name);
}

/**
 * Open a course with a database of its own, for a page: it does what the terminal does, with the same files,
 * judge and progress. All texts are plain.
 * @throws Failure of kind "usage" for a course that does not exist, or cannot run here
 */
async function openPageCourse(
  guide: Guide,
  name: string,
  options: PageCourseOptions,
  link: BoardLink | undefined,
) {
  const course = await loadCourse(guide, name);
  writeStarters(course);
  let opening: Promise<Attempts> | undefined;
  let ended: Promise<void> = Promise.resolve();
  let end = () => {};

  /** The page shows the exercises at once, while the server starts. The database stays until it is closed. */
  function open(): Promise<Attempts> {
    opening ??= new Promise((resolve, reject) => {
      ended = withAttempts(course, options, options, (attempts) => {
        resolve(attempts);
        return new Promise<void>((close) => {
          end = close;
        });
      });
      ended.catch((error) => {
        opening = undefined;
        reject(error);
      });
    });
    return opening;
  }
  void open().catch(() => {}); // the first attempt says why

  const hints = new Map(
    course.exercises.map((exercise) => [exercise, openHints(course, exercise)]),
  );
  const lasts = new Map<Exercise, Parameters<typeof verdictOf>[0]>();
  const plain = (text: string) => stripVTControlCharacters(text);
  /** The next attempt's preparation, while the learner reads. */
  let preparing: Promise<void> = Promise.resolve();

  return {
    name: course.name,
    exercises: course.exercises,
    /** What the board shows of the learner; undefined without a board. */
    needsHelp: () => link?.needsHelp(),
    stateOf: (exercise: Exercise) => stateOf(guide, exercise),
    fileOf: show,
    /** The learner's file as it is now. Empty if it was removed. */
    textOf: (exercise: Exercise) => readExercise(exercise) ?? "",
    /** What the exercise prints when it is right. */
    expectedOf: (exercise: Exercise) => expectedOutput(exercise, guide),

    /**
     * Write the learner's file, if it is still the one that the learner saw. A page knows only LF: the lines keep
     * their ends.
     * @returns false if not
     * @throws Failure of kind "usage" for a file that is not in UTF-8, or cannot be written
     */
    write({ file }: Exercise, text: string, seen: string): boolean {
      const before = readToChange(file);
      const after = withEndsOf(before, text);
      if (after === before) return true; // as a page that was left has sent it
      if (digestOf(before) !== seen) return false;
      writing(file, () => writeWhole(file, after));
      return true;
    },

    /**
     * Judge the learner's file.
     * @param onReady is called with the URL of the database before the file runs, and after it, unless it
     *   cannot be run
     */
    async attempt(
      exercise: Exercise,
      stop: AbortSignal,
      onReady: (url: string, isAfter: boolean) => Promise<void>,
    ) {
      const attempts = await open();
      await attempts.prepare(exercise);
      await onReady(await attempts.url(), false);
      const onRan = async () => onReady(await attempts.url(), true);
      const run: Attempts["run"] = (one, signal) => attempts.run(one, signal, onRan);
      const attempt = await recordAttempt(guide, { run }, exercise, stop);
      link?.tell(progressFor(guide, exercise));
      lasts.set(exercise, attempt);
      preparing = attempts.prepare(exercise).catch(() => {});
      const { text, rest } = verdictOf(attempt, exercise);
      return {
        isPassed: attempt.kind === "passed",
        text: attempt.kind === "stopped" ? "Stopped. Check runs it again." : plain(text),
        rest: plain(rest),
        line: lineOf(attempt, exercise) ?? 0,
      };
    },

    /** Give the next hint: for the gap that failed. */
    hint(exercise: Exercise): string {
      const hint = plain(hints.get(exercise)?.(lasts.get(exercise)) ?? "");
      link?.tell(progressFor(guide, exercise));
      return hint;
    },

    /** Say on the board that the learner needs help, or does not any more. */
    toggleHelp() {
      const needsHelp = link?.toggleHelp() ?? false;
      return { needsHelp, text: sayHelp(needsHelp) };
    },

    /** The solution, and how the learner's file differs from it. */
    async solution(exercise: Exercise) {
      return { solution: solutionOf(exercise), diff: plain(await solutionDiff(exercise)) };
    },

    /** Begin again. The old file is kept. */
    restart: (exercise: Exercise) => void resetExercise(exercise, new Date()),
    async close() {
      await opening?.catch(() => {});
      await preparing;
      end();
      await ended.catch(() => {}); // an interrupted session says so by itself
    },
  };
}
