/**
 * A step that works at once.
 * @param title for people, such as "Sort data"
 * @param module where the step imports from
 */
export function stepTemplate(title: string, module: string): string {
  return `/*
# ${title}

Say in a few sentences what this step is about.

The code

- connects to the database;
- counts the tables in its schema.
*/
import { step } from "${module}";

await step(async (db) => {
  console.log("Connection established");

  const [row] = await db.query(
    "SELECT count(*)::int AS tables FROM pg_tables WHERE schemaname = current_schema()",
  );
  console.log(\`Tables: \${row?.tables}\`);
});
`;
}

/**
 * A driver that works at once, with pg's promises.
 * @param module where it imports from what drivers share
 */
export function driverTemplate(module: string): string {
  return `import pg from "pg";
import {
  asUnopened,
  type ConnectionAttempt,
  type Database,
  dial,
  openDatabase,
  parsers,
} from "${module}";

/** Replace pg by your library. What every driver shares is in \`openDatabase\`. */
export async function connect(attempt: ConnectionAttempt): Promise<Database> {
  const { user, password, database } = attempt;
  const socket = await dial(attempt);
  const types = { getTypeParser: (oid: number) => parsers[oid] ?? String };
  const client = new pg.Client({ user, password, database, types, stream: asUnopened(socket) });
  client.on("error", () => {});
  await client.connect();

  return openDatabase({
    async send(statement, values) {
      const { rows, rowCount, command } = await client.query(statement, values);
      return { rows, count: rowCount, command };
    },
    close: () => client.end(),
    destroy: () => socket.destroy(),
  });
}
`;
}
