import { connect } from "./connect.ts";

const client = await connect();

try {
  console.log("Connection established");

  const { rowCount } = await client.query("DELETE FROM books WHERE title = $1", ["1984"]);
  if (rowCount === 0) throw new Error("There is no book titled '1984'. Run 01-create first.");
  console.log("Deleted the book '1984' from the table.");
} finally {
  await client.end();
}
