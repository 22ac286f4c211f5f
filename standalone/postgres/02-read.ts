import { connect } from "./connect.ts";

const sql = connect();

interface Book {
  id: number;
  title: string;
  author: string | null;
  publication_year: number | null;
  in_stock: boolean | null;
}

try {
  // #region read
  const books = await sql<Book[]>`
    SELECT id, title, author, publication_year, in_stock FROM books ORDER BY publication_year
  `;
  // #endregion
  console.log("Connection established"); // postgres.js connects with the first query

  console.log("\n--- Book Library ---");
  for (const { id, title, author, publication_year: year, in_stock } of books) {
    const inStock = in_stock ? "True" : "False";
    console.log(
      `ID: ${id}, Title: ${title}, Author: ${author}, Year: ${year}, In Stock: ${inStock}`,
    );
  }
  console.log("--------------------\n");
} finally {
  await sql.end();
}
