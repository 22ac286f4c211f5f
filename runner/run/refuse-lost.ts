import { readFileSync } from "node:fs";
import { Failure } from "../common/failure.ts";
import type { GuideServer } from "../database/guide-server.ts";
import type { Guide } from "../guide/guide.ts";
import { lostThings } from "../guide/sql-in-scripts.ts";

/**
 * Refuses scripts that drop or change what is on the reader's server already, outside of their own database, or
 * go there.
 * @param scripts of standalone clients
 * @throws Failure of kind "database", and closes the server
 */
export async function refuseLost(
  server: GuideServer,
  { steps }: Pick<Guide, "steps">,
  scripts: readonly string[],
): Promise<void> {
  if (server.kind !== "external") return;
  for (const file of new Set([...steps.map(({ file }) => file), ...scripts])) {
    const things = lostThings(readFileSync(file, "utf8"));
    if (things.length === 0) continue;
    const { rows } = await server.withConnection((db) =>
      db.query<{ kind: string; name: string }>(
        `SELECT 'database' AS kind, datname::text AS name FROM pg_database
         UNION ALL SELECT 'role', rolname::text FROM pg_roles`,
      ),
    );
    const lost = things.find(({ kind, name }) =>
      rows.some((row) => row.kind === kind && row.name === name),
    );
    if (!lost) continue;
    await server.close();
    throw new Failure(
      "database",
      `${file} drops, changes or goes to the ${lost.kind} ${lost.name}, which is on this server already. Nothing was run. If a run has left it, drop it yourself; else use another server.`,
    );
  }
}
