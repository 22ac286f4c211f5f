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

  // #region update
  const { rowCount } = await client.query("UPDATE books SET in_stock = $1 WHERE title = $2", [
    true,
    "Dune",
  ]);
  // #endregion
  // For PostgreSQL, an update that changes no row is not an error.
  if (rowCount === 0) throw new Error("There is no book titled 'Dune'. Run 01-create first.");
  console.log("Updated stock status for 'Dune'.");
} finally {
  await client.end();
}
