import { sql } from "drizzle-orm";
import { connect } from "./connect.ts";
import { books } from "./schema.ts";

const db = connect();

try {
  // All of it, or nothing: an error rolls back.
  await db.transaction(async (tx) => {
    console.log("Connection established");

    await tx.execute(sql`DROP TABLE IF EXISTS ${books}`); // yours, too, if you have one
    console.log("Finished dropping table (if it existed).");

    // #region create
    await tx.execute(sql`CREATE TABLE ${books} (
      id SERIAL PRIMARY KEY,
      title VARCHAR(255) NOT NULL,
      author VARCHAR(255),
      publication_year INT,
      in_stock BOOLEAN DEFAULT TRUE
    )`); // in an application, a migration that drizzle-kit makes from schema.ts
    // #endregion
    console.log("Finished creating table.");

    const [title, author] = ["The Catcher in the Rye", "J.D. Salinger"];
    await tx.insert(books).values({ title, author, publicationYear: 1951 });
    console.log("Inserted a single book.");
    // #region insert
    const more = [
      { title: "The Hobbit", author: "J.R.R. Tolkien", publicationYear: 1937, inStock: true },
      { title: "1984", author: "George Orwell", publicationYear: 1949, inStock: true },
      { title: "Dune", author: "Frank Herbert", publicationYear: 1965, inStock: false },
    ];
    const inserted = await tx.insert(books).values(more).returning({ id: books.id });
    // #endregion
    console.log(`Inserted ${inserted.length} rows of data.`);
  });
} finally {
  await db.$client.end();
}
