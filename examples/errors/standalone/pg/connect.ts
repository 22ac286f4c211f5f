import "dotenv/config";
import pg from "pg";

const url = process.env.DATABASE_URL;
if (!url) throw new Error("DATABASE_URL is not set: put it into .env.");
// pg verifies the certificate for "require", too, but warns that this will change.
const connectionString = url.replace("sslmode=require", "sslmode=verify-full");

export async function connect() {
  const client = new pg.Client({ connectionString });
  await client.connect();
  return client;
}

/** @param max how many connections it may open */
export function openPool(max: number) {
  return new pg.Pool({ connectionString, max });
}
