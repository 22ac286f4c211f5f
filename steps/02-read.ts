/*
# Read data

A `SELECT` reads the books back: all rows, ordered by the year in which each book came out.

The code

- connects to the database;
- selects every row of `books`, ordered by `publication_year`;
- prints one line for each book.

Each row is a plain object, with a property for each column. A boolean arrives as `true` or `false`. The
script prints it as `True` or `False`, like the Python guide that this one is based on. Run this script
again after the next two: it shows what they changed.
*/
import { step } from "../drivers/step.ts";

interface Book {
  id: number;
  title: string;
  author: string | null;
  publication_year: number | null;
  in_stock: boolean | null;
}

await step(async (db) => {
  console.log("Connection established");

  // #region read
  const { rows: books } = await db.query<Book>("SELECT * FROM books ORDER BY publication_year");
  // #endregion

  console.log("\n--- Book Library ---");
  for (const book of books) {
    const inStock = book.in_stock ? "True" : "False";
    console.log(
      `ID: ${book.id}, Title: ${book.title}, Author: ${book.author}, Year: ${book.publication_year}, In Stock: ${inStock}`,
    );
  }
  console.log("--------------------\n");
});
