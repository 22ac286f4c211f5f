import "dotenv/config";
import postgres from "postgres";

if (!process.env.DATABASE_URL) throw new Error("DATABASE_URL is not set: put it into .env.");
const url = new URL(process.env.DATABASE_URL);
url.searchParams.delete("channel_binding"); // postgres.js would send it to the server as a setting
// "require" would encrypt, but trust any server.
if (url.searchParams.get("sslmode") === "require") url.searchParams.set("sslmode", "verify-full");
const sql = postgres(url.href, { onnotice: () => {} }); // notices would be printed

try {
  // All of it, or nothing: an error rolls back.
  await sql.begin(async (sql) => {
    console.log("Connection established");

    await sql`DROP TABLE IF EXISTS books`; // yours, too, if you have one
    console.log("Finished dropping table (if it existed).");

    // exercise: Create the table books: id, title, author, publication_year and in_stock, which is true by default.
    // hint: await sql`…` sends any statement.
    // hint: CREATE TABLE books (id SERIAL PRIMARY KEY, …): the server numbers the rows.
    // hint: A title is there always: VARCHAR(255) NOT NULL. An author need not be.
    // hint: The last two columns: publication_year INT, in_stock BOOLEAN DEFAULT TRUE
    await sql`CREATE TABLE books (
      id SERIAL PRIMARY KEY,
      title VARCHAR(255) NOT NULL,
      author VARCHAR(255),
      publication_year INT,
      in_stock BOOLEAN DEFAULT TRUE
    )`;
    // end
    console.log("Finished creating table.");

    const [title, author, year] = ["The Catcher in the Rye", "J.D. Salinger", 1951];
    await sql`INSERT INTO books (title, author, publication_year) VALUES (${title}, ${author}, ${year})`;
    console.log("Inserted a single book.");
    // exercise: Insert The Hobbit (J.R.R. Tolkien, 1937), 1984 (George Orwell, 1949) and Dune (Frank Herbert, 1965; not in stock) with one statement; keep its count.
    // hint: sql([…]) makes columns and values of an array of objects: sql`INSERT INTO books ${sql([…])}`
    // hint: A book: { title: "The Hobbit", author: "J.R.R. Tolkien", publication_year: 1937, in_stock: true }
    // hint: const { count } = await sql`INSERT INTO books ${sql([…])}`;
    const { count } = await sql`INSERT INTO books ${sql([
      { title: "The Hobbit", author: "J.R.R. Tolkien", publication_year: 1937, in_stock: true },
      { title: "1984", author: "George Orwell", publication_year: 1949, in_stock: true },
      { title: "Dune", author: "Frank Herbert", publication_year: 1965, in_stock: false },
    ])}`;
    // end
    console.log(`Inserted ${count} rows of data.`);
  });
} finally {
  await sql.end();
}
