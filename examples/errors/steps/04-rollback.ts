/*
# Roll back a transaction

Ann takes over 15.00 of Ben's fee. That is two changes, and they must happen together or not at all, so they are in
one transaction. Ben only pays 10.10: the second change fails, and the first one is undone.

The code

- adds 15.00 to Ann's fee, and takes 15.00 from Ben's. The rule on the table refuses that, with 23514;
- reads both fees after the rollback.

After an error, the server refuses every other statement of the transaction with 25P02, until `ROLLBACK`.
*/
import { DatabaseError, step, transaction } from "../../../drivers/step.ts";

const change = "UPDATE library_members SET fee = fee + $1 WHERE name = $2";
const read = "SELECT name, fee FROM library_members ORDER BY name";

await step(async (db) => {
  try {
    // #region transfer
    await transaction(db, async () => {
      await db.query(change, ["15.00", "Ann"]);
      console.log("Ann has taken over 15.00.");
      await db.query(change, ["-15.00", "Ben"]);
    });
    // #endregion
  } catch (error) {
    if (!(error instanceof DatabaseError) || error.code !== "23514") throw error;
    console.log("23514: Ben's fee would be below zero. Both changes are undone.");
  }
  const { rows } = await db.query(read);
  for (const { name, fee } of rows) console.log(`${name} pays ${fee}.`);
});
