import type { Database } from "../../drivers/driver.ts";
import { isGone } from "../workspace/owner.ts";
import { quoteLiteral } from "./quote.ts";
import { dropScratch, type OpenIn } from "./scratch.ts";
import { readScratchName } from "./scratch-name.ts";

/** The comment on a scratch database: when its run last sent a heartbeat, by the server's clock. */
const comment = "Scratch database of the Neon guide, alive at ";
/** Earlier versions named the process here, after a comma. */
const ours = new RegExp(`^${comment}([^\\s,]+)(, run by \\S+)?$`);
const isoNow = `to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')`;

/** A run that has been silent for so long is dead. Runs send a heartbeat far more often. */
const DEAD_AFTER_MS = 60 * 60_000;

/** Marks the database as in use. Call it at once, and then at least every few minutes. */
export async function heartbeat(db: Database, name: string): Promise<void> {
  const values = `${quoteLiteral(name)}, ${quoteLiteral(comment)} || ${isoNow}`;
  await db.execute(`DO $$ BEGIN
    EXECUTE format('COMMENT ON DATABASE %I IS %L', ${values});
  END $$`);
}

/**
 * Drops the scratch databases of runs that are dead: ours by name and by comment, with nobody
 * connected, and silent for an hour, or run by a process of this machine that has ended. One without
 * a comment is younger than its first heartbeat, or its run died before that; where its process is
 * not known, it gets a comment now, and an hour from this moment. One that cannot be dropped is left
 * for a later run.
 */
export async function dropAbandoned(db: Database, openIn: OpenIn): Promise<void> {
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
    const known = readScratchName(name);
    const time = row.comment === null ? "" : ours.exec(String(row.comment))?.[1];
    if (!known || time === undefined) continue;
    const isDead = isGone(known.owner) || Number(row.now) - Date.parse(time) > DEAD_AFTER_MS;
    if (isDead) await dropScratch(db, name, openIn, "").catch(() => {});
    else if (time === "") await heartbeat(db, name).catch(() => {});
  }
}
