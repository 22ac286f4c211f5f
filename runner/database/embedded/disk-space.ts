import { statfsSync } from "node:fs";
import { Failure } from "../../common/failure.ts";

/** A cluster, two databases, and what a guide may write. */
export const MEGABYTES_NEEDED = 100;

export function freeMegabytes(directory: string): number {
  const { bavail, bsize } = statfsSync(directory);
  return Math.floor((bavail * bsize) / 1024 ** 2);
}

/**
 * PostgreSQL's own messages on a full disk are hard to read: "buffer is pinned", for one.
 * @throws Failure of kind "database"
 */
export function refuseFullDisk(directory: string): void {
  const free = freeMegabytes(directory);
  if (free >= MEGABYTES_NEEDED) return;
  throw new Failure(
    "database",
    `The disk is full: ${free} MB are free in ${directory}, and the embedded PostgreSQL needs ${MEGABYTES_NEEDED}. Free some, or set DATABASE_URL.`,
  );
}
