/*
# An error that is not caught

If no `catch` takes the error, it ends the script: Node.js writes it to stderr, and exits with 1. So a script that
can't do its work needs no `catch` at all. What calls it, such as a shell or a workflow, sees that it failed.

Each library writes the error in its own way: pg and postgres.js with its fields, Drizzle with the query too. All of
them name the code, 42703: there is no such column. Below, `[..]` and `...` stand for the rest.

The code

- asks for a column that does not exist;
- closes the connection in `finally`, which runs after an error too. An open connection would keep the script
  running.
*/
import { step } from "../../../drivers/step.ts";

await step(async (db) => {
  console.log("Before the query.");
  // #region ask
  await db.query("SELECT phone FROM library_members");
  // #endregion
  console.log("This line is never reached.");
});
