import type { Database } from "../../drivers/driver.ts";
import { type Lost, lostThings } from "../common/sql-in-scripts.ts";

interface LostIn extends Lost {
  /** The file that has it. */
  readonly file: string;
}

/** @param texts scripts, by their files */
export function lostIn(texts: Iterable<readonly [file: string, text: string]>): LostIn[] {
  return [...texts].flatMap(([file, text]) =>
    lostThings(text).map((thing) => ({ file, ...thing })),
  );
}

/**
 * Looks for what scripts drop, change or go to, outside of their own database, among what the server has.
 * @param isInside true if they may use the database of the connection
 * @returns why nothing may run, in sentences; undefined if the server has none of it
 */
export async function whyLost(
  db: Database,
  things: readonly LostIn[],
  isInside = false,
): Promise<string | undefined> {
  if (things.length === 0) return undefined;
  const { rows } = await db.query(
    `SELECT 'database' AS kind, datname::text AS name FROM pg_database
       WHERE NOT ($1 AND datname = current_database())
     UNION ALL SELECT 'tablespace', spcname::text FROM pg_tablespace
     UNION ALL SELECT 'role', rolname::text FROM pg_roles
     UNION ALL SELECT 'role', unnest('{all,current_role,current_user,session_user}'::text[])`,
    [isInside],
  );
  const lost = things.find(
    (one) =>
      one.kind === "setting" ||
      rows.some(({ kind, name }) => kind === one.kind && name === one.name),
  );
  return (
    lost &&
    `${lost.file} drops, changes or goes to the ${lost.kind} ${lost.name}, which is on this server already. Nothing was run. If a run has left it, drop it yourself; else use another server.`
  );
}
