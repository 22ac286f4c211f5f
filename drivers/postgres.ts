import postgres from "postgres";
import type { Database } from "./driver.ts";
import { postgresTypes, valueTexts } from "./values.ts";

/**
 * postgres.js with one connection, which is opened here and never again.
 * @param url without `channel_binding` and `sslmode=require`, which postgres.js reads in a way of its own:
 *   see standalone/postgres/connect.ts
 */
export async function connect(
  url: string,
  options?: postgres.Options<Record<string, postgres.PostgresType>>,
): Promise<Database> {
  let isLost = false;
  // #region connect
  const sql = postgres(url, {
    max: 1, // one connection: by default, postgres.js opens up to ten
    max_lifetime: null, // by default, postgres.js replaces a connection after 30 to 60 minutes
    fetch_types: false, // a query of its own, for the types of arrays
    onnotice: () => {}, // notices would be printed
    onclose: () => {
      isLost = true;
    },
    types: postgresTypes,
    ...options,
  });
  await sql`SELECT 1`; // postgres.js connects with its first query
  // #endregion

  return {
    async query<Row extends object>(statement: string, values = []) {
      // postgres.js would connect again, and the rest of a transaction would run outside of it.
      if (isLost) throw new Error("Connection terminated");
      // #region query
      // The statement is complete already. An application would write sql`… ${value} …`.
      const answer = await sql.unsafe<Row[]>(statement, valueTexts(values)).values();
      if (!Array.isArray(answer)) throw refuseCopy(answer);
      // One result has a command. A list of results, for several statements that return rows, has none.
      const results: (typeof answer)[] = "command" in answer ? [answer] : answer;
      const last = results.at(-1) ?? answer;
      // The library's own objects would lose a column named __proto__.
      const rows = last.map(
        (row: unknown[]): Row =>
          Object.fromEntries(row.map((value, at) => [last.columns[at]?.name, value])),
      );
      const command = last.command?.replace(/ .*/, ""); // CREATE of CREATE TABLE, as pg has it
      return { rows, count: last.count ?? 0, command };
      // #endregion
    },
    close: () => sql.end({ timeout: 1 }), // seconds to wait for a query that is running
  };
}

/** The answer to COPY is a stream. Its error would end the process if nothing listened. */
function refuseCopy(stream: NodeJS.EventEmitter & { destroy(): void }): Error {
  stream.on("error", () => {}).destroy();
  return new Error("COPY needs a stream");
}
