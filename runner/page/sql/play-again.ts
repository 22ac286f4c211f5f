import { withDatabase } from "../../connection/connection-uri.ts";
import { openPool } from "../../database/pool.ts";
import { dropScratch, quoteIdentifier, scratchName } from "../../database/scratch.ts";
import { thisProcess } from "../../workspace/workspace.ts";
import { openDoubts } from "./doubts.ts";
import { type Display, formatResults } from "./psql-format.ts";
import { sendBlock } from "./send-block.ts";
import type { SqlResult } from "./sql-result.ts";
import { openSqlSession } from "./sql-session.ts";

/** What psql has set at the start of a page. */
export const plainDisplay: Display = { expanded: false, nullText: "" };

/** What two runs of the same block printed, with one driver each. */
export interface TwoRuns {
  readonly pg: readonly SqlResult[];
  readonly postgres: readonly SqlResult[];
}

/**
 * Tell apart what differs with the driver from what differs from run to run: plays the page again, in
 * fresh databases.
 * @param blocks of the page so far. The last one is the one that differs
 */
export async function differsByDriver(
  url: string,
  blocks: readonly string[],
  first: TwoRuns,
  timeout: number,
): Promise<boolean> {
  for (const driver of ["pg", "postgres"] as const) {
    const again = await playAgain(driver, url, blocks, timeout);
    const [now, before] = [again, first[driver]].map((one) => formatResults(one, plainDisplay));
    if (now !== before) return false;
  }
  return true;
}

/**
 * Play the blocks of a page in a fresh database.
 * @returns the results of the last one
 */
export async function playAgain(
  driver: "pg" | "postgres",
  url: string,
  blocks: readonly string[],
  timeout: number,
): Promise<readonly SqlResult[]> {
  const pool = openPool(url);
  const name = scratchName("again", thisProcess());
  try {
    await pool.withConnection((db) =>
      db.query(`CREATE DATABASE ${quoteIdentifier(name)} TEMPLATE template0`),
    );
    const session = await openSqlSession(driver, withDatabase(url, name), {
      statementTimeout: timeout,
    });
    try {
      let results: readonly SqlResult[] = [];
      for (const sql of blocks) {
        const played = await sendBlock(sql, plainDisplay, openDoubts(), false, async () => session);
        results = played.results;
      }
      return results;
    } finally {
      await session.close();
    }
  } finally {
    await pool.withConnection((db) => dropScratch(db, name, pool.openIn));
    await pool.close();
  }
}
