import { connect } from "./connect.ts";

const sql = connect();

try {
  // #region delete
  const { count } = await sql`DELETE FROM books WHERE title = ${"1984"}`;
  // #endregion
  console.log("Connection established"); // postgres.js connects with the first query

  if (count === 0) throw new Error("There is no book titled '1984'. Run 01-create first.");
  console.log("Deleted the book '1984' from the table.");
} finally {
  await sql.end();
}
