import { connect } from "./connect.ts";

const client = await connect();

interface Book {
  id: number;
  title: string;
  author: string | null;
  publication_year: number | null;
  in_stock: boolean | null;
}

try {
  console.log("Connection established");

  const { rows } = await client.query<Book>(
    "SELECT id, title, author, publication_year, in_stock FROM books ORDER BY publication_year",
  );
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
