import pg from "pg";
import { connect } from "./connect.ts";

const evil = "x'; DELETE FROM library_notes; --";
const client = await connect();
const notes = async () => (await client.query("SELECT FROM library_notes")).rowCount;

try {
  try {
    await client.query("SELECT 'O'Brien'");
  } catch (error) {
    if (!(error instanceof pg.DatabaseError)) throw error;
    console.log(`Pasted: ${error.code}, a syntax error.`);
  }

  // #region parameter
  const {
    rows: [row],
  } = await client.query("SELECT $1 AS name", ["O'Brien"]);
  // #endregion
  console.log(`As a parameter: ${row.name}.`);

  await client.query("BEGIN");
  await client.query(`SELECT fee FROM library_members WHERE name = '${evil}'`);
  console.log(`After a pasted name, there are ${await notes()} notes.`);
  await client.query("ROLLBACK");

  await client.query("SELECT fee FROM library_members WHERE name = $1", [evil]);
  console.log(`After the same name as a parameter, there are ${await notes()}.`);
} finally {
  await client.end();
}
