import { chownSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { makeDirectory, type Workspace } from "../../workspace/workspace.ts";
import type { Pool } from "../pool.ts";
import { quoteIdentifier, quoteLiteral } from "../quote.ts";
import { freeMegabytes } from "./disk-space.ts";
import type { ServerUser } from "./server-user.ts";

/** Twice what the catalogs of two databases take. Docker gives 64 in all. */
const MEGABYTES_NEEDED = 64;
const MEGABYTES_LEFT = 24;

/** A tablespace in memory, for the catalogs of the scratch databases. */
export interface Memory {
  readonly tablespace: string;
  /** Several runs may have found the same free memory. */
  isNearlyFull(): boolean;
}

/**
 * A database is three hundred small files, and making them takes most of the time of CREATE
 * DATABASE: ten times longer on a disk than in memory. What the steps write goes to the disk (see
 * `default_tablespace` in `server-process.ts`), so that no guide fills the memory.
 * @returns undefined where there is no such place, or too little room: then all is on the disk
 */
export async function openMemory(
  { memory }: Workspace,
  { withConnection }: Pool,
  { uid, gid }: ServerUser,
): Promise<Memory | undefined> {
  if (memory === undefined) return undefined;
  try {
    if (freeMegabytes(memory.place) < MEGABYTES_NEEDED) return undefined;
    makeDirectory(memory.directory);
    const location = join(memory.directory, "tablespace");
    mkdirSync(location, { mode: 0o700 });
    if (uid !== undefined && gid !== undefined) chownSync(location, uid, gid);
    const tablespace = "memory";
    const create = `CREATE TABLESPACE ${quoteIdentifier(tablespace)} LOCATION ${quoteLiteral(location)}`;
    await withConnection((db) => db.execute(create));
    return { tablespace, isNearlyFull: () => freeMegabytes(memory.place) < MEGABYTES_LEFT };
  } catch {
    return undefined;
  }
}
