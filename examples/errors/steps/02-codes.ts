/*
# Know an error by its code

When a statement fails, PostgreSQL sends a message and a code of five characters, the SQLSTATE. The message is for
people, and may be in another language. A program decides by the code. PostgreSQL
[lists all of them](https://www.postgresql.org/docs/current/errcodes-appendix.html).

The code

- tries four statements that must fail;
- says for each code what to do. An error that it does not expect is thrown again: never call every failure
  "Connection failed", and never go on as if nothing had happened.
*/
import { DatabaseError, step } from "../../../drivers/step.ts";

const advice: Record<string, string> = {
  "23505": "there is a member of this name already. Choose another name.",
  "23502": "a member needs a fee.",
  "42P01": "there is no such table. Is its name right?",
};

const statements = [
  "INSERT INTO library_members (name, fee) VALUES ('Ann', 5)",
  "INSERT INTO library_members (name) VALUES ('Cho')",
  "SELECT * FROM library_member",
  "SELECT 1 / 0",
];

await step(async (db) => {
  try {
    for (const statement of statements) {
      // #region catch
      try {
        await db.query(statement);
      } catch (error) {
        if (!(error instanceof DatabaseError) || !advice[error.code]) throw error;
        console.log(`${error.code}: ${advice[error.code]}`);
      }
      // #endregion
    }
  } catch (error) {
    if (!(error instanceof DatabaseError)) throw error;
    console.log(`Thrown again: ${error.code}, which has no advice.`);
  }
});
