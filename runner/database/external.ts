import { setTimeout as sleep } from "node:timers/promises";
import type { Database } from "../../drivers/driver.ts";
import { unlessAborted } from "../common/abort.ts";
import { Failure } from "../common/failure.ts";
import { hidePassword } from "../common/secrets.ts";
import { parseConnectionString } from "../connection/connection-string.ts";
import { splitUri } from "../connection/connection-uri.ts";
import { SetupError } from "../connection/errors.ts";
import { commentOnNew, foreignTables } from "../connection/guide-tables.ts";
import type { GuideServer } from "./guide-server.ts";
import { databaseFailure, openPool, type Pool } from "./pool.ts";
import { readScratchName } from "./scratch.ts";
import { type ClientDatabases, dropAbandoned, openScratchDatabases } from "./scratch-databases.ts";

export interface ExternalOptions {
  /** Run in the database that the connection string names, without scratch databases. */
  readonly inPlace: boolean;
  /** The tables that the guide makes. */
  readonly tables: readonly string[];
  /** Ends the waiting for a server that does not answer. */
  readonly signal: AbortSignal;
  /** Shows a line to the reader. */
  readonly note: (message: string) => void;
}

/**
 * Opens the server of a connection string. The clients get scratch databases there, or its database.
 * @throws Failure of kind "database"
 */
export async function openExternal(
  url: string,
  { inPlace, tables, signal, note }: ExternalOptions,
): Promise<GuideServer> {
  const { host, port, user, password, database } = settingsOf(url);
  for (const one of [password, splitUri(url).password]) hidePassword(one, [user, host, database]);
  const address = `${host.includes(":") ? `[${host}]` : host}:${port}/${database}`;
  let retries = 0;
  const pool = openPool(url, (message) => {
    if (retries++ === 0) note(`Waiting for the database: ${message}`);
  });
  const opening = pool.withConnection(async (db) => {
    if (inPlace) await refuseForeignTables(db, tables);
    else await dropAbandoned(db, pool.openIn);
    const {
      rows: [row],
    } = await db.query("SHOW server_version");
    return { version: String(row?.server_version).split(" ")[0], before: await lastingThings(db) };
  });
  const { version, before } = await unlessAborted(opening, signal);
  const databases = inPlace
    ? await unlessAborted(openInPlace(url, database, tables, pool), signal)
    : openScratchDatabases(url, pool, signal);
  return {
    label: `PostgreSQL ${version} at ${address}${inPlace ? ", in place" : ""}`,
    kind: "external",
    isParallel: !inPlace,
    createDatabase: databases.create,
    withConnection: (work) => unlessAborted(pool.withConnection(work), signal),
    async close() {
      try {
        await databases.close();
        const after = pool.withConnection(lastingThings);
        const added = (await unlessAborted(after, signal, 1000)).filter(
          (name) => !before.includes(name),
        );
        if (added.length > 0) note(leftBehind(added));
      } catch (error) {
        if (error instanceof Failure && error.kind === "cleanup") throw error;
      } finally {
        await pool.close();
      }
    },
  };
}

/** The locks end with the connection, too. */
const ROLLBACK_LIMIT_MS = 2000;

/**
 * Uses the database itself, and keeps a second run from the same tables. The locks belong to an open
 * transaction, not to a session, because PgBouncer shares sessions between clients. They take one
 * connection, and end if the server ends idle transactions.
 */
async function openInPlace(
  url: string,
  name: string,
  tables: readonly string[],
  pool: Pool,
): Promise<ClientDatabases> {
  const lock = await lockTables(name, tables, pool);
  return {
    create: async () => ({
      ...{ name, url, close: async () => {} },
      markTables: () => pool.withConnection((db) => commentOnNew(db, tables)),
    }),
    async close() {
      // The server may have ended it, or be gone without a word.
      const ended = lock.query("ROLLBACK").catch(() => {});
      await Promise.race([ended, sleep(ROLLBACK_LIMIT_MS, undefined, { ref: false })]);
      await lock.close();
    },
  };
}

/** @throws Failure of kind "database" if another run uses one of the tables */
async function lockTables(
  database: string,
  tables: readonly string[],
  { openIn }: Pool,
): Promise<Database> {
  const db = await openIn(database).catch((error) => Promise.reject(databaseFailure(error)));
  try {
    await db.query("BEGIN");
    const { rows: locks } = await db.query(
      "SELECT pg_try_advisory_xact_lock(723543, hashtext(name)) AS is_free FROM unnest($1::text[]) AS name",
      [tables],
    );
    if (locks.every(({ is_free: isFree }) => isFree)) return db;
    throw new Failure(
      "database",
      `Another run with --in-place uses the same tables in the database ${database}. Wait until it ends, or leave out --in-place.`,
    );
  } catch (error) {
    await db.close();
    throw databaseFailure(error);
  }
}

/**
 * Makes sure that a run in place replaces only what the guide made.
 * @throws Failure of kind "database" that names the first table which it did not make
 */
async function refuseForeignTables(db: Database, tables: readonly string[]): Promise<void> {
  const [foreign] = await foreignTables(db, tables);
  if (foreign === undefined) return;
  throw new Failure(
    "database",
    `There is a ${foreign} that this guide did not make, so nothing was run. Rename it, use another database, or leave out --in-place.`,
  );
}

/** Lists what a step may have made that outlives its scratch database: what the role owns, or may administer. */
async function lastingThings(db: Database): Promise<string[]> {
  const { rows } = await db.query(`
    SELECT 'database ' || datname AS name, datname::text AS database
    FROM pg_database WHERE datdba = current_user::regrole
    UNION ALL SELECT 'role ' || rolname, NULL
    FROM pg_roles WHERE pg_has_role(oid, 'MEMBER WITH ADMIN OPTION')
    UNION ALL SELECT 'replication slot ' || slot_name, NULL FROM pg_replication_slots
    WHERE database IS NULL AND NOT temporary
    ORDER BY name`);
  return rows
    .filter(({ database }) => database === null || !readScratchName(String(database)))
    .map(({ name }) => String(name));
}

function leftBehind(names: readonly string[]): string {
  return `Since the run began, the server has more: ${names.join(", ")}. Drop what a step has made.`;
}

function settingsOf(url: string) {
  try {
    return parseConnectionString(url);
  } catch (error) {
    if (error instanceof SetupError)
      throw new Failure("database", `DATABASE_URL: ${error.message}`);
    throw error;
  }
}
