import type { Database } from "../../drivers/driver.ts";
import { quoteIdentifier, quoteLiteral } from "./quote.ts";
import { isScratchName } from "./scratch-name.ts";

/** The comment on a scratch database: when its run last sent a heartbeat, by the server's clock. */
const comment = "Scratch database of the Neon guide, alive at ";
const isoNow = `to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')`;

/** A run that has been silent for so long is dead. Runs send a heartbeat far more often. */
export const DEAD_AFTER_MINUTES = 60;

/** Marks the database as in use. Call it at once, and then at least every few minutes. */
export async function heartbeat(db: Database, name: string): Promise<void> {
  const values = `${quoteLiteral(name)}, ${quoteLiteral(comment)} || ${isoNow}`;
  await db.execute(`DO $$ BEGIN
    EXECUTE format('COMMENT ON DATABASE %I IS %L', ${values});
  END $$`);
}

/**
 * Drops the scratch databases of runs that are dead: ours by name and by comment, silent for an
 * hour, and with nobody connected. One without a comment is younger than its first heartbeat, or
 * its run died before that; it gets one now, and an hour from this moment. One that cannot be
 * dropped is left for a later run.
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
  for (const row of databases) {
    const name = String(row.name);
    if (!isScratchName(name)) continue;
    if (row.comment === null) await heartbeat(db, name).catch(() => {});
    else if (Number(row.now) - lastHeartbeat(row.comment) > DEAD_AFTER_MINUTES * 60_000)
      await db.execute(`DROP DATABASE IF EXISTS ${quoteIdentifier(name)}`).catch(() => {});
  }
}

/** @returns milliseconds since 1970; NaN, which is never old, for a comment that is not ours */
function lastHeartbeat(text: unknown): number {
  const isOurs = typeof text === "string" && text.startsWith(comment);
  return isOurs ? Date.parse(text.slice(comment.length)) : Number.NaN;
}
