import "dotenv/config";
import postgres from "postgres";

if (!process.env.DATABASE_URL) throw new Error("DATABASE_URL is not set: put it into .env.");
const url = new URL(process.env.DATABASE_URL);
url.searchParams.delete("channel_binding"); // postgres.js would send it to the server as a setting
// "require" would encrypt, but trust any server.
if (url.searchParams.get("sslmode") === "require") url.searchParams.set("sslmode", "verify-full");

/**
 * What postgres.js gives is a pool. It connects with the first query.
 * @param max how many connections it may open
 */
export function connect(max = 10) {
  return postgres(url.href, { max, onnotice: () => {} }); // notices would be printed
}
