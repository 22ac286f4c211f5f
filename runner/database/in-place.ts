import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { Database } from "../../drivers/driver.ts";
import { unlessAborted } from "../common/abort.ts";
import { Failure, messageOf } from "../common/failure.ts";
import { joinUri, splitUri } from "../connection/connection-uri.ts";
import { dropOwn, findForeign, markNew } from "../connection/guide-objects.ts";
import { connected } from "./connected.ts";
import type { InPlace } from "./guide-server.ts";
import { databaseFailure, inTime, type Pool } from "./pool.ts";
import { type ClientDatabases, ENDING_ALONE } from "./scratch-databases.ts";

/** The locks end with the connection, too. */
const ROLLBACK_LIMIT_MS = 2000;
/** How long to wait for sessions that were ended. */
const END_LIMIT_MS = 2000;
/** How long to wait for the server, too. */
const ANSWER_LIMIT_MS = 4000;

/**
 * Uses the database itself, and keeps a second run from it. The lock belongs to an open
 * transaction, not to a session, because PgBouncer shares sessions between clients. It takes one
 * connection, and ends if the server ends idle transactions.
 * @param signal Ctrl-C: the server is not waited for much longer
 */
export async function openInPlace(
  url: string,
  name: string,
  pool: Pool,
  signal: AbortSignal,
): Promise<ClientDatabases> {
  const sessions = `guide_${randomBytes(6).toString("hex")}`;
  const stepsUrl = await urlForSteps(url, sessions);
  const lock = await lockDatabase(name, pool);
  /** Why a session of a step may be left. */
  let isLeft = "";

  /** Closing tries again. */
  async function endSessions(): Promise<void> {
    const ending = pool.withConnection((db) => endSessionsOf(db, sessions));
    isLeft = await inTime(ending, ANSWER_LIMIT_MS).catch(messageOf);
  }

  const inDatabase = (work: (db: Database) => Promise<void>) =>
    unlessAborted(pool.withConnection(work), signal, ANSWER_LIMIT_MS);

  let schemas: readonly string[] = [];
  const inPlace: InPlace = {
    stepsUrl,
    beforeRun: (isFirst) =>
      inDatabase(async (db) => {
        schemas = await refuseForeign(db);
        if (isFirst) await dropOwn(db);
      }),
    async afterRun() {
      await endSessions();
      await inDatabase((db) => markNew(db, schemas));
    },
  };

  return {
    create: async () => ({ name, url, inPlace, close: async () => {} }),
    async close() {
      // The server may have ended it, or be gone without a word.
      const ended = lock.query("ROLLBACK").catch(() => {});
      await Promise.race([ended, sleep(ROLLBACK_LIMIT_MS, undefined, { ref: false })]);
      await lock.close();
      if (isLeft) await endSessions();
      if (isLeft) throw notEnded(name, sessions, isLeft);
    },
  };
}

/** Names the sessions of the steps, by which they are found, and lets the server end them when their client is gone. */
async function urlForSteps(url: string, sessions: string): Promise<string> {
  const uri = splitUri(url);
  const named = new Map([...uri.parameters, ["application_name", sessions]]);
  const options = [named.get("options"), `-c ${ENDING_ALONE}`].filter(Boolean).join(" ");
  const ending = joinUri({ ...uri, parameters: new Map([...named, ["options", options]]) });
  // Most poolers take no options, and some servers do not know this one.
  return connected(ending, async () => ending).catch(() => joinUri({ ...uri, parameters: named }));
}

/**
 * Ends what the steps' sessions are doing though their clients are gone. A pooler's idle connection may have
 * their name, too: it is left alone.
 * @returns what is left, in a sentence; empty if nothing is
 */
async function endSessionsOf(db: Database, sessions: string): Promise<string> {
  const deadline = performance.now() + END_LIMIT_MS;
  for (;;) {
    const { rows } = await db.query(
      `SELECT pid::text, pg_terminate_backend(pid) FROM pg_stat_activity
       WHERE application_name = $1 AND backend_type = 'client backend' AND state <> 'idle'`,
      [sessions],
    );
    if (rows.length === 0) return "";
    const pids = rows.map(({ pid }) => pid).join(", ");
    if (performance.now() > deadline) return `The server did not end the process ${pids}.`;
    await sleep(20);
  }
}

function notEnded(database: string, sessions: string, reason: string): Failure {
  return new Failure(
    "cleanup",
    `Not ended: what a step may still be doing in the database ${database}. ${reason} End it yourself: SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = '${sessions}'.`,
  );
}

/** @throws Failure of kind "database" if another run uses it */
async function lockDatabase(database: string, { openIn }: Pool): Promise<Database> {
  const db = await openIn(database).catch((error) => Promise.reject(databaseFailure(error)));
  try {
    await db.query("BEGIN");
    const { rows } = await db.query("SELECT pg_try_advisory_xact_lock(723543) AS is_free");
    if (rows[0]?.is_free) return db;
    throw new Failure(
      "database",
      `Another run with --in-place uses the database ${database}. Wait until it ends, or leave out --in-place.`,
    );
  } catch (error) {
    await db.close();
    throw databaseFailure(error);
  }
}

/**
 * Makes sure that all in the database is the guide's.
 * @returns the schemas, which may be the reader's
 * @throws Failure of kind "database" that names the first object which no guide made
 */
export async function refuseForeign(db: Database): Promise<readonly string[]> {
  const { foreign, schemas } = await findForeign(db);
  if (foreign === undefined) return schemas;
  throw new Failure(
    "database",
    `There is ${foreign} that no guide has made, so nothing was run. Use an empty database, or leave out --in-place.`,
  );
}
