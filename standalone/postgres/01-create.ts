import "dotenv/config";
import postgres from "postgres";

if (!process.env.DATABASE_URL) {
  throw new Error("DATABASE_URL is not set. Copy .env.example to .env, and put it there.");
}
const url = new URL(process.env.DATABASE_URL);

// postgres.js does not know channel binding, and would ask the server about it. To verify the
// server's certificate protects as well; "require" would only encrypt.
url.searchParams.delete("channel_binding");
if (url.searchParams.get("sslmode") === "require") url.searchParams.set("sslmode", "verify-full");

const sql = postgres(url.href, { onnotice: () => {} }); // notices would be printed

try {
  // All of it, or nothing: an error in here rolls back.
  await sql.begin(async (sql) => {
    console.log("Connection established");

    // Careful: the books table of this database is gone now, whoever made it.
    await sql`DROP TABLE IF EXISTS books`;
    console.log("Finished dropping table (if it existed).");

    await sql`
      CREATE TABLE books (
        id SERIAL PRIMARY KEY,
        title VARCHAR(255) NOT NULL,
        author VARCHAR(255),
        publication_year INT,
        in_stock BOOLEAN DEFAULT TRUE
      )
    `;
    console.log("Finished creating table.");

    const book = { title: "The Catcher in the Rye", author: "J.D. Salinger", year: 1951 };
    await sql`
      INSERT INTO books (title, author, publication_year, in_stock)
      VALUES (${book.title}, ${book.author}, ${book.year}, ${true})
    `; // not a text with values in it: the values travel beside it, as $1, $2 and so on
    console.log("Inserted a single book.");

    const more = [
      { title: "The Hobbit", author: "J.R.R. Tolkien", publication_year: 1937, in_stock: true },
      { title: "1984", author: "George Orwell", publication_year: 1949, in_stock: true },
      { title: "Dune", author: "Frank Herbert", publication_year: 1965, in_stock: false },
    ];
    const { count } = await sql`INSERT INTO books ${sql(more)}`;
    console.log(`Inserted ${count} rows of data.`);
  });
} catch (error) {
  console.error(error);
  process.exitCode = 1;
} finally {
  await sql.end();
}
