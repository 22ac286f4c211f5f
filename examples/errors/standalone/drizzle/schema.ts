import { bigint, date, numeric, pgTable, text, timestamp } from "drizzle-orm/pg-core";

/** The mode says what a value becomes in JavaScript. */
export const members = pgTable("library_members", {
  name: text().primaryKey(),
  fee: numeric({ precision: 6, scale: 2 }).notNull(), // text: exact
  visits: bigint({ mode: "bigint" }).notNull(), // "number" would round it
  born: date({ mode: "string" }),
  joined: timestamp({ mode: "date", withTimezone: true }),
});

export const notes = pgTable("library_notes", { note: text().notNull() });
