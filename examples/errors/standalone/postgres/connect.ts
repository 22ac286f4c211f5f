import "dotenv/config";
import postgres from "postgres";

const text = process.env.DATABASE_URL;
if (!text) throw new Error("DATABASE_URL is not set: put it into .env.");
// Node.js would show the whole text, with the password.
if (!URL.canParse(text)) throw new Error("DATABASE_URL is not a URL. In a password, # is %23.");
const url = new URL(text);
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
