import "dotenv/config";
import pg from "pg";

const url = process.env.DATABASE_URL;
if (!url) throw new Error("DATABASE_URL is not set: put it into .env.");
// pg verifies the certificate for "require", too, but warns that this will change.
const connectionString = url.replace("sslmode=require", "sslmode=verify-full");
const client = new pg.Client({ connectionString });

interface Book {
  id: number;
  title: string;
  author: string | null;
  publication_year: number | null;
  in_stock: boolean | null;
}

try {
  await client.connect();
  console.log("Connection established");

  // #region read
  const { rows } = await client.query<Book>(
    "SELECT id, title, author, publication_year, in_stock FROM books ORDER BY publication_year",
  );
  // #endregion
  console.log("\n--- Book Library ---");
  for (const { id, title, author, publication_year: year, in_stock } of rows) {
    const inStock = in_stock ? "True" : "False";
    console.log(
      `ID: ${id}, Title: ${title}, Author: ${author}, Year: ${year}, In Stock: ${inStock}`,
    );
  }
  console.log("--------------------\n");
} finally {
  await client.end();
}
