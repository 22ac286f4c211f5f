/*
# Create the tables

A small library has members. Each pays a fee, which is never below zero: `CHECK` is a rule that the server holds
every program to. A second table has notes. It is there to be harmed.

The code

- drops the tables of an earlier run;
- creates `library_members` and `library_notes`;
- inserts two members and two notes.
*/
import { step, transaction } from "../../../drivers/step.ts";

await step(async (db) => {
  await transaction(db, async () => {
    await db.query("DROP TABLE IF EXISTS library_members, library_notes");
    // #region create
    await db.query(`
      CREATE TABLE library_members (
        name TEXT PRIMARY KEY,
        fee NUMERIC(6, 2) NOT NULL CHECK (fee >= 0),
        visits BIGINT NOT NULL DEFAULT 0,
        born DATE,
        joined TIMESTAMPTZ
      )
    `);
    // #endregion
    await db.query("CREATE TABLE library_notes (note TEXT NOT NULL)");

    const insert = "INSERT INTO library_members VALUES ($1, $2, $3, $4, $5)";
    const ann = ["Ann", "20.10", "9007199254740993", "2000-02-29", "2024-02-29 23:30:00+00"];
    await db.query(insert, ann);
    await db.query(insert, ["Ben", "10.10", "7", null, null]);
    await db.query("INSERT INTO library_notes VALUES ('closed on Monday'), ('buy chairs')");
  });
  console.log("Ann pays 20.10, and Ben pays 10.10.");
});
