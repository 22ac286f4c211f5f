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

  const { rows } = await db.query(
    "SELECT count(*)::int AS tables FROM pg_tables WHERE schemaname = current_schema()",
  );
  console.log(\`Tables: \${rows[0]?.tables}\`);
});
`;
}

/**
 * A driver that works at once, with pg's promises.
 * @param driver where it imports the interface from
 * @param values where it imports from what all drivers read and write alike
 */
export function driverTemplate(driver: string, values: string): string {
  return `import pg from "pg";
import type { Database } from "${driver}";
import { parsers, valueTexts } from "${values}";

/** Replace pg by your library. */
export async function connect(url: string, options?: pg.ClientConfig): Promise<Database> {
  const client = new pg.Client({
    connectionString: url,
    types: { getTypeParser: (oid: number) => parsers[oid] ?? String },
    ...options,
  });
  client.on("error", () => {}); // the next query reports a lost connection
  await client.connect();

  return {
    async query(statement, values = []) {
      const { rows, rowCount, command } = await client.query(statement, valueTexts(values));
      return { rows, count: rowCount ?? 0, command };
    },
    close: () => client.end(),
  };
}
`;
}
