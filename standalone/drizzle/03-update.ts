import "dotenv/config";
import { eq } from "drizzle-orm";
import { drizzle } from "drizzle-orm/node-postgres";
import { books } from "./schema.ts";

const url = process.env.DATABASE_URL;
if (!url) throw new Error("DATABASE_URL is not set: put it into .env.");
// pg, below Drizzle, verifies the certificate for "require", too, but warns that this will change.
const db = drizzle(url.replace("sslmode=require", "sslmode=verify-full"));

try {
  // #region update
  const updated = await db
    .update(books)
    .set({ inStock: true })
    .where(eq(books.title, "Dune"))
    .returning({ id: books.id });
  // #endregion
  console.log("Connection established"); // Drizzle connects with the first query

  // An update that finds no row is no error to PostgreSQL.
  if (updated.length === 0) throw new Error("There is no book titled 'Dune'. Run 01-create first.");
  console.log("Updated stock status for 'Dune'.");
} finally {
  await db.$client.end();
}
