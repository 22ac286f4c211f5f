/*
# A value with a quote in it

In SQL, a text is between single quotes. What if the text has one, as O'Brien does? Pasted into the SQL, the quote
ends the text, and the rest of the name is read as SQL. That is an error at best. At worst, it is **injection**:
whoever chooses the text chooses what the server does.

The code

- pastes O'Brien into the SQL: a syntax error, 42601;
- sends it as a parameter: it arrives as it is;
- pastes a text that ends the statement and begins another one. The notes are gone, and rolled back here;
- sends the same text as a parameter: it is only a name, which no member has.

So values never become part of the SQL text. They are sent next to it. The server first reads the SQL with its
placeholders, as a **prepared statement**, and then gets the values: they cannot change what the statement does.
postgres.js keeps prepared statements for the next time, on the same connection. pg does so only for a query with a
`name`.
*/
import { DatabaseError, StepFailure, step } from "../../../drivers/step.ts";

const evil = "x'; DELETE FROM library_notes; --";

await step(async (db) => {
  const notes = async () => (await db.query("SELECT FROM library_notes")).count;

  try {
    await db.query("SELECT 'O'Brien'");
  } catch (error) {
    if (!(error instanceof DatabaseError)) throw error;
    console.log(`Pasted: ${error.code}, a syntax error.`);
  }

  // #region parameter
  const {
    rows: [row],
  } = await db.query("SELECT $1 AS name", ["O'Brien"]);
  // #endregion
  if (!row) throw new StepFailure("There is no row.");
  console.log(`As a parameter: ${row.name}.`);

  await db.query("BEGIN");
  await db.query(`SELECT fee FROM library_members WHERE name = '${evil}'`);
  console.log(`After a pasted name, there are ${await notes()} notes.`);
  await db.query("ROLLBACK");

  await db.query("SELECT fee FROM library_members WHERE name = $1", [evil]);
  console.log(`After the same name as a parameter, there are ${await notes()}.`);
});
