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

/** postgres.js connects with the first query. */
export function connect() {
  return postgres(url.href, { onnotice: () => {} }); // notices would be printed
}
