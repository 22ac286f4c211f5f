/*
# Read the accounts

Who has how much, and what is it together? Run this step again after the next two: the money may
change hands, but the sum stays.

The code

- prints each customer's balance and telephone, in the order of their numbers;
- lets the server count and add up.

A `NULL` arrives as JavaScript's `null`. To the server's aggregates it is not there at all:
`count(*)` counts rows, and `count(phone)` only those rows that have a telephone.
*/
import { step } from "../../../drivers/step.ts";

await step(async (db) => {
  const { rows: customers } = await db.query(
    "SELECT name, balance, phone FROM shop_customers ORDER BY id",
  );
  for (const { name, balance, phone } of customers) {
    console.log(`${name}: ${balance}, ${phone === null ? "no telephone" : phone}`);
  }

  // #region count
  const {
    rows: [all],
  } = await db.query(`
      SELECT count(*) AS customers, count(phone) AS phones, sum(balance) AS money
      FROM shop_customers
    `);
  // #endregion
  console.log(`${all?.customers} customers, ${all?.phones} telephones, ${all?.money} in all.`);
});
