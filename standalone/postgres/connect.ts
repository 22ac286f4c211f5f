import "dotenv/config";
import postgres from "postgres";

if (!process.env.DATABASE_URL) throw new Error("DATABASE_URL is not set: put it into .env.");
const url = new URL(process.env.DATABASE_URL);
url.searchParams.delete("channel_binding"); // postgres.js would send it to the server as a setting
// "require" would encrypt, but trust any server.
if (url.searchParams.get("sslmode") === "require") url.searchParams.set("sslmode", "verify-full");

/** postgres.js connects with the first query. */
export function connect() {
  return postgres(url.href, { onnotice: () => {} }); // notices would be printed
}
