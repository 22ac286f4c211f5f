import { existsSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { Failure } from "../../runner/common/failure.ts";
import { project } from "../../runner/common/project.ts";
import { describeUnavailable, type StandaloneClient } from "../../runner/guide/client.ts";
import type { Guide } from "../../runner/guide/guide.ts";
import { loadClients } from "../../runner/guide/load-clients.ts";
import { splitMarks, type Task } from "../../runner/guide/marks.ts";
import { findProgram } from "../../runner/run/find-program.ts";
import { type Course, type Exercise, learnersDriver } from "./course.ts";

/** The only place where a learner edits. An update of the guide never touches it. */
export function exercisesOf(guide: Pick<Guide, "directory">): string {
  return join(guide.directory, "exercises");
}

/** The courses that a guide has: those in whose files there are exercises. */
export function courseNames(guide: Guide): string[] {
  const clients = loadClients(guide)
    .filter(({ scripts }) => [...scripts.values()].some(hasTasks))
    .map(({ folder }) => basename(folder.directory));
  const steps = guide.steps.some(({ file }) => hasTasks(file)) ? ["steps"] : [];
  const drivers = driverFiles(guide).some(hasTasks) ? ["driver"] : [];
  return [...new Set([...clients, ...steps, ...drivers])];
}

/**
 * Finds the exercises of a course.
 * @param name empty for the first one
 * @throws Failure of kind "usage" for a course that is not there, or that cannot run on this machine
 */
export async function loadCourse(guide: Guide, name: string): Promise<Course> {
  const names = courseNames(guide);
  const chosen = name === "" ? (names.find((one) => one === "pg") ?? names[0]) : name;
  if (chosen === undefined) throw new Failure("usage", "There are no exercises in this guide.");
  if (!names.includes(chosen)) {
    throw new Failure("usage", `There is no course "${name}". The courses: ${names.join(", ")}.`);
  }
  const directory = join(exercisesOf(guide), chosen);
  const course = { guide, name: chosen, directory, exercises: exercisesIn(guide, chosen) };
  if (chosen === "driver") return { ...course, clients: [learnersDriver], standalone: [] };
  if (chosen === "steps") return { ...course, clients: guide.drivers, standalone: [] };
  const ready = await findProgram(clientOf(guide, chosen));
  if (!("folder" in ready)) throw new Failure("usage", describeUnavailable(ready));
  return { ...course, clients: [ready.name], standalone: [ready] };
}

/** Every exercise of a guide, by its course, whether it can run on this machine or not. */
export function allExercises(guide: Guide): { name: string; exercises: Exercise[] }[] {
  return courseNames(guide).map((name) => ({ name, exercises: exercisesIn(guide, name) }));
}

function exercisesIn(guide: Guide, course: string): Exercise[] {
  const directory = join(exercisesOf(guide), course);
  if (course === "driver") return driverExercises(guide, directory);
  const scripts =
    course === "steps"
      ? guide.steps.map(({ name, file }) => [name, file] as const)
      : [...clientOf(guide, course).scripts].map(([{ name }, file]) => [name, file] as const);
  return scriptExercises(guide, course, directory, new Map(scripts));
}

function clientOf(guide: Guide, course: string): StandaloneClient {
  const client = loadClients(guide).find(({ name }) => name === `standalone/${course}`);
  if (!client) throw new Error(`standalone/${course} was there a moment ago`);
  return client;
}

/**
 * Each is judged by its own run, and by what the solutions then find, up to the next run of a step that
 * runs several times: such a step looks at what the others did.
 */
function scriptExercises(
  guide: Guide,
  course: string,
  directory: string,
  scripts: ReadonlyMap<string, string>,
): Exercise[] {
  const { runs } = guide;
  const repeated = new Set(runs.filter(({ after }) => after).map(({ step }) => step));
  return runs.flatMap((run, index): Exercise[] => {
    const source = scripts.get(run.step.name);
    const tasks = source ? tasksIn(source) : [];
    if (run.after || !source || tasks.length === 0) return [];
    const file = join(directory, basename(source));
    const { name, title } = run.step;
    const own = { ...run, step: { ...run.step, file } };
    const look = runs.findIndex(({ step }, at) => at > index && repeated.has(step));
    const judges = [own, ...runs.slice(index + 1, look < 0 ? undefined : look + 1)];
    const before = runs.slice(0, index);
    return [
      { name: `${course}/${name}`, title, source, file, tasks, kind: "script", before, judges },
    ];
  });
}

/** Every golden file judges a driver. */
function driverExercises(guide: Guide, directory: string): Exercise[] {
  return driverFiles(guide).flatMap((source): Exercise[] => {
    const tasks = tasksIn(source);
    const name = basename(source, ".ts");
    const file = join(directory, basename(source));
    if (tasks.length === 0) return [];
    const title = `A driver with ${name}`;
    const judges = guide.runs;
    return [
      { name: `driver/${name}`, title, source, file, tasks, kind: "driver", before: [], judges },
    ];
  });
}

/** Where the project is a package, its drivers are no TypeScript any more. */
function driverFiles({ drivers, ownDrivers }: Guide): string[] {
  return drivers
    .map((name) => ownDrivers.find((own) => own.name === name)?.file ?? fileOfDriver(name))
    .filter((file) => existsSync(file));
}

function fileOfDriver(name: string): string {
  return join(project, "drivers", `${name}.ts`);
}

function hasTasks(file: string): boolean {
  return tasksIn(file).length > 0;
}

function tasksIn(file: string): Task[] {
  return splitMarks(readFileSync(file, "utf8"), file).flatMap(({ task }) => task ?? []);
}
