/*
# Update data

Dune is back on the shelf, so its row must say so. An `UPDATE` changes the rows that its `WHERE`
clause picks, and the server answers with how many there were.

The code

- connects to the database;
- sets `in_stock` to true for the book titled 'Dune';
- checks that a row was changed. An update that finds nothing is no error to PostgreSQL, but it is
  one here.
*/
import { StepFailure, step } from "../drivers/step.ts";

await step(async (db) => {
  console.log("Connection established");

  // exercise: Put Dune back in stock, and keep how many rows were changed in changed.
  // hint: db.execute gives the number of rows. The values travel beside the SQL, as $1 and $2.
  // hint: After UPDATE and the table: SET … WHERE … Without WHERE, all books would change.
  // hint: SET in_stock = $1 WHERE title = $2, with true and the title.
  const changed = await db.execute("UPDATE books SET in_stock = $1 WHERE title = $2", [
    true,
    "Dune",
  ]);
  // end
  if (changed === 0) {
    throw new StepFailure(
      "No row was updated: there is no book titled 'Dune'. Run 01-create first.",
    );
  }
  console.log("Updated stock status for 'Dune'.");
});
