import "dotenv/config";
import { drizzle } from "drizzle-orm/node-postgres";
import { books } from "./schema.ts";

const url = process.env.DATABASE_URL;
if (!url) throw new Error("DATABASE_URL is not set: put it into .env.");
// pg, below Drizzle, verifies the certificate for "require", too, but warns that this will change.
const db = drizzle(url.replace("sslmode=require", "sslmode=verify-full"));

try {
  // #region read
  const rows = await db.select().from(books).orderBy(books.publicationYear);
  // #endregion
  console.log("Connection established"); // Drizzle connects with the first query

  console.log("\n--- Book Library ---");
  for (const { id, title, author, publicationYear: year, inStock } of rows) {
    const shown = inStock ? "True" : "False";
    console.log(`ID: ${id}, Title: ${title}, Author: ${author}, Year: ${year}, In Stock: ${shown}`);
  }
  console.log("--------------------\n");
} finally {
  await db.$client.end();
}
