import type { CourseExercises } from "../../runner/guide/exercises.ts";
import type { Guide } from "../../runner/guide/guide.ts";
import type { Learner } from "./learners.ts";
import type { Wall, WallCourse } from "./wall-news.ts";

type Listed = Pick<CourseExercises, "name"> & {
  readonly exercises: readonly Pick<CourseExercises["exercises"][number], "name" | "title">[];
};

/** As many as a wall has room for. */
const WAITING_SHOWN = 8;

/** @param now milliseconds since 1970 */
export function wallOf(
  { title, command }: Pick<Guide, "title" | "command">,
  courses: readonly Listed[],
  learners: readonly Learner[],
  showNames: boolean,
  now: number,
): Wall {
  const waiting = learners
    .flatMap(({ at, number, name, news }) => {
      if (!at) return [];
      const { tries = 0, hints = 0 } = news[at.exercise] ?? {};
      const seconds = Math.max(0, Math.round((now - at.since) / 1000));
      const who = showNames ? name : `Learner ${number}`;
      return [{ who, exercise: at.exercise, seconds, tries, hints }];
    })
    .sort((a, b) => b.seconds - a.seconds)
    .slice(0, WAITING_SHOWN);
  const seen = courses.map((course) => wallCourse(course, learners));
  return {
    title,
    command,
    learners: learners.length,
    courses: seen.filter((course) => course.learners > 0),
    waiting,
  };
}

function wallCourse({ name, exercises }: Listed, learners: readonly Learner[]): WallCourse {
  const names = exercises.map((one) => one.name);
  const inCourse = learners.filter(({ news }) => names.some((one) => news[one]));
  const hasDone = ({ news }: Learner, exercise: string) => news[exercise]?.verdict === "passed";
  return {
    name,
    learners: inCourse.length,
    finished: inCourse.filter((one) => names.every((exercise) => hasDone(one, exercise))).length,
    exercises: exercises.map(({ name: exercise, title }) => ({
      name: exercise,
      title,
      here: inCourse.filter(({ at }) => at?.exercise === exercise).length,
      done: inCourse.filter((one) => hasDone(one, exercise)).length,
    })),
  };
}
