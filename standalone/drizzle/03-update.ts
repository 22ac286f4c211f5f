import { eq } from "drizzle-orm";
import { connect } from "./connect.ts";
import { books } from "./schema.ts";

const db = connect();

try {
  // #region update
  const updated = await db
    .update(books)
    .set({ inStock: true })
    .where(eq(books.title, "Dune"))
    .returning({ id: books.id });
  // #endregion
  console.log("Connection established"); // Drizzle connects with the first query

  // For PostgreSQL, an update that changes no row is not an error.
  if (updated.length === 0) throw new Error("There is no book titled 'Dune'. Run 01-create first.");
  console.log("Updated stock status for 'Dune'.");
} finally {
  await db.$client.end();
}
