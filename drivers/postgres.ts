import postgres from "postgres";
import type { ConnectionSettings } from "./connection/connection-string.ts";
import { dial } from "./connection/dial.ts";
import { connectionLost } from "./connection/errors.ts";
import { type Answer, openDatabase } from "./database.ts";
import type { Database } from "./driver.ts";
import { parsers, textTypes } from "./values.ts";

type Result = postgres.RowList<postgres.Row[]>;

/** postgres.js with one connection, which is opened here and never again. */
export async function connect(settings: ConnectionSettings): Promise<Database> {
  const socket = await dial(settings);

  // postgres.js reconnects by itself where a connection is lost. Its `socket` option, which its
  // types leave out, hands it ours; asked for a second one, it gets an error instead.
  const sockets = [socket];
  const oneSocket = {
    socket: () => {
      const next = sockets.pop();
      if (!next) throw connectionLost("query");
      return next;
    },
  };

  const sql = postgres({
    host: settings.host,
    port: settings.port,
    user: settings.user,
    password: () => settings.password,
    database: settings.database,
    connection: startupParameters(settings),
    ssl: false, // the socket is encrypted already
    max: 1,
    idle_timeout: 0,
    max_lifetime: 0,
    connect_timeout: settings.connectTimeout,
    fetch_types: false,
    onnotice: () => {}, // notices would go to stdout
    types: valueTypes(),
    ...oneSocket,
  });

  const lost = new Promise<never>((_, reject) => {
    socket.once("close", () => reject(connectionLost("connect")));
  });
  try {
    // postgres.js connects with its first statement, and may miss that the socket has closed.
    await Promise.race([sql`SELECT 1`, lost]);
  } catch (error) {
    socket.destroy();
    throw error;
  }

  return openDatabase({
    send: async (statement, values) => lastResult(await sql.unsafe(statement, values)),

    close: () => sql.end(),

    destroy: () => socket.destroy(),
  });
}

function startupParameters(settings: ConnectionSettings): Record<string, string> {
  const name = { application_name: settings.applicationName };
  return settings.options ? { ...name, options: settings.options } : name;
}

/** Several statements in one text give several results; the last one counts. */
function lastResult(result: Result | Result[]): Answer {
  const last = "command" in result ? result : result.at(-1);
  return { rows: [...(last ?? [])], count: last?.count ?? null, command: last?.command ?? "" };
}

/** Reads values as `values.ts` does, and writes parameters as the text that it made of them. */
function valueTypes(): Record<string, postgres.PostgresType> {
  const oids = [...Object.keys(parsers).map(Number), ...textTypes];
  const entries = oids.map((oid): [string, postgres.PostgresType] => [
    `oid${oid}`,
    { to: oid, from: [oid], serialize: String, parse: parsers[oid] ?? String },
  ]);
  return Object.fromEntries(entries);
}
