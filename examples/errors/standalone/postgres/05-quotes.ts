import postgres from "postgres";
import { connect } from "./connect.ts";

const evil = "x'; DELETE FROM library_notes; --";
const sql = connect();

try {
  try {
    await sql.unsafe("SELECT 'O'Brien'"); // unsafe sends a text as it is
  } catch (error) {
    if (!(error instanceof postgres.PostgresError)) throw error;
    console.log(`Pasted: ${error.code}, a syntax error.`);
  }

  // #region parameter
  const [row] = await sql`SELECT ${"O'Brien"} AS name`;
  // #endregion
  console.log(`As a parameter: ${row?.name}.`);

  const rolledBack = new Error("ROLLBACK");
  await sql
    .begin(async (sql) => {
      await sql.unsafe(`SELECT fee FROM library_members WHERE name = '${evil}'`);
      const { count } = await sql`SELECT FROM library_notes`;
      console.log(`After a pasted name, there are ${count} notes.`);
      throw rolledBack;
    })
    .catch((error) => {
      if (error !== rolledBack) throw error;
    });

  await sql`SELECT fee FROM library_members WHERE name = ${evil}`;
  const { count } = await sql`SELECT FROM library_notes`;
  console.log(`After the same name as a parameter, there are ${count}.`);
} finally {
  await sql.end();
}
