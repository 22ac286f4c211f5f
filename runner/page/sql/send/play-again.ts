import type { ClientDatabase } from "../../../database/guide-server.ts";
import { openDoubts } from "../explain/doubts.ts";
import type { Display } from "../print/psql-format.ts";
import type { PsqlInput, SqlResult } from "../sql-result.ts";
import { openPsqlClient } from "./psql-client.ts";
import { openSqlSession } from "./sql-session.ts";

/** What psql has set at the start of a page. */
export const plainDisplay: Display = { expanded: false, nullText: "" };

/**
 * Play the blocks of a page in a database that begins as a client's did.
 * @param open makes the database
 * @param timeout milliseconds for each statement
 * @returns the results of the last one
 * @throws Failure of kind "database" where the database cannot be made
 */
export async function playAgain(
  driver: "pg" | "postgres",
  open: () => Promise<Pick<ClientDatabase, "url" | "close">>,
  blocks: readonly PsqlInput[],
  timeout: number,
): Promise<readonly SqlResult[]> {
  const database = await open();
  try {
    const open = () => openSqlSession(driver, database.url, { statementTimeout: timeout });
    const psql = openPsqlClient(open, plainDisplay, false);
    try {
      let results: readonly SqlResult[] = [];
      for (const [index, block] of blocks.entries()) {
        const below = blocks.slice(index + 1).map(({ sql }) => sql);
        ({ results } = await psql.send(block, openDoubts(), below));
      }
      return results;
    } finally {
      await psql.close();
    }
  } finally {
    await database.close();
  }
}
