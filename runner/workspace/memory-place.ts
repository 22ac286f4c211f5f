import { readdirSync } from "node:fs";
import { join } from "node:path";
import { ourName } from "./roots.ts";

/** Where a run may keep a little in memory. */
export interface MemoryPlace {
  /** All of it: many programs use it. */
  readonly place: string;
  /** The run's own directory there, which may not be made yet. */
  readonly directory: string;
}

/** Linux has a file system in memory that everybody may use. */
const place = "/dev/shm";
const prefix = `${ourName}.`;

/** @param run the name of the run's directory */
export function memoryPlace(run: string): MemoryPlace | undefined {
  if (process.platform !== "linux") return undefined;
  return { place, directory: join(place, prefix + run) };
}

/** The names of the runs that have something there. */
export function runsInMemory(): string[] {
  if (process.platform !== "linux") return [];
  try {
    const ours = readdirSync(place).filter((name) => name.startsWith(prefix));
    return ours.map((name) => name.slice(prefix.length));
  } catch {
    return [];
  }
}
