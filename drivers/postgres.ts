import postgres from "postgres";
import { type ConnectionAttempt, dial } from "../runner/connection/dial.ts";
import { onlyOnce, unlessClosed } from "../runner/connection/hand-over.ts";
import { type Answer, openDatabase } from "./database.ts";
import type { Database } from "./driver.ts";
import { postgresTypes } from "./values.ts";

/** postgres.js with one connection, which is opened here and never again. */
export async function connect(attempt: ConnectionAttempt): Promise<Database> {
  const socket = await dial(attempt);
  // exercise: Make sql: postgres.js with the attempt's user and database, and one connection, this socket.
  // hint: postgres({ user, password, database, … }) takes what the attempt has.
  // hint: max: 1 is one connection: by default it is a pool of ten.
  // hint: fetch_types: false, and onnotice: () => {}: nothing is asked or printed that we did not want.
  // hint: types: postgresTypes reads the values as pg does; ...onlyOnce(socket) hands over the socket.
  const sql = postgres({
    user: attempt.user,
    password: attempt.password,
    database: attempt.database,
    connection: { application_name: attempt.applicationName, options: attempt.options },
    max: 1, // one connection: by default it is a pool of ten
    idle_timeout: 0,
    max_lifetime: 0,
    connect_timeout: 0, // the attempt has one
    fetch_types: false, // a query of its own, for the types of arrays
    onnotice: () => {}, // notices would go to stdout
    types: postgresTypes,
    ...onlyOnce(socket),
  });
  // end

  // postgres.js connects with its first statement.
  await unlessClosed(socket, sql`SELECT 1`);

  return openDatabase({
    // The statement is whole already; in an application it would be sql`… ${value} …`.
    send: async <Shape extends object>(statement: string, values: (string | null)[]) =>
      answerOf(await sql.unsafe<Shape[]>(statement, values)),
    close: () => sql.end(),
    destroy: () => socket.destroy(),
  });
}

/** Several statements in one text give several results; the last one counts. */
function answerOf<Shape extends object>(result: Results<Shape> | Results<Shape>[]): Answer<Shape> {
  // exercise: Make the answer of a result: rows, count and command. Of several results, the last one counts.
  // hint: One result is a list with properties: "command" in result.
  // hint: Several are a plain list: result.at(-1)
  // hint: return { rows: …, count: …, command: … }; without a last one: no rows, null and "".
  const last = "command" in result ? result : result.at(-1);
  return { rows: last ?? [], count: last?.count ?? null, command: last?.command ?? "" };
  // end
}

type Results<Shape extends object> = postgres.RowList<Shape[]>;
