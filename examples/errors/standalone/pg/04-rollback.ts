import pg from "pg";
import { connect } from "./connect.ts";

const client = await connect();
const change = "UPDATE library_members SET fee = fee + $1 WHERE name = $2";

try {
  try {
    // #region transfer
    await client.query("BEGIN");
    await client.query(change, ["15.00", "Ann"]);
    console.log("Ann has taken over 15.00.");
    await client.query(change, ["-15.00", "Ben"]);
    await client.query("COMMIT");
    // #endregion
  } catch (error) {
    await client.query("ROLLBACK");
    if (!(error instanceof pg.DatabaseError) || error.code !== "23514") throw error;
    console.log("23514: Ben's fee would be below zero. Both changes are undone.");
  }
  const { rows } = await client.query("SELECT name, fee FROM library_members ORDER BY name");
  for (const { name, fee } of rows) console.log(`${name} pays ${fee}.`);
} finally {
  await client.end();
}
