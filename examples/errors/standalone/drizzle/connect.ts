import "dotenv/config";
import { DrizzleQueryError } from "drizzle-orm";
import { drizzle } from "drizzle-orm/node-postgres";
import pg from "pg";

const url = process.env.DATABASE_URL;
if (!url) throw new Error("DATABASE_URL is not set: put it into .env.");

// pg, which Drizzle uses, verifies the certificate for "require" too, but warns that this will change.
const connectionString = url.replace("sslmode=require", "sslmode=verify-full");

/**
 * What Drizzle uses is a pool of pg. It connects with the first query.
 * @param max how many connections it may open
 */
export function connect(max = 10) {
  return drizzle({ connection: { connectionString, max } });
}

/** Drizzle's error says which query failed. Its cause is PostgreSQL's error, with the code. */
export function codeOf(error: unknown): string {
  const cause = error instanceof DrizzleQueryError ? error.cause : error;
  return cause instanceof pg.DatabaseError ? (cause.code ?? "") : "";
}
