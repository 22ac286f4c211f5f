import { readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { digestOf } from "./kept-texts.ts";
import { makeDirectories, move } from "./write-files.ts";

/** Some file systems record the time of a change in steps of two seconds. */
const COARSEST_CLOCK_MS = 2000;

/** True if a file may have changed since it was read. @param read when that was, in milliseconds since 1970 */
export function mayHaveChanged(file: string, read: number): boolean {
  const stat = statSync(file, { throwIfNoEntry: false });
  return stat !== undefined && stat.ctimeMs >= read - COARSEST_CLOCK_MS;
}

/**
 * Keeps a text in a cache, with what is known of it. Only the owner may read it.
 * @param head becomes one line of JSON
 * @param most files that stay in its directory: the oldest ones are removed
 */
export function keepText(
  file: string,
  head: Readonly<Record<string, unknown>>,
  text: string,
  most: number,
): void {
  const line = JSON.stringify({ ...head, digest: digestOf(text) });
  const draft = `${file}.${process.pid}.new`;
  makeDirectories(dirname(file));
  writeFileSync(draft, `//${line}\n${text}`, { mode: 0o600 }); // what a power cut leaves is not read
  move(draft, file);
  removeOldest(dirname(file), most);
}

function removeOldest(directory: string, most: number): void {
  const names = readdirSync(directory);
  if (names.length <= most) return;
  const age = (name: string) =>
    statSync(join(directory, name), { throwIfNoEntry: false })?.mtimeMs ?? 0;
  const oldestFirst = names.map((name) => ({ name, age: age(name) })).sort((a, b) => a.age - b.age);
  for (const { name } of oldestFirst.slice(0, names.length - most)) {
    rmSync(join(directory, name), { force: true, recursive: true });
  }
}
