import type { Database } from "../../../drivers/driver.ts";
import { quoteLiteral } from "../../../runner/database/scratch.ts";

interface Sequence {
  /** Quoted, with its schema. */
  readonly name: string;
  readonly last: string;
  /** False if the next value is `last`, as after RESTART WITH. */
  readonly called: boolean;
}

/**
 * Remembers the sequences of a database: a value that was taken stays so after ROLLBACK, and the ids of the
 * guide's next rows would be others.
 * @returns what puts them back, by any connection to the database
 */
export async function keepSequences(db: Database): Promise<(db: Database) => Promise<void>> {
  const before = await readSequences(db);
  return async (db) => {
    const after = await readSequences(db);
    for (const { name, last, called } of before) {
      const now = after.find((one) => one.name === name);
      if (!now || (now.last === last && now.called === called)) continue;
      await db.query(`SELECT setval(${quoteLiteral(name)}, ${last}, ${called})`);
    }
  };
}

/** The view `pg_sequences` does not say what the next value of a sequence is that has not been called. */
async function readSequences(db: Database): Promise<readonly Sequence[]> {
  const { rows } = await db.query<{ readonly name: string }>(`
    SELECT name FROM pg_sequences, format('%I.%I', schemaname, sequencename) AS name
    WHERE has_sequence_privilege(name, 'SELECT') AND has_sequence_privilege(name, 'UPDATE')`);
  const queries = rows.map(
    ({ name }) =>
      `SELECT ${quoteLiteral(name)} AS name, last_value::text AS last, is_called AS called FROM ${name}`,
  );
  return queries.length > 0 ? (await db.query<Sequence>(queries.join(" UNION ALL "))).rows : [];
}
