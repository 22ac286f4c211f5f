import { connect } from "./connect.ts";

interface Member {
  visits: string;
  total: string;
  born: string;
  joined: Date;
  day: string;
}

const client = await connect();

try {
  // #region types
  const {
    rows: [ann],
  } = await client.query<Member>(`
    SELECT visits, born::text, joined, (joined AT TIME ZONE 'Asia/Tokyo')::date::text AS day,
      (SELECT sum(fee) FROM library_members) AS total
    FROM library_members WHERE name = 'Ann'
  `);
  // #endregion
  if (!ann) throw new Error("Ann is not there. Run 01-create first.");
  console.log(`${ann.visits} visits. As a number: ${Number(ann.visits)}.`);
  console.log(`${ann.total} in all. As a sum of numbers: ${20.1 + 10.1}.`);
  console.log(`Born on ${ann.born}, wherever that is read.`);
  console.log(`Joined at ${ann.joined.toISOString()}: in Tokyo, that was ${ann.day}.`);
} finally {
  await client.end();
}
