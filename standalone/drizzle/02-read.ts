import { connect } from "./connect.ts";
import { books } from "./schema.ts";

const db = connect();

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
