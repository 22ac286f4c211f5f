import { Failure } from "../common/failure.ts";
import { lostThings } from "../common/sql-in-scripts.ts";
import type { GuideServer } from "../database/guide-server.ts";

/**
 * Refuses steps that drop or change what is on the reader's server already, outside of their own database, or
 * go there, where the server would let them.
 * @param texts of the steps or a page's programs, by their files
 * @throws Failure of kind "database", and closes the server
 */
export async function refuseLost(
  server: GuideServer,
  texts: () => ReadonlyMap<string, string>,
): Promise<void> {
  if (server.kind !== "external") return;
  const things = [...texts()].flatMap(([file, text]) =>
    lostThings(text).map((thing) => ({ file, ...thing })),
  );
  if (things.length === 0 || (await server.isGuarded?.())) return;
  const { rows } = await server.withConnection((db) =>
    db.query(
      `SELECT 'database' AS kind, datname::text AS name FROM pg_database
       UNION ALL SELECT 'tablespace', spcname::text FROM pg_tablespace
       UNION ALL SELECT 'role', rolname::text FROM pg_roles
       UNION ALL SELECT 'role', unnest('{all,current_role,current_user,session_user}'::text[])`,
    ),
  );
  const lost = things.find(
    (one) =>
      one.kind === "setting" ||
      rows.some(({ kind, name }) => kind === one.kind && name === one.name),
  );
  if (!lost) return;
  await server.close();
  throw new Failure(
    "database",
    `${lost.file} drops, changes or goes to the ${lost.kind} ${lost.name}, which is on this server already. Nothing was run. If a run has left it, drop it yourself; else use another server.`,
  );
}
