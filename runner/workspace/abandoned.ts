import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { memoryPlace, runsInMemory } from "./memory-place.ts";
import { isAlive, ownProcessTable } from "./owner.ts";
import { sweep } from "./watchdog.ts";

/** A run touches its directories far more often. */
const DEAD_AFTER_MS = 24 * 60 * 60_000;

/** Has everything removed that runs left whose process and watchdog were both killed. */
export function removeAbandoned(runs: string): void {
  for (const name of new Set([...readdirSync(runs), ...runsInMemory()])) {
    const memory = memoryPlace(name);
    const paths = [join(runs, name), ...(memory ? [memory.directory] : [])];
    if (isAbandoned(name, paths)) sweep(paths);
  }
}

/** A pid says nothing about the run of another container or machine: there, silence does. */
function isAbandoned(name: string, paths: readonly string[]): boolean {
  const [owner, pid] = name.split(".");
  if (owner === ownProcessTable()) return !isAlive(Number(pid));
  const touched = paths.map((path) => statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0);
  return Date.now() - Math.max(...touched) > DEAD_AFTER_MS;
}
