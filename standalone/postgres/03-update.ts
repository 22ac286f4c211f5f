import { connect } from "./connect.ts";

const sql = connect();

try {
  // #region update
  const { count } = await sql`UPDATE books SET in_stock = ${true} WHERE title = ${"Dune"}`;
  // #endregion
  console.log("Connection established"); // postgres.js connects with the first query

  // For PostgreSQL, an update that changes no row is not an error.
  if (count === 0) throw new Error("There is no book titled 'Dune'. Run 01-create first.");
  console.log("Updated stock status for 'Dune'.");
} finally {
  await sql.end();
}
