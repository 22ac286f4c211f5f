import { readFileSync } from "node:fs";
import { Failure, hasCode, messageOf } from "../failure.ts";

/** `steps/guide.json`: the home of the run order. */
export interface Manifest {
  readonly title: string;
  /** The steps in the order in which they are run. A step may stand there several times. */
  readonly runs: readonly string[];
  readonly tables: readonly string[];
  /** Folders below `standalone/` whose scripts the documents show. */
  readonly lesson: readonly string[];
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
  return { title, runs, tables, lesson };
}

function readJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    fail(file, hasCode(error, "ENOENT") ? "it is not there" : messageOf(error));
  }
}

function isNames(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((name) => typeof name === "string" && name !== "");
}

function fail(file: string, reason: string): never {
  const example = '{ "title": "My guide", "runs": ["01-create", "02-read"], "tables": ["books"] }';
  throw new Failure("layout", `${file}: ${reason}. It looks like ${example}`);
}
