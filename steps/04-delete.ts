/*
# Delete data

The last copy of 1984 is sold. A `DELETE` removes the rows that its `WHERE` clause matches. Without a
`WHERE` clause, it would empty the table.

The code

- connects to the database;
- deletes the book titled '1984';
- checks that a row was deleted.
*/
import { StepFailure, step } from "../drivers/step.ts";

await step(async (db) => {
  console.log("Connection established");

  // #region delete
  const { count: deleted } = await db.query("DELETE FROM books WHERE title = $1", ["1984"]);
  // #endregion
  if (deleted === 0) {
    throw new StepFailure(
      "No row was deleted: there is no book titled '1984'. Run 01-create first.",
    );
  }
  console.log("Deleted the book '1984' from the table.");
});
