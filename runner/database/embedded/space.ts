import { chownSync, mkdirSync, statfsSync } from "node:fs";
import { dirname, join } from "node:path";
import { Failure } from "../../common/failure.ts";
import { makeDirectory } from "../../workspace/cache-directory.ts";
import type { Workspace } from "../../workspace/workspace.ts";
import type { Pool } from "../pool.ts";
import { quoteLiteral } from "../scratch.ts";
import type { ServerUser } from "./server.ts";

/** On the disk: a cluster, two databases, and what a guide may write. */
export const MEGABYTES_NEEDED = 100;

/** In memory: twice what the catalogs of two databases take. Docker gives 64 in all. */
const MEMORY_NEEDED = 64;
const MEMORY_LEFT = 24;

/** A tablespace in memory, for the catalogs of the scratch databases. */
export interface MemoryTablespace {
  readonly name: string;
  /** Several runs may have found the same free memory. */
  isNearlyFull(): boolean;
  /** True if so many bytes more would leave enough. */
  hasRoomFor(bytes: number): boolean;
}

export function freeMegabytes(directory: string): number {
  const { bavail, bsize } = statfsSync(directory);
  return Math.floor((bavail * bsize) / 1024 ** 2);
}

/**
 * Refuses a disk that is full. PostgreSQL's own messages are hard to read: "buffer is pinned", for one.
 * @throws Failure of kind "database"
 */
export function refuseFullDisk(directory: string): void {
  const free = freeMegabytes(directory);
  if (free >= MEGABYTES_NEEDED) return;
  throw new Failure(
    "database",
    `Only ${free} MB are free in ${directory}, and the embedded PostgreSQL needs ${MEGABYTES_NEEDED}. Free some, or set DATABASE_URL.`,
  );
}

/**
 * Makes a tablespace in memory. A database is three hundred small files, and making them on a disk takes
 * ten times longer. What the steps write goes to the disk: see `default_tablespace` in `server.ts`.
 * @returns undefined if the system has no file system in memory, or too little space there
 */
export async function openMemoryTablespace(
  { memoryDirectory }: Workspace,
  { withConnection }: Pool,
  { uid, gid }: ServerUser,
): Promise<MemoryTablespace | undefined> {
  if (memoryDirectory === undefined) return undefined;
  const free = () => freeMegabytes(dirname(memoryDirectory));
  try {
    if (free() < MEMORY_NEEDED) return undefined;
    makeDirectory(memoryDirectory);
    const location = join(memoryDirectory, "tablespace");
    mkdirSync(location, { mode: 0o700 });
    if (uid !== undefined && gid !== undefined) chownSync(location, uid, gid);
    await withConnection((db) =>
      db.query(`CREATE TABLESPACE memory LOCATION ${quoteLiteral(location)}`),
    );
    return {
      name: "memory",
      isNearlyFull: () => free() < MEMORY_LEFT,
      hasRoomFor: (bytes) => free() - bytes / 1024 ** 2 > MEMORY_LEFT,
    };
  } catch {
    return undefined;
  }
}
