import { join } from "node:path";
import { Failure } from "../../runner/common/failure.ts";
import { describeUnavailable, loadClients } from "../../runner/guide/clients.ts";
import {
  type CourseExercises,
  type Exercise,
  exercisesDirectory,
  exercisesFile,
  readCourses,
} from "../../runner/guide/exercises.ts";
import type { Guide } from "../../runner/guide/guide.ts";
import { findProgram, type ReadyClient } from "../../runner/run/select-clients.ts";

/** Exercises that follow each other, and the clients that run them. */
export interface Course {
  readonly guide: Guide;
  /** As a learner types it: pg, steps, driver. */
  readonly name: string;
  /** The directory of the learner's files. */
  readonly directory: string;
  /** The clients that run the exercises, as a session names them. */
  readonly clients: readonly string[];
  readonly standalone: readonly ReadyClient[];
  readonly exercises: readonly Exercise[];
}

/** The client of the course about drivers: the driver that the learner writes. */
export const learnersDriver = "exercise";

/** The course that is meant where none is named: pg's, or the first one. */
function defaultCourse(courses: readonly CourseExercises[]): CourseExercises | undefined {
  return courses.find(({ name }) => name === "pg") ?? courses[0];
}

/**
 * Find a course, and make sure that it can run on this machine.
 * @param name empty for the default course
 * @throws Failure of kind "usage" for a course that does not exist, or cannot run here
 */
export async function loadCourse(guide: Guide, name: string): Promise<Course> {
  const courses = readCourses(guide);
  const chosen = name ? courses.find((one) => one.name === name) : defaultCourse(courses);
  if (!chosen) {
    const names = courses.map((one) => one.name).join(", ");
    const message = names
      ? `There is no course "${name}". The courses: ${names}.`
      : `There are no exercises in this guide. To add some, describe them in ${exercisesFile(guide)}.`;
    throw new Failure("usage", message);
  }
  const course = { ...chosen, guide, directory: join(exercisesDirectory(guide), chosen.name) };
  if (chosen.name === "driver") return { ...course, clients: [learnersDriver], standalone: [] };
  if (chosen.name === "steps") return { ...course, clients: guide.drivers, standalone: [] };
  const client = loadClients(guide).find((one) => one.name === `standalone/${chosen.name}`);
  if (!client) throw new Error(`standalone/${chosen.name} was there a moment ago`);
  const ready = await findProgram(client);
  if (!("folder" in ready)) throw new Failure("usage", describeUnavailable(ready));
  return { ...course, clients: [ready.name], standalone: [ready] };
}

/**
 * Find `pg/02-read`, or `02-read` in a course.
 * @param course empty for the default course
 * @throws Failure of kind "usage" for an exercise that does not exist
 */
export async function findExercise(
  guide: Guide,
  wanted: string,
  course: string,
): Promise<[Exercise, Course]> {
  const isCourse = readCourses(guide).some(({ name }) => name === wanted);
  const isWhole = isCourse || wanted.includes("/");
  const chosen = await loadCourse(guide, isWhole ? (wanted.split("/")[0] ?? "") : course);
  const name = isWhole ? wanted : `${chosen.name}/${wanted}`;
  const exercise = chosen.exercises.find((one) => one.name === name);
  if (exercise) return [exercise, chosen];
  const names = chosen.exercises.map((one) => one.name).join(", ");
  const problem = isCourse
    ? `"${wanted}" is a course. Name one exercise of it`
    : `There is no exercise "${wanted}". There are`;
  throw new Failure("usage", `${problem}: ${names}.`);
}
