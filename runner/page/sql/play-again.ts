import type { ClientDatabase } from "../../database/guide-server.ts";
import { openDoubts } from "./doubts.ts";
import type { Display } from "./psql-format.ts";
import { sendBlock } from "./send-block.ts";
import type { SqlResult } from "./sql-result.ts";
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
  blocks: readonly string[],
  timeout: number,
): Promise<readonly SqlResult[]> {
  const database = await open();
  try {
    const session = await openSqlSession(driver, database.url, { statementTimeout: timeout });
    try {
      let results: readonly SqlResult[] = [];
      let display = plainDisplay;
      for (const sql of blocks) {
        const connect = async () => session;
        ({ results, display } = await sendBlock(sql, display, openDoubts(), false, connect));
      }
      return results;
    } finally {
      await session.close();
    }
  } finally {
    await database.close();
  }
}
