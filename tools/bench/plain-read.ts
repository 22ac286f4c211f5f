// What 02-read.ts does, as a script that uses pg and nothing of this project.
import pg from "pg";

const client = new pg.Client({ connectionString: process.env.DATABASE_URL });
await client.connect();
console.log("Connection established");

const { rows } = await client.query("SELECT * FROM books ORDER BY publication_year");
console.log("\n--- Book Library ---");
for (const { id, title, author, publication_year: year, in_stock } of rows) {
  const inStock = in_stock ? "True" : "False";
  console.log(`ID: ${id}, Title: ${title}, Author: ${author}, Year: ${year}, In Stock: ${inStock}`);
}
console.log("--------------------\n");
await client.end();
