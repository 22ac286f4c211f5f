import "dotenv/config";
import { drizzle } from "drizzle-orm/node-postgres";
import { books } from "./schema.ts";

const url = process.env.DATABASE_URL;
if (!url) throw new Error("DATABASE_URL is not set. Copy .env.example to .env, and put it there.");

// Drizzle works on pg here. pg verifies the server's certificate for "require", too, but warns that
// this will change.
const db = drizzle(url.replace("sslmode=require", "sslmode=verify-full"));

try {
  const rows = await db.select().from(books).orderBy(books.publicationYear);
  console.log("Connection established"); // Drizzle connects with the first query

  console.log("\n--- Book Library ---");
  for (const { id, title, author, publicationYear: year, inStock } of rows) {
    const shown = inStock ? "True" : "False";
    console.log(`ID: ${id}, Title: ${title}, Author: ${author}, Year: ${year}, In Stock: ${shown}`);
  }
  console.log("--------------------\n");
} catch (error) {
  console.error(error);
  process.exitCode = 1;
} finally {
  await db.$client.end();
}
