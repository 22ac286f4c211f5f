/*
# Create a table and insert data

A new Neon database is empty, so this script creates a table named `books`, and puts four books into it.

The code

- connects with the connection string in `DATABASE_URL`;
- drops the `books` table of an earlier run, so that every run starts the same way;
- creates `books` with an `id`, a `title`, an `author`, a `publication_year` and an `in_stock` flag;
- inserts one book;
- inserts three more;
- commits. It is one transaction: if a statement fails, your database stays as it was before.

Values never become part of the SQL text. They are sent separately, and the SQL has placeholders for
them, such as `$1` and `$2`. A library may write the placeholders for you.
*/
import { step, transaction } from "../drivers/step.ts";

const insert =
  "INSERT INTO books (title, author, publication_year, in_stock) VALUES ($1, $2, $3, $4)";

await step(async (db) => {
  console.log("Connection established");

  await transaction(db, async () => {
    await db.query("DROP TABLE IF EXISTS books");
    console.log("Finished dropping table (if it existed).");

    // #region create
    await db.query(`
      CREATE TABLE books (
        id SERIAL PRIMARY KEY,
        title VARCHAR(255) NOT NULL,
        author VARCHAR(255),
        publication_year INT,
        in_stock BOOLEAN DEFAULT TRUE
      )
    `);
    // #endregion
    console.log("Finished creating table.");

    await db.query(insert, ["The Catcher in the Rye", "J.D. Salinger", 1951, true]);
    console.log("Inserted a single book.");

    // #region insert
    const books = [
      ["The Hobbit", "J.R.R. Tolkien", 1937, true],
      ["1984", "George Orwell", 1949, true],
      ["Dune", "Frank Herbert", 1965, false],
    ];
    let count = 0;
    for (const book of books) {
      const { count: added } = await db.query(insert, book);
      count += added;
    }
    // #endregion
    console.log(`Inserted ${count} rows of data.`);
  });
});
