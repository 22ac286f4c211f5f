import type { Database } from "../../../drivers/driver.ts";
import { quoteIdentifier, quoteLiteral } from "../../../runner/database/scratch.ts";

interface Sequence {
  readonly name: string;
  /** Null if it was never used. */
  readonly last: string | null;
  readonly start: string;
}

/**
 * Remembers the sequences of a database: a value that was taken stays so after ROLLBACK, and the ids of the
 * guide's next rows would be others.
 * @returns what puts them back, by any connection to the database
 */
export async function keepSequences(db: Database): Promise<(db: Database) => Promise<void>> {
  const before = await readSequences(db);
  return async (db) => {
    for (const { name, last } of await readSequences(db)) {
      const was = before.find((one) => one.name === name);
      if (!was || was.last === last) continue;
      const value = was.last === null ? `${was.start}, false` : `${was.last}, true`;
      await db.query(`SELECT setval(${quoteLiteral(name)}, ${value})`);
    }
  };
}

async function readSequences(db: Database): Promise<Sequence[]> {
  const { rows } = await db.query<Record<string, unknown>>(
    "SELECT schemaname, sequencename, last_value, start_value FROM pg_sequences",
  );
  return rows.map((row) => ({
    name: `${quoteIdentifier(String(row.schemaname))}.${quoteIdentifier(String(row.sequencename))}`,
    last: row.last_value === null ? null : String(row.last_value),
    start: String(row.start_value),
  }));
}
