import { digestOf } from "../../runner/common/kept-texts.ts";
import type { Exercise } from "../../runner/guide/exercises.ts";
import type { Guide } from "../../runner/guide/guide.ts";
import type { Lesson, Lessons } from "../learn/lesson.ts";
import { type Refusal, refuseSecrets } from "./access.ts";
import { findChanges } from "./database/compare-tables.ts";
import { readTables, type Snapshot } from "./database/read-tables.ts";
import type {
  Answers,
  AttemptAnswer,
  ExerciseAnswer,
  KeptAnswer,
  LessonAnswer,
  LessonQuestion,
} from "./questions.ts";
import { VERSION_LIMIT } from "./versions/version-store.ts";

type LessonReply = Answers[LessonQuestion["kind"]];

/**
 * The exercises on the page. The course that the reader chooses is opened when it is first asked for.
 * @param names of the courses
 */
export function openLearning(
  guide: Guide,
  names: readonly string[],
  lessons: Lessons,
  options: Parameters<Lessons["open"]>[2],
) {
  let opened: { readonly name: string; readonly lesson: Promise<Lesson> } | undefined;
  let stop: AbortController | undefined;

  async function close(): Promise<void> {
    stop?.abort();
    const before = opened;
    opened = undefined;
    await before?.lesson.then((lesson) => lesson.close()).catch(() => {});
  }

  /** Courses that are asked for at once are opened one after the other, each when the one before it is closed. */
  function open(name: string): Promise<Lesson> {
    if (opened?.name === name) return opened.lesson;
    const lesson = close().then(() => lessons.open(guide, name, options));
    opened = { name, lesson };
    lesson.catch(() => {
      if (opened?.lesson === lesson) opened = undefined;
    });
    return lesson;
  }

  async function attempt(lesson: Lesson, exercise: Exercise): Promise<AttemptAnswer | Refusal> {
    if (stop) return { status: 409, reason: "An exercise is running. Stop it, or wait." };
    stop = new AbortController();
    let before: Snapshot | undefined;
    let after: Snapshot | undefined;
    try {
      const result = await lesson.attempt(exercise, stop.signal, async (url, isAfter) => {
        if (isAfter) after = await readTables(url);
        else before = await readTables(url);
      });
      const unread = after?.kind === "unread" ? [`Cannot read the database: ${after.reason}`] : [];
      return {
        ...result,
        ...describeKept(lesson, exercise),
        tables: after ? findChanges(after, before) : [],
        unshown: unread,
      };
    } finally {
      stop = undefined;
    }
  }

  return {
    close,

    async answer(question: LessonQuestion): Promise<LessonReply | Refusal> {
      if (question.kind === "stop exercise") {
        stop?.abort();
        return {};
      }
      if (!names.includes(question.course)) {
        return { status: 404, reason: "This guide has no such course." };
      }
      const lesson = await open(question.course);
      if (question.kind === "lesson") return describeLesson(lesson);
      if (question.kind === "help") return lesson.toggleHelp();
      const exercise = lesson.exercises[question.exercise];
      if (!exercise) return { status: 404, reason: "There is no such exercise." };
      switch (question.kind) {
        case "exercise":
          return describeExercise(lesson, exercise);
        case "keep":
        case "attempt":
        case "restart": {
          const { text, seen } = question;
          if (Buffer.byteLength(text) > VERSION_LIMIT) {
            return { status: 413, reason: `An exercise has at most ${VERSION_LIMIT / 1024} KiB.` };
          }
          if (!lesson.write(exercise, text, seen)) return changedMeanwhile(lesson, exercise);
          if (question.kind === "attempt") return attempt(lesson, exercise);
          if (question.kind === "keep") return describeKept(lesson, exercise);
          lesson.restart(exercise);
          return describeExercise(lesson, exercise);
        }
        case "hint":
          return { hint: lesson.hint(exercise), state: lesson.stateOf(exercise) };
        case "solution":
          return lesson.solution(exercise);
      }
    },
  };
}

function changedMeanwhile(lesson: Lesson, exercise: Exercise): Refusal {
  const reason = `${lesson.fileOf(exercise)} was changed meanwhile, in an editor or on another page. Copy what you need, and choose Load.`;
  return { status: 409, reason };
}

function describeLesson(lesson: Lesson): LessonAnswer {
  return {
    course: lesson.name,
    needsHelp: lesson.needsHelp() ?? null,
    exercises: lesson.exercises.map((exercise) => ({
      title: exercise.title,
      run: exercise.judges[0]?.name ?? "",
      file: lesson.fileOf(exercise),
      language: exercise.file.split(".").at(-1) ?? "",
      tasks: exercise.tasks.map(({ what }) => what),
      state: lesson.stateOf(exercise),
    })),
  };
}

function describeKept(lesson: Lesson, exercise: Exercise): KeptAnswer {
  return { state: lesson.stateOf(exercise), digest: digestOf(lesson.textOf(exercise)) };
}

function describeExercise(lesson: Lesson, exercise: Exercise): ExerciseAnswer | Refusal {
  const text = lesson.textOf(exercise);
  return (
    refuseSecrets(lesson.fileOf(exercise), text) ?? {
      source: text,
      digest: digestOf(text),
      expected: lesson.expectedOf(exercise),
    }
  );
}
