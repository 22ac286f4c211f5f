import postgres from "postgres";
import { connect } from "./connect.ts";

const sql = connect();

try {
  try {
    // #region transfer
    await sql.begin(async (sql) => {
      await sql`UPDATE library_members SET fee = fee + 15.00 WHERE name = 'Ann'`;
      console.log("Ann has taken over 15.00.");
      await sql`UPDATE library_members SET fee = fee - 15.00 WHERE name = 'Ben'`;
    });
    // #endregion
  } catch (error) {
    if (!(error instanceof postgres.PostgresError) || error.code !== "23514") throw error;
    console.log("23514: Ben's fee would be below zero. Both changes are undone.");
  }
  const rows = await sql`SELECT name, fee FROM library_members ORDER BY name`;
  for (const { name, fee } of rows) console.log(`${name} pays ${fee}.`);
} finally {
  await sql.end();
}
