import "dotenv/config";
import { sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/node-postgres";
import { books } from "./schema.ts";

const url = process.env.DATABASE_URL;
if (!url) throw new Error("DATABASE_URL is not set. Copy .env.example to .env, and put it there.");

// Drizzle works on pg here. pg verifies the server's certificate for "require", too, but warns that
// this will change.
const db = drizzle(url.replace("sslmode=require", "sslmode=verify-full"));

try {
  // All of it, or nothing: an error in here rolls back.
  await db.transaction(async (tx) => {
    console.log("Connection established");

    // Careful: the books table of this database is gone now, whoever made it.
    await tx.execute(sql`DROP TABLE IF EXISTS ${books}`);
    console.log("Finished dropping table (if it existed).");

    // In an application, drizzle-kit writes this statement: a migration, made from schema.ts.
    await tx.execute(sql`
      CREATE TABLE ${books} (
        id SERIAL PRIMARY KEY,
        title VARCHAR(255) NOT NULL,
        author VARCHAR(255),
        publication_year INT,
        in_stock BOOLEAN DEFAULT TRUE
      )
    `);
    console.log("Finished creating table.");

    await tx
      .insert(books)
      .values({ title: "The Catcher in the Rye", author: "J.D. Salinger", publicationYear: 1951 });
    console.log("Inserted a single book.");

    const inserted = await tx
      .insert(books)
      .values([
        { title: "The Hobbit", author: "J.R.R. Tolkien", publicationYear: 1937, inStock: true },
        { title: "1984", author: "George Orwell", publicationYear: 1949, inStock: true },
        { title: "Dune", author: "Frank Herbert", publicationYear: 1965, inStock: false },
      ])
      .returning({ id: books.id });
    console.log(`Inserted ${inserted.length} rows of data.`);
  });
} catch (error) {
  console.error(error);
  process.exitCode = 1;
} finally {
  await db.$client.end();
}
