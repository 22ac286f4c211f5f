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
  const customers = await db.query("SELECT name, balance, phone FROM shop_customers ORDER BY id");
  for (const { name, balance, phone } of customers) {
    console.log(`${name}: ${balance}, ${phone === null ? "no telephone" : phone}`);
  }

  // exercise: Let the server count the customers and the phones, and add up the money, into all.
  // hint: One row comes back: const [all] = await db.query(`…`);
  // hint: count(phone) leaves out the rows in which it is NULL.
  // hint: SELECT count(*) AS customers, count(phone) AS phones, sum(balance) AS money FROM shop_customers
  const [all] = await db.query(`
      SELECT count(*) AS customers, count(phone) AS phones, sum(balance) AS money
      FROM shop_customers
    `);
  // end
  console.log(`${all?.customers} customers, ${all?.phones} telephones, ${all?.money} in all.`);
});
