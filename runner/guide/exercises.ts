import { existsSync } from "node:fs";
import { basename, extname, join, relative } from "node:path";
import { drivers as projectDrivers } from "../../drivers/drivers.ts";
import { Failure } from "../common/failure.ts";
import { isRecord } from "../common/json.ts";
import { loadClients } from "./clients.ts";
import type { Guide, Run, Step } from "./guide.ts";
import { type Fields, isTexts, type JsonFile, readObject, refuse, refuseUnknown } from "./json.ts";
import { readParts } from "./step-source.ts";

/** A region of a script that a learner writes. In the script itself, it is the solution. */
export interface Task {
  /** The name of the region: insert. */
  readonly region: string;
  /** What is to be done, in one line. */
  readonly what: string;
  /** From a nudge to nearly the whole solution. */
  readonly hints: readonly string[];
}

/** A file that a learner completes. */
export interface Exercise {
  /** Unique in its guide: pg/02-read. */
  readonly name: string;
  readonly title: string;
  /** The script that is the solution. */
  readonly source: string;
  /** The learner's own file. */
  readonly file: string;
  readonly tasks: readonly Task[];
  readonly kind: "script" | "driver";
  /** Runs of the solutions that come before it, and fill the database. */
  readonly before: readonly Run[];
  /** What judges it: runs of the learner's file, and those that show what it left in the database. */
  readonly judges: readonly Run[];
}

/** Exercises that follow each other: the scripts of one client, the steps, or the drivers. */
export interface CourseExercises {
  /** As a learner types it: pg, steps, driver. */
  readonly name: string;
  readonly exercises: readonly Exercise[];
}

/** A task, or what is different about it in some scripts. */
interface Entry {
  readonly task: string | undefined;
  readonly hints: readonly string[] | undefined;
}

/** `steps/exercises.json`: the task of each region, and what differs in a folder or a file. */
type Entries = ReadonlyMap<string, Entry & { readonly for: ReadonlyMap<string, Entry> }>;

/** The only directory in which a learner edits. An update of the guide never touches it. */
export function exercisesDirectory({ directory }: Pick<Guide, "directory">): string {
  return join(directory, "exercises");
}

/** What the exercises of a guide are. It may not exist. */
export function exercisesFile({ directory }: Pick<Guide, "directory">): string {
  return join(directory, "steps", "exercises.json");
}

/**
 * Reads all exercises of a guide, whether they can run on this machine or not.
 * @returns the courses that have any
 * @throws Failure of kind "layout" for a region without a task, and for a task without a region
 */
export function readCourses(guide: Guide): CourseExercises[] {
  const json = {
    file: exercisesFile(guide),
    example: '{ "insert": { "task": "Insert a book.", "hints": ["INSERT INTO …"] } }',
  };
  const entries = readEntries(json);
  if (!entries) return [];

  const clients = loadClients(guide).filter(
    ({ name, folder }) => name === `standalone/${basename(folder.directory)}`,
  );
  const used = new Set<string>();
  const tasksOf = (source: string) => tasksIn(source, guide, entries, json, used);
  const ofScripts = (name: string, scripts: ReadonlyMap<Step, string>) => ({
    name,
    exercises: scriptExercises(guide, name, scripts, tasksOf),
  });
  const steps = new Map(guide.steps.map((step) => [step, step.file]));
  const courses = [
    ...clients.map(({ folder, scripts }) => ofScripts(basename(folder.directory), scripts)),
    ofScripts("steps", steps),
    { name: "driver", exercises: driverExercises(guide, tasksOf) },
  ].filter(({ exercises }) => exercises.length > 0);

  for (const [region, one] of entries) {
    const advice = `Remove it, or write // #region ${region}`;
    if (!used.has(region)) refuse(json, `"${region}" is not a region of any script. ${advice}`);
    const path = [...one.for.keys()].find((path) => !used.has(`${region} ${path}`));
    if (path !== undefined) refuse(json, `"${region}" names "${path}", which has no such region.`);
  }
  return courses;
}

/**
 * A script is judged by its own run, and by the runs of the solutions up to the next run of a step that
 * is repeated: such a step shows what the others did.
 */
