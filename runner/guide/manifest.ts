import { Failure } from "../common/failure.ts";
import { isRecord } from "../common/json.ts";
import { guideCommand } from "../common/project.ts";
import { isTexts, readObject, refuse, refuseUnknown } from "./json.ts";

/** `steps/guide.json`, which has the order of the runs. */
export interface Manifest {
  readonly title: string;
  /** The steps in the order in which they are run. A step may be run several times. */
  readonly runs: readonly string[];
  /** Folders below `standalone/` whose scripts the documents show. */
  readonly lesson: readonly string[];
  /** Steps that come first, and whose output is not compared: migrations, for example. */
  readonly setup: readonly string[];
  /** The drivers that the guide is about; undefined for all of them. */
  readonly drivers: readonly string[] | undefined;
  /** What runs the steps of another language, by the ending of their files. */
  readonly programs: Readonly<Record<string, readonly string[]>>;
  /** Variables that every step gets: a time zone, for example. */
  readonly environment: Readonly<Record<string, string>>;
  /** The documented exit codes that are not 0, by the names of the runs. */
  readonly exitCodes: Readonly<Record<string, number>>;
}

const names = [
  ...["title", "runs", "setup", "lesson", "drivers", "programs", "environment", "exitCodes"],
];
const example = '{ "title": "My guide", "runs": ["01-create", "02-read"] }';

/** @throws Failure of kind "layout" */
export function readManifest(file: string): Manifest {
  const json = { file, example };
  const fields = readObject(json);
  if (!fields) {
    const advice = `Name a guide with --guide, or write one: ${guideCommand} new guide docs`;
    throw new Failure("layout", `${file} does not exist. ${advice}`);
  }
  refuseUnknown(json, fields, names);

  const {
    title,
    runs,
    lesson = [],
    setup = [],
    drivers,
    programs = {},
    environment = {},
    exitCodes = {},
  } = fields;
  const fail = (reason: string) => refuse(json, reason);
  if (typeof title !== "string" || title === "") return fail('"title" is not a string');
  if (!isTexts(runs) || runs.length === 0) return fail('"runs" is not a list of step names');
  if (!isTexts(lesson)) return fail('"lesson" is not a list of folders in standalone/');
  if (!isTexts(setup)) return fail('"setup" is not a list of step names');
  if (drivers !== undefined && (!isTexts(drivers) || drivers.length === 0)) {
    return fail('"drivers" is not a list of drivers');
  }
  if (new Set(drivers).size < (drivers?.length ?? 0)) return fail('"drivers" names one twice');
  if (!isPrograms(programs)) return fail('"programs" is not like { "py": ["python3"] }');
  if (!isEnvironment(environment)) return fail('"environment" is not like { "TZ": "Asia/Tokyo" }');
  const ours = /^(DATABASE_URL|PG[A-Z]+|GUIDE_(RUN|PROGRAM|USED))$/i;
  const own = Object.keys(environment).find((name) => ours.test(name));
  if (own) return fail(`"environment" must not set ${own}: the runner sets it`);
  if (!isExitCodes(exitCodes)) return fail('"exitCodes" is not like { "05-fail": 1 }');
  return { title, runs, lesson, setup, drivers, programs, environment, exitCodes };
}

function isExitCodes(value: unknown): value is Record<string, number> {
  const isCode = (one: unknown) => Number.isInteger(one) && Number(one) >= 1 && Number(one) <= 255;
  return isRecord(value) && Object.values(value).every(isCode);
}

function isEnvironment(value: unknown): value is Record<string, string> {
  if (!isRecord(value)) return false;
  const areNames = Object.keys(value).every((name) => /^[A-Za-z_]\w*$/.test(name));
  return areNames && Object.values(value).every((one) => typeof one === "string");
}

function isPrograms(value: unknown): value is Record<string, string[]> {
  const isCommand = (words: unknown) => isTexts(words) && words.length > 0;
  if (!isRecord(value)) return false;
  const areEndings = Object.keys(value).every((ending) => /^\w+$/.test(ending));
  return areEndings && Object.values(value).every(isCommand);
}
