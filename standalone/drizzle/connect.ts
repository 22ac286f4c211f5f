import "dotenv/config";
import { drizzle } from "drizzle-orm/node-postgres";

const url = process.env.DATABASE_URL;
if (!url) throw new Error("DATABASE_URL is not set: put it into .env.");

// pg, which Drizzle uses, verifies the certificate for "require" too, but warns that this will change.
const connectionString = url.replace("sslmode=require", "sslmode=verify-full");

/** Drizzle connects with the first query. */
export function connect() {
  return drizzle(connectionString);
}
