import { connect } from "./connect.ts";

const client = await connect();

try {
  console.log("Before the query.");
  // #region ask
  await client.query("SELECT phone FROM library_members");
  // #endregion
  console.log("This line is never reached.");
} finally {
  await client.end(); // after an error, too
}
