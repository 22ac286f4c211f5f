import pg from "pg";
import { type ConnectionAttempt, dial } from "../runner/connection/dial.ts";
import { asUnopened } from "../runner/connection/hand-over.ts";
import { openDatabase } from "./database.ts";
import type { Database } from "./driver.ts";
import { parsers } from "./values.ts";

/** node-postgres in its callback style. Each callback becomes a promise here, and nowhere else. */
export async function connect(attempt: ConnectionAttempt): Promise<Database> {
  const socket = await dial(attempt, true);
  const client = new pg.Client({
    user: attempt.user,
    password: attempt.password,
    database: attempt.database,
    application_name: attempt.applicationName,
    options: attempt.options || undefined,
    enableChannelBinding: attempt.tls !== false && attempt.channelBinding !== "disable",
    types: { getTypeParser: (oid: number) => parsers[oid] ?? String },
    stream: () => asUnopened(socket),
  });

  // Without a listener, a lost connection would end the process. The next statement reports it.
  client.on("error", () => {});

  // exercise: Connect. A callback tells how it went, and here it becomes a promise.
  // hint: new Promise((resolve, reject) => …) wraps a callback once.
  // hint: client.connect((error: Error | null) => …) calls back with an error, or with null.
  // hint: (error ? reject(error) : resolve())
  await new Promise<void>((resolve, reject) => {
    client.connect((error: Error | null) => (error ? reject(error) : resolve()));
  });
  // end

  return openDatabase({
    send: (statement, values) =>
      new Promise((resolve, reject) => {
        // exercise: Send the statement with its values, and resolve with rows, count and command.
        // hint: client.query(statement, values, (error, result) => { … }) calls back with an error, or a result.
        // hint: resolve({ rows: result.rows, count: result.rowCount, command: result.command });
        // hint: Several statements in one text give an array of results, of which the last one counts.
        client.query(statement, values, (error, result) => {
          if (error) return reject(error);
          // Several statements in one text give several results; the last one counts.
          const last = Array.isArray(result) ? result.at(-1) : result;
          resolve({ rows: last.rows, count: last.rowCount, command: last.command });
        });
        // end
      }),
    close: () => new Promise((resolve) => client.end(() => resolve())),
    destroy: () => socket.destroy(),
  });
}
