import { Failure, messageOf } from "../common/failure.ts";
import { readRegularFile } from "../common/files.ts";
import { guideCommand } from "../common/project.ts";

/** `steps/guide.json`: the home of the run order. */
export interface Manifest {
  readonly title: string;
  /** The steps in the order in which they are run. A step may stand there several times. */
  readonly runs: readonly string[];
  readonly tables: readonly string[];
  /** Folders below `standalone/` whose scripts the documents show. */
  readonly lesson: readonly string[];
  /** Steps that come first, and whose output nobody reads: migrations, for example. */
  readonly setup: readonly string[];
  /** The drivers that the guide is about; undefined for all that there are. */
  readonly drivers: readonly string[] | undefined;
  /** What runs the steps of another language, by the ending of their files. */
  readonly programs: Readonly<Record<string, readonly string[]>>;
}

/** @throws Failure of kind "layout" */
export function readManifest(file: string): Manifest {
  const json = readJson(file);
  if (typeof json !== "object" || json === null) fail(file, "it is not an object");

  const title = "title" in json ? json.title : undefined;
  const runs = "runs" in json ? json.runs : undefined;
  const tables = "tables" in json ? json.tables : [];
  const lesson = "lesson" in json ? json.lesson : [];
  if (typeof title !== "string" || title === "") fail(file, '"title" is not a text');
  if (!isNames(runs) || runs.length === 0) fail(file, '"runs" is not a list of step names');
  if (!isNames(tables)) fail(file, '"tables" is not a list of table names');
  if (!isNames(lesson)) fail(file, '"lesson" is not a list of folders in standalone/');

  const setup = "setup" in json ? json.setup : [];
  const drivers = "drivers" in json ? json.drivers : undefined;
  const programs = "programs" in json ? json.programs : {};
  if (!isNames(setup)) fail(file, '"setup" is not a list of step names');
  if (drivers !== undefined && (!isNames(drivers) || drivers.length === 0)) {
    fail(file, '"drivers" is not a list of drivers');
  }
  if (new Set(drivers).size < (drivers?.length ?? 0)) fail(file, '"drivers" names one twice');
  if (!isPrograms(programs)) fail(file, '"programs" is not like { "py": ["python3"] }');
  return { title, runs, tables, lesson, setup, drivers, programs };
}

function readJson(file: string): unknown {
  const bytes = readRegularFile(file);
  if (!bytes) {
    const advice = `Name a guide with --guide, or write one: ${guideCommand} new guide docs`;
    throw new Failure("layout", `${file}: it is not there. ${advice}`);
  }
  try {
    return JSON.parse(bytes.toString("utf8"));
  } catch (error) {
    fail(file, messageOf(error));
  }
}

function isNames(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((name) => typeof name === "string" && name !== "");
}

function isPrograms(value: unknown): value is Record<string, string[]> {
  if (typeof value !== "object" || value === null) return false;
  return Object.values(value).every((words) => isNames(words) && words.length > 0);
}

function fail(file: string, reason: string): never {
  const example = '{ "title": "My guide", "runs": ["01-create", "02-read"], "tables": ["books"] }';
  throw new Failure("layout", `${file}: ${reason}. It looks like ${example}`);
}
