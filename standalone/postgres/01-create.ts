import { connect } from "./connect.ts";

const sql = connect();

try {
  // All of it, or nothing: an error rolls back.
  await sql.begin(async (sql) => {
    console.log("Connection established");

    await sql`DROP TABLE IF EXISTS books`; // yours, too, if you have one
    console.log("Finished dropping table (if it existed).");

    // #region create
    await sql`CREATE TABLE books (
      id SERIAL PRIMARY KEY,
      title VARCHAR(255) NOT NULL,
      author VARCHAR(255),
      publication_year INT,
      in_stock BOOLEAN DEFAULT TRUE
    )`;
    // #endregion
    console.log("Finished creating table.");

    const [title, author, year] = ["The Catcher in the Rye", "J.D. Salinger", 1951];
    await sql`INSERT INTO books (title, author, publication_year) VALUES (${title}, ${author}, ${year})`;
    console.log("Inserted a single book.");
    // #region insert
    const { count } = await sql`INSERT INTO books ${sql([
      { title: "The Hobbit", author: "J.R.R. Tolkien", publication_year: 1937, in_stock: true },
      { title: "1984", author: "George Orwell", publication_year: 1949, in_stock: true },
      { title: "Dune", author: "Frank Herbert", publication_year: 1965, in_stock: false },
    ])}`;
    // #endregion
    console.log(`Inserted ${count} rows of data.`);
  });
} finally {
  await sql.end();
}
