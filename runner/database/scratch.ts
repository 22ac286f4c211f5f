import { DatabaseError } from "../../drivers/connection/errors.ts";
import type { Database } from "../../drivers/driver.ts";
import { Failure } from "../failure.ts";
import { quoteIdentifier, quoteLiteral } from "./quote.ts";
import { readScratchName, scratchName } from "./scratch-name.ts";

/** The comment on a scratch database: the last time that its run sent a heartbeat. */
const comment = "Scratch database of the Neon guide, alive at ";
const isoNow = `to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')`;

/** A run that has been silent for so long is dead. Runs send a heartbeat far more often. */
export const DEAD_AFTER_MINUTES = 60;

/**
 * Creates a database for one driver, empty, from the server's own pristine template.
 * @returns its name
 * @throws Failure of kind "database" where the role may not create databases
 */
export async function createScratch(
  db: Database,
  driver: string,
  name = scratchName(driver, Date.now()),
): Promise<string> {
  try {
    await db.execute(`CREATE DATABASE ${quoteIdentifier(name)} TEMPLATE template0`);
  } catch (error) {
    if (!(error instanceof DatabaseError) || error.code !== "42501") throw error;
    throw new Failure(
      "database",
      "The role in DATABASE_URL may not create databases, and the guide runs in scratch databases of its own. Use a role with CREATEDB, or --in-place to run in the given database itself.",
    );
  }
  return name;
}

/** Marks the database as in use. Call it at once, and then at least every few minutes. */
export async function heartbeat(db: Database, name: string): Promise<void> {
  const values = `${quoteLiteral(name)}, ${quoteLiteral(comment)} || ${isoNow}`;
  await db.execute(`DO $$ BEGIN
    EXECUTE format('COMMENT ON DATABASE %I IS %L', ${values});
  END $$`);
}

/** Drops a scratch database, and whatever still uses it. */
export async function dropScratch(db: Database, name: string): Promise<void> {
  await db.execute(`DROP DATABASE IF EXISTS ${quoteIdentifier(name)} WITH (FORCE)`);
}

/**
 * Drops the scratch databases of runs that are dead: ours by name and by comment, silent for an
 * hour, and with nobody connected. One that cannot be dropped is left for a later run.
 */
export async function dropAbandoned(db: Database): Promise<void> {
  const databases = await db.query(`
    SELECT datname AS name, shobj_description(oid, 'pg_database') AS comment,
           extract(epoch FROM now())::float8 * 1000 AS now
    FROM pg_database d
    WHERE datname LIKE 'guide\\_scratch\\_%'
      AND pg_has_role(datdba, 'USAGE')
      AND NOT EXISTS (SELECT FROM pg_stat_activity a WHERE a.datid = d.oid)
  `);
  for (const { name, comment, now } of databases) {
    const alive = lastHeartbeat(String(name), comment);
    if (alive === undefined || Number(now) - alive < DEAD_AFTER_MINUTES * 60_000) continue;
    await db.execute(`DROP DATABASE IF EXISTS ${quoteIdentifier(String(name))}`).catch(() => {});
  }
}

/** Without a comment, its run died in the moment between creating and commenting. */
function lastHeartbeat(name: string, text: unknown): number | undefined {
  const made = readScratchName(name);
  if (made === undefined || text === null) return made;
  if (typeof text !== "string" || !text.startsWith(comment)) return undefined;
  const alive = Date.parse(text.slice(comment.length));
  return Number.isNaN(alive) ? undefined : alive;
}
