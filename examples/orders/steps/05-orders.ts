/*
# Store moments, days and documents

An order is placed at a moment, which is the same all over the world: `TIMESTAMPTZ`, a `Date` in
JavaScript. It is delivered on a day, which has no time zone: `DATE`. And what is in it has a shape
of its own: `JSONB`, which goes to the server as JSON text and comes back as an object.

The code

- inserts three orders, around the night in which Berlin's clocks went forward in 2026;
- prints each moment in UTC, and as the clocks on the wall showed it in Berlin and in New York;
- counts the days until the delivery. One order has no day yet, and counting with `NULL` gives
  `NULL`;
- finds the gifts: `@>` asks whether a document contains another;
- asks for the orders without a day, wrongly with `= NULL` and rightly with `IS NULL`.

How a server writes a day is a matter of its settings. `to_char` leaves nothing to them.
*/
import { step } from "../../../drivers/step.ts";

const book = (title: string, quantity: number) => ({ title, quantity });
const details = (gift: boolean, ...items: object[]) => JSON.stringify({ gift, items });
const at = (moment: string) => new Date(moment);

const orders = [
  [1, 1, at("2026-03-28T18:30:00Z"), "2026-04-02", "24.00", details(true, book("Dune", 2))],
  [2, 2, at("2026-03-29T00:59:59Z"), null, "8.50", details(false, book("1984", 1))],
  [3, 1, at("2026-03-29T01:00:00Z"), "2026-03-31", "17.00", details(true, book("1984", 2))],
];

await step(
  async (db) => {
    const insert = "INSERT INTO shop_orders VALUES ($1, $2, $3, $4, $5, $6)";
    let count = 0;
    for (const order of orders) {
      const { count: added } = await db.query(insert, order);
      count += added;
    }
    console.log(`Inserted ${count} orders.`);

    const { rows: placed } = await db.query(`
      SELECT id, placed_at,
        to_char(placed_at AT TIME ZONE 'Europe/Berlin', 'YYYY-MM-DD HH24:MI:SS') AS berlin,
        to_char(placed_at AT TIME ZONE 'America/New_York', 'YYYY-MM-DD HH24:MI:SS') AS new_york
      FROM shop_orders ORDER BY placed_at
    `);
    console.log("\nPlaced:");
    for (const { id, placed_at, berlin, new_york } of placed) {
      const utc = placed_at instanceof Date ? placed_at.toISOString() : placed_at;
      console.log(`${id}: ${utc}, Berlin ${berlin}, New York ${new_york}`);
    }

    const { rows: deliveries } = await db.query(`
      SELECT id, to_char(deliver_on, 'YYYY-MM-DD') AS day,
        deliver_on - (placed_at AT TIME ZONE 'Europe/Berlin')::date AS days
      FROM shop_orders ORDER BY deliver_on NULLS LAST
    `);
    console.log("\nTo be delivered:");
    for (const { id, day, days } of deliveries) {
      console.log(`${id}: ${day === null ? "no day yet" : `${day}, after ${days} days`}`);
    }

    // #region gifts
    const { rows: gifts } = await db.query(
      `SELECT id, details->'items'->0->>'title' AS first, details
       FROM shop_orders WHERE details @> $1::jsonb ORDER BY id`,
      [JSON.stringify({ gift: true })],
    );
    // #endregion
    console.log("\nGifts:");
    for (const { id, first, details } of gifts) {
      console.log(`${id}: first ${first}, in full ${JSON.stringify(details)}`);
    }

    const {
      rows: [without],
    } = await db.query(`
      SELECT count(*) FILTER (WHERE deliver_on = NULL) AS wrong,
        count(*) FILTER (WHERE deliver_on IS NULL) AS right
      FROM shop_orders
    `);
    console.log(`\nWithout a day: = NULL finds ${without?.wrong}, IS NULL ${without?.right}.`);
  },
  {
    "23505": "These orders are there already. Run 01-create again.",
  },
);
