/*
# Create the tables of a small shop

The shop knows its customers, what is on each one's account, and what they ordered. Much of what
must never happen can be said in the tables themselves. The server then holds every program to it.

The code

- drops the two tables of an earlier run;
- creates `shop_customers`: an email address belongs to one customer only (`UNIQUE`), and an account
  never goes below zero (`CHECK`);
- creates `shop_orders`: every order belongs to a customer who is there (`REFERENCES`);
- inserts three customers. One of them has no telephone, so that column is `NULL`: not known.

Money is `NUMERIC`, which has exact decimals. It comes to the program as text, such as `50.00`.
*/
import { step, transaction } from "../../../drivers/step.ts";

await step(async (db) => {
  await transaction(db, async () => {
    // The orders first: they refer to the customers.
    await db.query("DROP TABLE IF EXISTS shop_orders");
    await db.query("DROP TABLE IF EXISTS shop_customers");

    await db.query(`
      CREATE TABLE shop_customers (
        id INT PRIMARY KEY,
        name TEXT NOT NULL,
        email TEXT NOT NULL UNIQUE,
        phone TEXT,
        balance NUMERIC(8, 2) NOT NULL CHECK (balance >= 0)
      )
    `);
    await db.query(`
      CREATE TABLE shop_orders (
        id INT PRIMARY KEY,
        customer_id INT NOT NULL REFERENCES shop_customers,
        placed_at TIMESTAMPTZ NOT NULL,
        deliver_on DATE,
        total NUMERIC(8, 2) NOT NULL CHECK (total > 0),
        details JSONB NOT NULL
      )
    `);
    for (const table of ["shop_customers", "shop_orders"]) console.log(`Created ${table}.`);

    // #region insert
    const customers = [
      [1, "Ada", "ada@example.com", "555-0101", "50.00"],
      [2, "Ben", "ben@example.com", null, "20.00"],
      [3, "Cleo", "cleo@example.com", "555-0103", "0.00"],
    ];
    const insert = "INSERT INTO shop_customers VALUES ($1, $2, $3, $4, $5)";
    let count = 0;
    for (const customer of customers) {
      const { count: added } = await db.query(insert, customer);
      count += added;
    }
    // #endregion
    console.log(`Inserted ${count} customers.`);
  });
});
