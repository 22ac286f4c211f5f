import "dotenv/config";
import postgres from "postgres";

if (!process.env.DATABASE_URL) throw new Error("DATABASE_URL is not set: put it into .env.");
const url = new URL(process.env.DATABASE_URL);
url.searchParams.delete("channel_binding"); // postgres.js would send it to the server as a setting
// "require" would encrypt, but trust any server.
if (url.searchParams.get("sslmode") === "require") url.searchParams.set("sslmode", "verify-full");
const sql = postgres(url.href);

try {
  // #region update
  const { count } = await sql`UPDATE books SET in_stock = ${true} WHERE title = ${"Dune"}`;
  // #endregion
  console.log("Connection established"); // postgres.js connects with the first query

  // An update that finds no row is no error to PostgreSQL.
  if (count === 0) throw new Error("There is no book titled 'Dune'. Run 01-create first.");
  console.log("Updated stock status for 'Dune'.");
} finally {
  await sql.end();
}
