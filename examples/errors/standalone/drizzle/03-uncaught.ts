import { sql } from "drizzle-orm";
import { connect } from "./connect.ts";

const db = connect();

try {
  console.log("Before the query.");
  // #region ask
  await db.execute(sql`SELECT phone FROM library_members`); // Drizzle's types would refuse members.phone
  // #endregion
  console.log("This line is never reached.");
} finally {
  await db.$client.end(); // after an error, too
}
