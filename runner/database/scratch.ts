import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { Database } from "../../drivers/driver.ts";
import { Failure } from "../common/failure.ts";
import { digestOf } from "../common/kept-texts.ts";
import { DatabaseError } from "../connection/errors.ts";

/** Connects to a database of the server, as the role that drops it. */
export type OpenIn = (database: string) => Promise<Database>;

const DROP_ATTEMPTS = 8;

/**
 * Names a scratch database. A random part and a checksum keep another database from being taken for one
 * of ours. The name has no time in it: this machine's clock may be wrong.
 * @param runner the process that makes it, from `thisProcess`
 */
export function scratchName(client: string, runner = ""): string {
  const label = client.toLowerCase().replace(/[^a-z0-9]/g, "");
  const random = randomBytes(4).toString("hex");
  const stem = ["guide_scratch", label.slice(0, 12), ...(runner ? [runner] : []), random].join("_");
  return `${stem}_${checksum(stem)}`;
}

/**
 * Reads the name of a scratch database.
 * @returns undefined if it is not one; otherwise the process that made it, "" where that is not known
 */
export function readScratchName(name: string): { readonly runner: string } | undefined {
  const pattern = /^(guide_scratch_[a-z0-9]*(?:_([0-9a-f]{8}_\d+))?_[0-9a-f]{8})_([0-9a-f]{6})$/;
  const [, stem = "", runner = "", sum] = pattern.exec(name) ?? [];
  return sum === checksum(stem) ? { runner } : undefined;
}

function checksum(stem: string): string {
  return digestOf(`neon guide ${stem}`).slice(0, 6);
}

/** How a scratch database is unlike an empty one of the connection's role. */
export interface ScratchOptions {
  /** The database to copy, without connections. */
  readonly template?: string | undefined;
  readonly owner?: string | undefined;
}

/** @throws Failure of kind "database" where the role may not create databases */
export async function createScratch(
  db: Database,
  name: string,
  { template = "template0", owner }: ScratchOptions = {},
): Promise<void> {
  const ownedBy = owner === undefined ? "" : `OWNER ${quoteIdentifier(owner)}`;
  try {
    await db.query(
      `CREATE DATABASE ${quoteIdentifier(name)} TEMPLATE ${quoteIdentifier(template)} ${ownedBy}`,
    );
  } catch (error) {
    if (!(error instanceof DatabaseError) || error.code !== "42501") throw error;
    throw new Failure(
      "database",
      "The role in DATABASE_URL may not create databases, and the guide runs in scratch databases. Use a role with CREATEDB, or --in-place to run in the database that DATABASE_URL names.",
    );
  }
}

/**
 * Drops a scratch database, and ends what still uses it. If dropping fails, it undoes what a step did to
 * keep the database, and tries again.
 * @param option "" to keep a database that a session uses
 * @throws DatabaseError if it is still there in the end
 */
export async function dropScratch(
  db: Database,
  name: string,
  openIn?: OpenIn,
  option: "WITH (FORCE)" | "" = "WITH (FORCE)",
): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await db.query(`DROP DATABASE IF EXISTS ${quoteIdentifier(name)} ${option}`);
      return;
    } catch (error) {
      const pause = error instanceof DatabaseError ? pauses.get(error.code) : undefined;
      if (attempt === DROP_ATTEMPTS || pause === undefined) throw error;
      await release(db, name, openIn).catch(() => {}); // the next DROP says why
      await sleep(pause);
    }
  }
}

/** Each takes a connection, of which a server may have few. */
const DROPPED_AT_ONCE = 4;

/**
 * Drops many databases, some at once.
 * @throws the first error, after it has tried to drop all of them
 */
export async function dropAll(
  names: readonly string[],
  drop: (name: string) => Promise<unknown>,
): Promise<void> {
  const left = [...names];
  const failures: unknown[] = [];
  const dropSome = async () => {
    for (let name = left.pop(); name; name = left.pop()) {
      await drop(name).catch((error) => failures.push(error));
    }
  };
  await Promise.all(Array.from({ length: DROPPED_AT_ONCE }, dropSome));
  if (failures.length > 0) throw failures[0];
}

/** The codes after which it may be dropped in the end, and for how many milliseconds to wait. */
const pauses = new Map([
  ["42809", 0], // a template database
  ["55006", 100], // used by prepared transactions, a subscription, a replication slot, a new session
  ["42501", 250], // autovacuum is at work, and only a superuser may end it: it ends by itself
]);

/** The statements that release a database. A subscription's slot is another server's. */
const releasing = `
  SELECT format('ROLLBACK PREPARED %L', gid) AS statement
  FROM pg_prepared_xacts WHERE database = current_database()
  UNION ALL
  SELECT format('SELECT pg_terminate_backend(%s)', active_pid)
  FROM pg_replication_slots WHERE database = current_database() AND active_pid IS NOT NULL
  UNION ALL
  SELECT format(statement, subname)
  FROM pg_subscription, unnest(ARRAY['ALTER SUBSCRIPTION %I DISABLE',
    'ALTER SUBSCRIPTION %I SET (slot_name = NONE)', 'DROP SUBSCRIPTION %I']) AS statement
  WHERE subdbid = (SELECT oid FROM pg_database WHERE datname = current_database())`;

/** Nothing where a pooler has led to another database than the one that was named. */
const ownerAsRole = (name: string) => `
  SELECT format('SET ROLE %I', pg_get_userbyid(datdba)) AS statement
  FROM pg_database WHERE datname = current_database() AND datname = ${quoteLiteral(name)}`;

async function release(db: Database, name: string, openIn?: OpenIn): Promise<void> {
  const settings = "IS_TEMPLATE false ALLOW_CONNECTIONS true CONNECTION LIMIT -1";
  await db.query(`ALTER DATABASE ${quoteIdentifier(name)} ${settings}`);
  if (!openIn) return;
  const inside = await openIn(name);
  try {
    // A step may have put functions of its own before the server's. Only its role may end a prepared transaction.
    await inside.query("SET search_path TO pg_catalog");
    const { rows } = await inside.query(ownerAsRole(name));
    if (!rows[0]) return;
    await inside.query(String(rows[0].statement));
    for (const { statement } of (await inside.query(releasing)).rows) {
      await inside.query(String(statement)).catch(() => {});
    }
  } finally {
    await inside.close();
  }
}

/** Quotes a name for SQL. */
export function quoteIdentifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** Writes a text as an SQL literal, for statements that take no parameters. */
export function quoteLiteral(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
