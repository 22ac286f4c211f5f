import "dotenv/config";
import pg from "pg";

const url = process.env.DATABASE_URL;
if (!url) throw new Error("DATABASE_URL is not set: put it into .env.");
// pg verifies the certificate for "require", too, but warns that this will change.
const connectionString = url.replace("sslmode=require", "sslmode=verify-full");
const client = new pg.Client({ connectionString });

try {
  await client.connect();
  console.log("Connection established");

  // #region delete
  const { rowCount } = await client.query("DELETE FROM books WHERE title = $1", ["1984"]);
  // #endregion
  if (rowCount === 0) throw new Error("There is no book titled '1984'. Run 01-create first.");
  console.log("Deleted the book '1984' from the table.");
} finally {
  await client.end();
}
