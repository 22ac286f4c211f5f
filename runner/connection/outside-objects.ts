import type { Database } from "../../drivers/driver.ts";
import { type OutsideObject, outsideObjectsIn } from "../common/sql-in-scripts.ts";

interface FoundObject extends OutsideObject {
  /** The file that has it. */
  readonly file: string;
}

/** @param texts scripts, by their files */
export function findOutsideObjects(
  texts: Iterable<readonly [file: string, text: string]>,
): FoundObject[] {
  return [...texts].flatMap(([file, text]) =>
    outsideObjectsIn(text).map((object) => ({ file, ...object })),
  );
}

/**
 * Looks for what scripts would change or connect to, outside of their own database, among what the server has.
 * @param mayUseOwn true if they may use the database of the connection
 * @returns why nothing may run, in sentences; undefined if the server has none of it
 */
export async function whyNotToRun(
  db: Database,
  objects: readonly FoundObject[],
  mayUseOwn = false,
): Promise<string | undefined> {
  if (objects.length === 0) return undefined;
  const { rows } = await db.query(
    `SELECT 'database' AS kind, datname::text AS name FROM pg_database
       WHERE NOT ($1 AND datname = current_database())
     UNION ALL SELECT 'tablespace', spcname::text FROM pg_tablespace
     UNION ALL SELECT 'role', rolname::text FROM pg_roles
     UNION ALL SELECT 'role', unnest('{all,current_role,current_user,session_user}'::text[])`,
    [mayUseOwn],
  );
  const found = objects.find(
    (one) =>
      one.kind === "setting" ||
      rows.some(({ kind, name }) => kind === one.kind && name === one.name),
  );
  return found && refusalOf(found);
}

function refusalOf({ file, kind, name }: FoundObject): string {
  if (kind === "setting")
    return `${file} would change this server's setting ${name}, so nothing was run. Use another server.`;
  const use = kind === "database" ? "change or connect to" : "change";
  return `${file} would ${use} the ${kind} ${name}, which already exists on this server, so nothing was run. If an earlier run left it, drop it; otherwise use another server.`;
}
