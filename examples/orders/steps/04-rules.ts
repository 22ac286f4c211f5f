/*
# Break every rule

What the tables forbid, no program can do. Each attempt here fails, and the code of its error says
which kind of rule it broke. A program decides by the code: the message is for people, and a server
may say it in another language.

The code

- tries five changes that must not happen, and prints the code of each refusal;
- adds a customer whose address is taken, with `ON CONFLICT DO NOTHING`. That is no error. The count
  of rows says that nothing was added.

Every failed statement left the tables as they were. Reading the accounts again shows it.
*/

import { DatabaseError, StepFailure, step } from "../../../drivers/step.ts";

const addCustomer = "INSERT INTO shop_customers VALUES (4, $1, $2, NULL, $3)";
const addOrder = "INSERT INTO shop_orders VALUES (1, $1, '2026-03-28 18:30:00+00', NULL, $2, '{}')";

const attempts = [
  ["An address that is taken", addCustomer, ["Adam", "ada@example.com", "0.00"]],
  ["An account below zero", addCustomer, ["Dora", "dora@example.com", "-0.01"]],
  ["A customer without a name", addCustomer, [null, "dora@example.com", "0.00"]],
  ["An order by nobody", addOrder, [99, "10.00"]],
  ["An order for a text", addOrder, [1, "ten"]],
] as const;

/** https://www.postgresql.org/docs/current/errcodes-appendix.html */
const names: Readonly<Record<string, string>> = {
  "22P02": "invalid text representation",
  "23502": "not null violation",
  "23503": "foreign key violation",
  "23505": "unique violation",
  "23514": "check violation",
};

await step(async (db) => {
  for (const [what, statement, parameters] of attempts) {
    const error: unknown = await db.query(statement, parameters).then(
      () => undefined,
      (reason: unknown) => reason,
    );
    if (error === undefined) throw new StepFailure(`${what}: the server accepted it.`);
    if (!(error instanceof DatabaseError) || !names[error.code]) throw error;
    console.log(`${what}: ${error.code}, ${names[error.code]}`);
  }

  // #region conflict
  const { count: added } = await db.query(`${addCustomer} ON CONFLICT (email) DO NOTHING`, [
    "Adam",
    "ada@example.com",
    "0.00",
  ]);
  // #endregion
  console.log(`An address that is taken, and no insistence: ${added} rows added`);
});
