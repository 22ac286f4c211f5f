/*
# Work with thousands of rows

A loop over 5,000 inserts would be 5,000 journeys to the server. One statement is one journey:
`generate_series` counts, and the `SELECT` around it makes a row of each number. What is asked of so
many rows is best answered where they are, too.

The code

- inserts an order for every half hour from the first of January, 5,000 of them, with one statement.
  Every tenth has no day of delivery;
- groups all orders, with the three from before, by month;
- joins them with the customers, and sets each sum against the sum of all with a window function;
- fetches every row after all, and adds up in the program. Both sums are the same.

A month begins at another moment in each time zone, so the query says which one it means.
*/
import { step } from "../../../drivers/step.ts";

await step(
  async (db) => {
    const { count } = await db.query(
      `INSERT INTO shop_orders
       SELECT 1000 + n, least(1 + n % 4, 3),
         TIMESTAMPTZ '2026-01-01 00:00:00+00' + (n - 1) * INTERVAL '30 minutes',
         CASE WHEN n % 10 > 0 THEN DATE '2026-01-04' + (n - 1) / 48 END,
         5 + 0.25 * (n % 40),
         jsonb_build_object('gift', n % 7 = 0)
       FROM generate_series(1, $1::int) AS n`,
      [5000],
    );
    console.log(`Inserted ${count} orders.`);

    // #region months
    const { rows: months } = await db.query(`
      SELECT to_char(placed_at AT TIME ZONE 'UTC', 'YYYY-MM') AS month,
        count(*) AS orders, count(deliver_on) AS planned, sum(total) AS total
      FROM shop_orders GROUP BY month ORDER BY month
    `);
    // #endregion
    console.log("\nBy month:");
    for (const { month, orders, planned, total } of months) {
      console.log(`${month}: ${orders} orders, ${planned} of them planned, ${total}`);
    }

    const { rows: customers } = await db.query(`
      SELECT name, count(*) AS orders, round(avg(total), 2) AS average,
        round(100 * sum(total) / sum(sum(total)) OVER (), 1) AS share
      FROM shop_orders JOIN shop_customers ON shop_customers.id = customer_id
      GROUP BY shop_customers.id ORDER BY shop_customers.id
    `);
    console.log("\nBy customer:");
    for (const { name, orders, average, share } of customers) {
      console.log(`${name}: ${orders} orders, ${average} on average, ${share} % of all`);
    }

    const { rows } = await db.query("SELECT total FROM shop_orders ORDER BY id");
    const cents = rows.reduce((sum, { total }) => sum + Math.round(Number(total) * 100), 0);
    const {
      rows: [all],
    } = await db.query("SELECT sum(total) AS total FROM shop_orders");
    console.log(`\nFetched ${rows.length} rows: ${(cents / 100).toFixed(2)} in the program.`);
    console.log(`The server says ${all?.total}.`);
  },
  {
    "23505": "These orders are there already. Run 01-create again.",
  },
);