function scriptExercises(
  guide: Guide,
  course: string,
  scripts: ReadonlyMap<Step, string>,
  tasksOf: (source: string) => Task[],
): Exercise[] {
  const { runs } = guide;
  const repeated = new Set(runs.filter(({ after }) => after).map(({ step }) => step));
  return runs.flatMap((run, index): Exercise[] => {
    const source = scripts.get(run.step);
    const tasks = source && !run.after ? tasksOf(source) : [];
    if (!source || tasks.length === 0) return [];
    const file = join(exercisesDirectory(guide), course, basename(source));
    const own = { ...run, step: { ...run.step, file } };
    const look = runs.findIndex(({ step }, at) => at > index && repeated.has(step));
    const judges = [own, ...runs.slice(index + 1, look < 0 ? undefined : look + 1)];
    const { title } = run.step;
    const name = `${course}/${run.step.name}`;
    const before = runs.slice(0, index);
    return [{ name, title, source, file, tasks, kind: "script", before, judges }];
  });
}

/** A driver is judged by every golden file. In a package, drivers are not TypeScript any more. */
function driverExercises(guide: Guide, tasksOf: (source: string) => Task[]): Exercise[] {
  const names = [...new Set([...Object.keys(projectDrivers), ...guide.drivers])];
  const sources = names.map((name) => join(guide.directory, "drivers", `${name}.ts`));
  return sources.filter(existsSync).flatMap((source): Exercise[] => {
    const tasks = tasksOf(source);
    const name = basename(source, ".ts");
    if (tasks.length === 0 || !guide.drivers.includes(name)) return [];
    const file = join(exercisesDirectory(guide), "driver", basename(source));
    const own = { name: `driver/${name}`, title: `A driver with ${name}` };
    return [{ ...own, source, file, tasks, kind: "driver", before: [], judges: guide.runs }];
  });
}

/** @param used gets the regions that were found, and those for which a path has something of its own */
function tasksIn(
  source: string,
  { directory }: Guide,
  entries: Entries,
  json: JsonFile,
  used: Set<string>,
): Task[] {
  const path = relative(directory, source).replaceAll("\\", "/").slice(0, -extname(source).length);
  const regions = readParts(source).flatMap(({ region }) => region ?? []);
  return regions.map((region, index) => {
    if (regions.indexOf(region) < index) {
      throw new Failure("layout", `${source} has two regions "${region}". Rename one.`);
    }
    const entry = entries.get(region);
    const [prefix, own] =
      [...(entry?.for ?? [])].find(([one]) => `${path}/`.startsWith(`${one}/`)) ?? [];
    const what = own?.task ?? entry?.task;
    if (what === undefined) {
      const missing = entry ? `"${region}" has no "task"` : `there is no "${region}"`;
      refuse(json, `${missing} for the region in ${source}`);
    }
    used.add(region);
    if (prefix !== undefined) used.add(`${region} ${prefix}`);
    return { region, what, hints: own?.hints ?? entry?.hints ?? [] };
  });
}

function readEntries(json: JsonFile): Entries | undefined {
  const fields = readObject(json);
  if (!fields) return undefined;
  return new Map(
    Object.entries(fields).map(([region, value]) => {
      const entry = objectIn(json, region, value);
      refuseUnknown(json, entry, ["task", "hints", "for"], region);
      const byPath = objectIn(json, `${region}.for`, entry.for ?? {});
      const own = Object.entries(byPath).map(([path, one]): [string, Entry] => {
        const where = `${region}.for.${path}`;
        const fields = objectIn(json, where, one);
        refuseUnknown(json, fields, ["task", "hints"], where);
        return [path, readEntry(json, where, fields)];
      });
      return [region, { ...readEntry(json, region, entry), for: new Map(own) }];
    }),
  );
}

function readEntry(json: JsonFile, where: string, { task, hints }: Fields): Entry {
  if (task !== undefined && !isLine(task)) {
    refuse(json, `"${where}.task" is not a text of one line`);
  }
  if (hints !== undefined && !(isTexts(hints) && hints.every(isLine))) {
    refuse(json, `"${where}.hints" is not a list of one-line strings`);
  }
  return { task, hints };
}

function isLine(value: unknown): value is string {
  return typeof value === "string" && /^\S.*$/.test(value);
}

function objectIn(json: JsonFile, where: string, value: unknown): Fields {
  return isRecord(value) ? value : refuse(json, `"${where}" is not an object`);
}
