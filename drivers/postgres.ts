import postgres from "postgres";
import type { Database } from "./driver.ts";
import { postgresTypes, valueTexts } from "./values.ts";

/** postgres.js with one connection, which is opened here and never again. */
export async function connect(
  url: string,
  options?: postgres.Options<Record<string, postgres.PostgresType>>,
): Promise<Database> {
  let isLost = false;
  // #region connect
  const sql = postgres(url, {
    max: 1, // one connection: by default, postgres.js opens up to ten
    max_lifetime: null, // by default, it replaces a connection after 30 to 60 minutes
    fetch_types: false, // it would query the types of arrays first
    onnotice: () => {}, // it would print notices
    onclose: () => {
      isLost = true;
    },
    types: postgresTypes,
    ...options,
  });
  await sql`SELECT 1`; // it connects with its first query
  // #endregion

  return {
    async query<Row extends object>(statement: string, values = []) {
      // It would connect again, and the rest of a transaction would run outside of it.
      if (isLost) throw new Error("Connection terminated");
      // #region query
      // The statement is complete already. An application would write sql`… ${value} …`.
      const answer = await sql.unsafe<Row[]>(statement, valueTexts(values));
      if (!Array.isArray(answer)) throw refuseCopy(answer);
      // Several statements in one text give several results. The last one counts.
      const results: postgres.RowList<Row[]>[] = "command" in answer ? [answer] : answer;
      const last = results.at(-1) ?? answer;
      return { rows: [...last], count: last.count ?? 0, command: last.command };
      // #endregion
    },
    close: () => sql.end({ timeout: 1 }), // seconds: it would wait for a query that was cut off
  };
}

/** The answer to COPY is a stream. Its error would end the process if nothing listened. */
function refuseCopy(stream: NodeJS.EventEmitter): Error {
  stream.on("error", () => {});
  return new Error("COPY needs a stream");
}
