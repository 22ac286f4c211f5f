import "dotenv/config";
import { eq } from "drizzle-orm";
import { drizzle } from "drizzle-orm/node-postgres";
import { books } from "./schema.ts";

const url = process.env.DATABASE_URL;
if (!url) throw new Error("DATABASE_URL is not set: put it into .env.");
// pg, below Drizzle, verifies the certificate for "require", too, but warns that this will change.
const db = drizzle(url.replace("sslmode=require", "sslmode=verify-full"));

try {
  // #region delete
  const deleted = await db.delete(books).where(eq(books.title, "1984")).returning({ id: books.id });
  // #endregion
  console.log("Connection established"); // Drizzle connects with the first query

  if (deleted.length === 0) throw new Error("There is no book titled '1984'. Run 01-create first.");
  console.log("Deleted the book '1984' from the table.");
} finally {
  await db.$client.end();
}
