/*
# Move money in a transaction

Moving money is two changes: one account gets more, another gets less. They must happen together or
not at all. Between `BEGIN` and `COMMIT`, they do: an error rolls both of them back.

The code

- tries to give Ben 80.00 of Ada's. He gets them, and sees them, until her account would go below
  zero. The rule on the table refuses that, and `transaction` takes Ben's money back;
- gives Ben 20.00 of Ada's. That works, and is committed.

The refusal is an error with a code that PostgreSQL documents: 23514 is a check violation.
*/
import { type Database, DatabaseError, step, transaction } from "../../../drivers/step.ts";

await step(
  async (db) => {
    try {
      await give(db, "80.00");
    } catch (error) {
      if (!(error instanceof DatabaseError) || error.code !== "23514") throw error;
      console.log(`Refused with ${error.code}, and rolled back: Ben has ${await balance(db)}.`);
    }

    await give(db, "20.00");
    console.log(`Committed: Ben has ${await balance(db)}.`);
  },
  {
    "23514": "Ada has nothing left to give. Run 01-create again.",
  },
);

async function give(db: Database, amount: string): Promise<void> {
  await transaction(db, async () => {
    console.log(`Ada gives Ben ${amount}.`);
    // #region transfer
    const change = "UPDATE shop_customers SET balance = balance + $1 WHERE name = $2";
    await db.query(change, [amount, "Ben"]);
    console.log(`In the transaction, Ben has ${await balance(db)}.`);
    await db.query(change, [`-${amount}`, "Ada"]);
    // #endregion
  });
}

async function balance(db: Database): Promise<unknown> {
  const {
    rows: [ben],
  } = await db.query("SELECT balance FROM shop_customers WHERE name = $1", ["Ben"]);
  return ben?.balance;
}
