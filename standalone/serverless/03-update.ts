import { connect } from "./connect.ts";

const client = await connect();

try {
  console.log("Connection established");

  const { rowCount } = await client.query("UPDATE books SET in_stock = $1 WHERE title = $2", [
    true,
    "Dune",
  ]);
  // For PostgreSQL, an update that changes no row is not an error.
  if (rowCount === 0) throw new Error("There is no book titled 'Dune'. Run 01-create first.");
  console.log("Updated stock status for 'Dune'.");
} finally {
  await client.end();
}
