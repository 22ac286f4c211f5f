import type { Database } from "../../drivers/driver.ts";
import { Failure } from "../failure.ts";

/** The comment by which a step marks a table that the guide may drop. */
export const TABLE_MARK = "Made by the Neon guide";

/**
 * Makes sure that a run in the given database replaces nothing but what the guide made.
 * @throws Failure of kind "database" that names the first table which stands in the way
 */
export async function refuseForeignTables(db: Database, tables: readonly string[]): Promise<void> {
  for (const table of tables) {
    const [found] = await db.query(
      "SELECT obj_description(oid, 'pg_class') AS comment FROM pg_class WHERE oid = to_regclass($1)",
      [table],
    );
    if (!found || found.comment === TABLE_MARK) continue;
    throw new Failure(
      "database",
      `There is a table named ${table} that this guide did not make, so nothing was run. Rename it, use another database, or leave out --in-place.`,
    );
  }
}
