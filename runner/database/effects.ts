import { setTimeout as sleep } from "node:timers/promises";
import type { Database } from "../../drivers/driver.ts";
import type { Effects, TableEffects, Uncounted } from "../guide/outcome.ts";
import { connected } from "./connected.ts";

/**
 * Waits until a run's connections have ended, because PostgreSQL counts then.
 * @returns what the run did, or why the server cannot say it: before version 15, and where a connection stays open, as
 *   behind PgBouncer
 */
export type ReadEffects = () => Promise<Effects | Uncounted>;

/**
 * Compare how many rows were changed in each of several databases since they were made, those of the catalogs
 * included: in two queries, on a connection to any database of the server.
 * @param names of the databases
 * @returns true also where the server cannot say it, or only later
 */
export async function areChangedAlike(db: Database, names: readonly string[]): Promise<boolean> {
  if (!(await areEnded(db, { limit: SETTLE_MS, names }))) return true;
  const {
    rows: [row],
  } = await db.query<{ kinds: string }>(
    `SELECT count(DISTINCT (tup_inserted, tup_updated, tup_deleted))::text AS kinds
     FROM pg_stat_database WHERE datname = ANY($1::text[])`,
    [names],
  );
  return row?.kinds === "1" || (await versionOf(db)) < COUNTS_AT_END;
}

/**
 * Read what was done in a database since it was made.
 * @throws Failure of kind "database"
 */
export async function readEffects(url: string): Promise<Effects> {
  return connected(url, async (db) => differenceOf(nothing, await readCounts(db)));
}

const nothing: Pick<Counts, "tables" | "rollbacks"> = { tables: new Map(), rollbacks: 0 };

/** How long connections may take to end after their process. */
const END_MS = 500;
const SETTLE_MS = 50;
const FIRST_LOOK_MS = 2;
const LATER_LOOK_MS = 10;

/** By then, PostgreSQL has counted what an idle connection did: it waits for 10 seconds. */
const IDLE_COUNTED = "12 s";

/** From this version on, a connection that ends has been counted. */
const COUNTS_AT_END = 150_000;

/**
 * Begins to count, before a run. Nothing stays connected meanwhile: a copy of the database must be possible.
 * @throws Failure of kind "database"
 */
export async function countEffects(url: string): Promise<ReadEffects> {
  const before = await connected(url, settledCounts);
  if ("uncounted" in before) return async () => before;
  return async () => {
    const after = await connected(url, (db) => settledCounts(db, before.now));
    return "uncounted" in after ? after : differenceOf(before, after);
  };
}

/**
 * Reads the counts when all that was done has been counted.
 * @param since by the server's clock: what did nothing since then, such as a reader's psql, is not waited for
 */
async function settledCounts(db: Database, since?: string): Promise<Counts | Uncounted> {
  const version = await versionOf(db);
  if (version < COUNTS_AT_END) return { uncounted: "counting needs PostgreSQL 15 or newer" };
  // A pooler may give this connection to us as the run has left it.
  await db.query("SELECT pg_stat_force_next_flush()");
  if (await areEnded(db, { limit: END_MS, since })) return readCounts(db);
  return { uncounted: "a connection to its database stayed open" };
}

async function versionOf(db: Database): Promise<number> {
  const { rows } = await db.query("SELECT current_setting('server_version_num') AS version");
  return Number(rows[0]?.version);
}

interface Counts {
  /** By the server's clock. */
  readonly now: string;
  readonly rollbacks: number;
  /** Name and counts by the table's id: a table that was dropped and made again is another one. */
  readonly tables: ReadonlyMap<string, Readonly<Record<string, string>>>;
}

async function readCounts(db: Database): Promise<Counts> {
  const {
    rows: [row],
  } = await db.query(`
    SELECT clock_timestamp()::text AS now,
      (SELECT xact_rollback FROM pg_stat_database WHERE datname = current_database())::text AS rollbacks
  `);
  const { rows } = await db.query<Record<string, string>>(`
    SELECT relid::text AS id,
      CASE schemaname WHEN 'public' THEN '' ELSE schemaname || '.' END || relname AS name,
      n_tup_ins::text AS inserted, n_tup_upd::text AS updated, n_tup_del::text AS deleted,
      (COALESCE(seq_tup_read, 0) + COALESCE(idx_tup_fetch, 0) + COALESCE(idx_scan, 0))::text AS read
    FROM pg_stat_user_tables
  `);
  return {
    now: String(row?.now),
    rollbacks: Number(row?.rollbacks),
    tables: new Map(rows.map((table) => [table.id ?? "", table])),
  };
}

/**
 * Waits until no connection of a client is left but this one that may have done what is not counted yet.
 * @param limit in milliseconds
 * @param names of databases; by default, only this connection's
 * @param since by the server's clock: one that did nothing since then does not count
 * @returns false if one is left
 */
async function areEnded(
  db: Database,
  { limit, names, since }: { limit: number; names?: readonly string[]; since?: string | undefined },
): Promise<boolean> {
  const deadline = performance.now() + limit;
  for (let pause = FIRST_LOOK_MS; ; pause = LATER_LOOK_MS) {
    const { rows } = await db.query(
      `SELECT FROM pg_stat_activity
       WHERE datname = ANY(COALESCE($1::text[], ARRAY[current_database()::text]))
         AND pid <> pg_backend_pid() AND backend_type = 'client backend'
         AND (state <> 'idle' AND $2::text IS NULL OR greatest(backend_start, state_change)
              > COALESCE($2::timestamptz, clock_timestamp() - interval '${IDLE_COUNTED}'))
       LIMIT 1`,
      [names ?? null, since ?? null],
    );
    if (rows.length === 0) return true;
    if (performance.now() > deadline) return false;
    await sleep(pause);
  }
}

function differenceOf(before: typeof nothing, after: Counts): Effects {
  const tables = [...after.tables].map(([id, counts]): [string, TableEffects] => {
    const grown = (key: string) => Number(counts[key]) - Number(before.tables.get(id)?.[key] ?? 0);
    const changes = {
      inserted: grown("inserted"),
      updated: grown("updated"),
      deleted: grown("deleted"),
    };
    return [counts.name ?? "", { ...changes, isRead: grown("read") > 0 }];
  });
  return { tables: Object.fromEntries(tables), hasRollback: after.rollbacks > before.rollbacks };
}
