import { connect } from "./connect.ts";

const client = await connect();

try {
  console.log("Connection established");
  await client.query("BEGIN");
  await client.query("DROP TABLE IF EXISTS books"); // yours, too, if you have one
  console.log("Finished dropping table (if it existed).");

  await client.query(`CREATE TABLE books (
    id SERIAL PRIMARY KEY,
    title VARCHAR(255) NOT NULL,
    author VARCHAR(255),
    publication_year INT,
    in_stock BOOLEAN DEFAULT TRUE
  )`);
  console.log("Finished creating table.");

  const insert =
    "INSERT INTO books (title, author, publication_year, in_stock) VALUES ($1, $2, $3, $4)";
  await client.query(insert, ["The Catcher in the Rye", "J.D. Salinger", 1951, true]);
  console.log("Inserted a single book.");
  const more = [
    ["The Hobbit", "J.R.R. Tolkien", 1937, true],
    ["1984", "George Orwell", 1949, true],
    ["Dune", "Frank Herbert", 1965, false],
  ];
  for (const book of more) await client.query(insert, book);
  await client.query("COMMIT"); // an error before it leaves everything as it was
  console.log(`Inserted ${more.length} rows of data.`);
} finally {
  await client.end();
}
