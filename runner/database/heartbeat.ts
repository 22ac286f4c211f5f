import type { Database } from "../../drivers/driver.ts";
import { isAlive, ownProcess, ownProcessTable } from "../workspace/owner.ts";
import { quoteLiteral } from "./quote.ts";
import { dropScratch, type OpenIn } from "./scratch.ts";
import { isScratchName } from "./scratch-name.ts";

/** The comment on a scratch database: when its run last sent a heartbeat, by the server's clock, and which process that is. */
const comment = "Scratch database of the Neon guide, alive at ";
const ours = new RegExp(`^${comment}(\\S+)(?:, run by (\\w+)\\.(\\d+))?$`);
const isoNow = `to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')`;

/** A run that has been silent for so long is dead. Runs send a heartbeat far more often. */
export const DEAD_AFTER_MINUTES = 60;

/** Marks the database as in use. Call it at once, and then at least every few minutes. */
export async function heartbeat(db: Database, name: string): Promise<void> {
  const owner = ownProcess();
  await mark(db, name, owner ? `, run by ${owner}` : "");
}

async function mark(db: Database, name: string, owner: string): Promise<void> {
  const text = `${quoteLiteral(comment)} || ${isoNow} || ${quoteLiteral(owner)}`;
  const values = `${quoteLiteral(name)}, ${text}`;
  await db.execute(`DO $$ BEGIN
    EXECUTE format('COMMENT ON DATABASE %I IS %L', ${values});
  END $$`);
}

/**
 * Drops the scratch databases of runs that are dead: ours by name and by comment, with nobody
 * connected, and silent for an hour, or run by a process of this machine that has ended. One without
 * a comment is younger than its first heartbeat, or its run died before that; it gets one now, and
 * an hour from this moment. One that cannot be dropped is left for a later run.
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
    if (!isScratchName(name)) continue;
    if (row.comment === null) await mark(db, name, "").catch(() => {});
    else if (isDead(String(row.comment), Number(row.now)))
      await dropScratch(db, name, openIn, "").catch(() => {});
  }
}

/** @param now milliseconds since 1970, by the server's clock */
function isDead(text: string, now: number): boolean {
  const [, time = "", table, pid] = ours.exec(text) ?? [];
  if (table === ownProcessTable() && !isAlive(Number(pid))) return true;
  return now - Date.parse(time) > DEAD_AFTER_MINUTES * 60_000; // never, without a time
}
