import { readFileSync } from "node:fs";
import { Failure } from "../common/failure.ts";
import type { GuideServer } from "../database/guide-server.ts";
import type { Guide } from "../guide/guide.ts";
import { lostDatabases } from "../guide/unnamed-table.ts";

/**
 * Refuses scripts that would drop or change a database that is on the reader's server already.
 * @param scripts of standalone clients
 * @throws Failure of kind "database", and closes the server
 */
export async function refuseLostDatabases(
  server: GuideServer,
  { steps }: Pick<Guide, "steps">,
  scripts: readonly string[],
): Promise<void> {
  if (server.kind !== "external") return;
  for (const file of new Set([...steps.map(({ file }) => file), ...scripts])) {
    const names = lostDatabases(readFileSync(file, "utf8"));
    if (names.length === 0) continue;
    const { rows } = await server.withConnection((db) =>
      db.query("SELECT datname FROM pg_database WHERE datname = ANY($1::text[])", [names]),
    );
    const [found] = rows;
    if (!found) continue;
    await server.close();
    throw new Failure(
      "database",
      `${file} drops or changes the database ${found.datname}, which is on this server already. Nothing was run. If a run has left it, drop it yourself; else use another server.`,
    );
  }
}
