import { boolean, integer, pgTable, serial, varchar } from "drizzle-orm/pg-core";

/** The table as TypeScript knows it: your editor marks a misspelt column. */
export const books = pgTable("books", {
  id: serial().primaryKey(),
  title: varchar({ length: 255 }).notNull(),
  author: varchar({ length: 255 }),
  publicationYear: integer("publication_year"),
  inStock: boolean("in_stock").default(true),
});
