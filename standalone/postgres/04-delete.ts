import "dotenv/config";
import postgres from "postgres";

if (!process.env.DATABASE_URL) {
  throw new Error("DATABASE_URL is not set. Copy .env.example to .env, and put it there.");
}
const url = new URL(process.env.DATABASE_URL);

// postgres.js does not know channel binding, and would ask the server about it. To verify the
// server's certificate protects as well; "require" would only encrypt.
url.searchParams.delete("channel_binding");
if (url.searchParams.get("sslmode") === "require") url.searchParams.set("sslmode", "verify-full");

const sql = postgres(url.href);

try {
  const { count } = await sql`DELETE FROM books WHERE title = ${"1984"}`;
  console.log("Connection established"); // postgres.js connects with the first query

  if (count === 0) throw new Error("There is no book titled '1984'. Run 01-create first.");
  console.log("Deleted the book '1984' from the table.");
} catch (error) {
  console.error(error);
  process.exitCode = 1;
} finally {
  await sql.end();
}
