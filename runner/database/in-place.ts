import type { Database } from "../../drivers/driver.ts";
import { Failure } from "../common/failure.ts";
import { unmarkedTables } from "../connection/own-tables.ts";

/**
 * Makes sure that a run in the given database replaces nothing but what the guide made.
 * @throws Failure of kind "database" that names the first table which stands in the way
 */
export async function refuseForeignTables(db: Database, tables: readonly string[]): Promise<void> {
  const [foreign] = await unmarkedTables(db, tables);
  if (foreign === undefined) return;
  throw new Failure(
    "database",
    `There is a table named ${foreign} that this guide did not make, so nothing was run. Rename it, use another database, or leave out --in-place.`,
  );
}
