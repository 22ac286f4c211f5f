import { Socket } from "node:net";
import pg from "pg";
import type { ConnectionSettings } from "./connection/connection-string.ts";
import { type Answer, openDatabase } from "./database.ts";
import type { Database } from "./driver.ts";
import { parsers } from "./values.ts";

/** node-postgres in its callback style. Each callback becomes a promise here, and nowhere else. */
export async function connect(settings: ConnectionSettings): Promise<Database> {
  const socket = new Socket();
  const client = new pg.Client({
    host: settings.host,
    port: settings.port,
    user: settings.user,
    // As a function: an empty string would send pg looking for ~/.pgpass.
    password: () => settings.password,
    database: settings.database,
    application_name: settings.applicationName,
    ...(settings.options && { options: settings.options }),
    ssl: settings.tls,
    enableChannelBinding: settings.tls !== false && settings.channelBinding !== "disable",
    connectionTimeoutMillis: settings.connectTimeout * 1000,
    types: { getTypeParser: (oid: number) => parsers[oid] ?? String },
    stream: () => socket,
  });

  // Without a listener for 'error', a lost connection would end the process. The statement that
  // meets the loss reports it.
  client.on("error", () => {});

  await new Promise<void>((resolve, reject) => {
    client.connect((error: Error | null) => {
      if (!error) return resolve();
      socket.destroy();
      reject(settings.password === "" ? withoutPassword(error, settings.user) : error);
    });
  });

  return openDatabase({
    send: (statement, values) =>
      new Promise<Answer>((resolve, reject) => {
        client.query(statement, values, (error, result) => {
          if (error) return reject(error);
          // Several statements in one text give several results; the last one counts.
          const last = Array.isArray(result) ? result.at(-1) : result;
          resolve({ rows: last.rows, count: last.rowCount, command: last.command });
        });
      }),

    close: () =>
      new Promise<void>((resolve, reject) => {
        client.end((error) => (error ? reject(error) : resolve()));
      }),

    destroy: () => socket.destroy(),
  });
}

/** pg does not send an empty password. The server would refuse it, and so do we. */
function withoutPassword(error: Error, user: string): Error {
  if (!error.message.includes("client password must be")) return error;
  const message = `password authentication failed for user "${user}"`;
  return Object.assign(new Error(message), { code: "28P01" });
}
