/*
# Types that surprise

JavaScript's numbers have about 16 digits, and no exact decimals. PostgreSQL's types are more exact, so some values
come as text. What you do with them decides whether they stay exact.

The code

- reads a `BIGINT` with 16 digits. As a JavaScript number, it would be another one;
- lets the server add up money, which is `NUMERIC`. JavaScript's own sum is not exact;
- reads a `DATE` as text. It has no time zone, but a `Date` of JavaScript has one: there, it may be the day before;
- reads a `TIMESTAMPTZ`, which is a moment. Which day that is depends on the place.
*/
import { StepFailure, step } from "../../../drivers/step.ts";

interface Member {
  visits: string;
  total: string;
  born: string;
  joined: Date;
  day: string;
}

await step(async (db) => {
  // #region types
  const {
    rows: [ann],
  } = await db.query<Member>(`
    SELECT visits, born::text, joined, (joined AT TIME ZONE 'Asia/Tokyo')::date::text AS day,
      (SELECT sum(fee) FROM library_members) AS total
    FROM library_members WHERE name = 'Ann'
  `);
  // #endregion
  if (!ann) throw new StepFailure("Ann is not there. Run 01-create first.");
  console.log(`${ann.visits} visits. As a number: ${Number(ann.visits)}.`);
  console.log(`${ann.total} in all. As a sum of numbers: ${20.1 + 10.1}.`);
  console.log(`Born on ${ann.born}, wherever that is read.`);
  console.log(`Joined at ${ann.joined.toISOString()}: in Tokyo, that was ${ann.day}.`);
});
