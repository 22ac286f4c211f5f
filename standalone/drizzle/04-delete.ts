import { eq } from "drizzle-orm";
import { connect } from "./connect.ts";
import { books } from "./schema.ts";

const db = connect();

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
