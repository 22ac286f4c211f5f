import { digestOf } from "../../runner/common/kept-texts.ts";
import type { Exercise } from "../../runner/guide/exercises.ts";
import type { Guide } from "../../runner/guide/guide.ts";
import type { PageCourse, PageCourses } from "../learn/page-course.ts";
import { findChanges } from "../tables/compare-tables.ts";
import { readTables, type Snapshot } from "../tables/read-tables.ts";
import { type Refusal, refuseSecrets } from "./access.ts";
import type {
  Answers,
  AttemptAnswer,
  CourseAnswer,
  ExerciseAnswer,
  KeptAnswer,
  LearnQuestion,
} from "./questions.ts";
import { VERSION_LIMIT } from "./versions/version-store.ts";

type LearnReply = Answers[LearnQuestion["kind"]];

/**
 * The exercises on the page. The course that the reader chooses is opened when it is first asked for.
 * @param names of the courses
 */
export function openLearning(
  guide: Guide,
  names: readonly string[],
  pageCourses: PageCourses,
  options: Parameters<PageCourses["open"]>[2],
) {
  let opened: { readonly name: string; readonly course: Promise<PageCourse> } | undefined;
  let stop: AbortController | undefined;

  async function close(): Promise<void> {
    stop?.abort();
    const before = opened;
    opened = undefined;
    await before?.course.then((course) => course.close()).catch(() => {});
  }

  /** Courses that are asked for at once are opened one after the other, each when the one before it is closed. */
  function open(name: string): Promise<PageCourse> {
    if (opened?.name === name) return opened.course;
    const course = close().then(() => pageCourses.open(guide, name, options));
    opened = { name, course };
    course.catch(() => {
      if (opened?.course === course) opened = undefined;
    });
    return course;
  }

  async function attempt(course: PageCourse, exercise: Exercise): Promise<AttemptAnswer | Refusal> {
    if (stop) return { status: 409, reason: "An exercise is running. Stop it, or wait." };
    stop = new AbortController();
    let before: Snapshot | undefined;
    let after: Snapshot | undefined;
    try {
      const result = await course.attempt(exercise, stop.signal, async (url, isAfter) => {
        if (isAfter) after = await readTables(url);
        else before = await readTables(url);
      });
      const unread = after?.kind === "unread" ? [`Cannot read the database: ${after.reason}`] : [];
      return {
        ...result,
        ...describeKept(course, exercise),
        tables: after ? findChanges(after, before) : [],
        unshown: unread,
      };
    } finally {
      stop = undefined;
    }
  }

  return {
    close,

    async answer(question: LearnQuestion): Promise<LearnReply | Refusal> {
      if (question.kind === "stop exercise") {
        stop?.abort();
        return {};
      }
      if (!names.includes(question.course)) {
        return { status: 404, reason: "This guide has no such course." };
      }
      const course = await open(question.course);
      if (question.kind === "course") return describeCourse(course);
      if (question.kind === "help") return course.toggleHelp();
      const exercise = course.exercises[question.exercise];
      if (!exercise) return { status: 404, reason: "There is no such exercise." };
      switch (question.kind) {
        case "exercise":
          return describeExercise(course, exercise);
        case "keep":
        case "attempt":
        case "restart": {
          const { text, seen } = question;
          if (Buffer.byteLength(text) > VERSION_LIMIT) {
            return { status: 413, reason: `An exercise has at most ${VERSION_LIMIT / 1024} KiB.` };
          }
          if (!course.write(exercise, text, seen)) return changedMeanwhile(course, exercise);
          if (question.kind === "attempt") return attempt(course, exercise);
          if (question.kind === "keep") return describeKept(course, exercise);
          course.restart(exercise);
          return describeExercise(course, exercise);
        }
        case "hint":
          return { hint: course.hint(exercise), state: course.stateOf(exercise) };
        case "solution":
          return course.solution(exercise);
      }
    },
  };
}

function changedMeanwhile(course: PageCourse, exercise: Exercise): Refusal {
  const reason = `${course.fileOf(exercise)} was changed meanwhile, in an editor or on another page. Copy what you need, and choose Load.`;
  return { status: 409, reason };
}

function describeCourse(course: PageCourse): CourseAnswer {
  return {
    course: course.name,
    needsHelp: course.needsHelp() ?? null,
    exercises: course.exercises.map((exercise) => ({
      title: exercise.title,
      run: exercise.judges[0]?.name ?? "",
      file: course.fileOf(exercise),
      language: exercise.file.split(".").at(-1) ?? "",
      tasks: exercise.tasks.map(({ what }) => what),
      state: course.stateOf(exercise),
    })),
  };
}

function describeKept(course: PageCourse, exercise: Exercise): KeptAnswer {
  return { state: course.stateOf(exercise), digest: digestOf(course.textOf(exercise)) };
}

function describeExercise(course: PageCourse, exercise: Exercise): ExerciseAnswer | Refusal {
  const text = course.textOf(exercise);
  return (
    refuseSecrets(course.fileOf(exercise), text) ?? {
      source: text,
      digest: digestOf(text),
      expected: course.expectedOf(exercise),
    }
  );
}
