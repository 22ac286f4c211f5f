import pg from "pg";
import type { Database } from "./driver.ts";
import { parsers, valueTexts } from "./values.ts";

/** node-postgres in its callback style. Each callback becomes a promise here, and nowhere else. */
export async function connect(url: string, options?: pg.ClientConfig): Promise<Database> {
  const client = new pg.Client({
    connectionString: url,
    types: { getTypeParser: (oid: number) => parsers[oid] ?? String }, // all other types stay text
    ...options,
  });
  // Without a listener, a lost connection would end the process. The next query reports it.
  client.on("error", () => {});

  // #region connect
  await new Promise<void>((resolve, reject) => {
    client.connect((error: Error | null) => {
      if (!error) return resolve();
      client.end(() => {}); // an open socket would keep the process running
      reject(error);
    });
  });
  // #endregion

  return {
    query: (statement, values = []) =>
      new Promise((resolve, reject) => {
        // #region query
        client.query(statement, valueTexts(values), (error, result) => {
          if (error) return reject(error);
          // Several statements in one text give several results. The last one counts.
          const last = Array.isArray(result) ? result.at(-1) : result;
          resolve({ rows: last.rows, count: last.rowCount ?? 0, command: last.command });
        });
        // #endregion
      }),
    close: () => new Promise((resolve) => client.end(() => resolve())),
  };
}
