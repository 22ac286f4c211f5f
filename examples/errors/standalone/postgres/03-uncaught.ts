import { connect } from "./connect.ts";

const sql = connect();

try {
  console.log("Before the query.");
  // #region ask
  await sql`SELECT phone FROM library_members`;
  // #endregion
  console.log("This line is never reached.");
} finally {
  await sql.end(); // after an error, too
}
