import { Failure, messageOf } from "../common/failure.ts";
import { isRecord } from "../common/json.ts";
import { readRegularFile } from "../common/read-files.ts";

/** A file of JSON that an author writes. */
export interface JsonFile {
  readonly file: string;
  /** What such a file looks like, for messages. */
  readonly example: string;
}

export type Fields = Readonly<Record<string, unknown>>;

/**
 * Reads an object.
 * @returns undefined if the file does not exist
 * @throws Failure of kind "layout" for a file that is not JSON, or not an object
 */
export function readObject(json: JsonFile): Fields | undefined {
  const bytes = readRegularFile(json.file);
  if (!bytes) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(bytes.toString("utf8").replace(/^\uFEFF/, "")); // as Windows saves it
  } catch (error) {
    refuse(json, messageOf(error));
  }
  return isRecord(value) ? value : refuse(json, "it is not an object");
}

/**
 * Checks that an object has only fields that mean something: a misspelt one would be ignored.
 * @param where the object, if it is a part of the file
 * @throws Failure of kind "layout" that names the field, and the one that was probably meant
 */
export function refuseUnknown(
  json: JsonFile,
  fields: Fields,
  known: readonly string[],
  where = "",
): void {
  const unknown = Object.keys(fields).find((name) => !known.includes(name));
  if (unknown === undefined) return;
  const nearest = nearestOf(unknown, known);
  const advice = nearest ? `Did you mean "${nearest}"?` : `The fields: ${known.join(", ")}`;
  const subject = where ? `"${where}" has` : "it has";
  refuse(json, `${subject} an unknown field "${unknown}". ${advice}`);
}

/** @throws Failure of kind "layout" that names the file, and shows what it looks like */
export function refuse({ file, example }: JsonFile, reason: string): never {
  const end = /[.?]$/.test(reason) ? "" : ".";
  throw new Failure("layout", `${file}: ${reason}${end} It looks like ${example}`);
}

export function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((one) => typeof one === "string" && one !== "");
}

/** The word that differs in the fewest letters, if these are at most a third of it. */
export function nearestOf(word: string, words: readonly string[]): string | undefined {
  const [best] = words
    .map((one) => ({ one, distance: distance(word.toLowerCase(), one.toLowerCase()) }))
    .sort((a, b) => a.distance - b.distance);
  return best && best.distance * 3 <= Math.max(word.length, 3) ? best.one : undefined;
}

/** How many letters must be added, left out or replaced (Levenshtein). */
function distance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (const [index, letter] of [...from].entries()) {
    const next = [index + 1];
    for (const [at, other] of [...to].entries()) {
      const replaced = (row[at] ?? 0) + (letter === other ? 0 : 1);
      next.push(Math.min(replaced, (row[at + 1] ?? 0) + 1, (next[at] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
