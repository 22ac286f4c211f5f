/*
# Update data

Dune is back in stock. An `UPDATE` changes the rows that its `WHERE` clause matches, and the server
answers with the number of rows.

The code

- connects to the database;
- sets `in_stock` to true for the book titled 'Dune';
- checks that a row was changed. For PostgreSQL, an update that changes nothing is not an error. For
  this script, it is one.
*/
import { StepFailure, step } from "../drivers/step.ts";

await step(async (db) => {
  console.log("Connection established");

  // #region update
  const { count: changed } = await db.query("UPDATE books SET in_stock = $1 WHERE title = $2", [
    true,
    "Dune",
  ]);
  // #endregion
  if (changed === 0) {
    throw new StepFailure(
      "No row was updated: there is no book titled 'Dune'. Run 01-create first.",
    );
  }
  console.log("Updated stock status for 'Dune'.");
});
