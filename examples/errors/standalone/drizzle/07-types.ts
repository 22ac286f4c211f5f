import { eq, sql, sum } from "drizzle-orm";
import { connect } from "./connect.ts";
import { members } from "./schema.ts";

const db = connect();

try {
  // #region types
  const [ann] = await db
    .select({
      visits: members.visits,
      born: members.born,
      joined: members.joined,
      day: sql<string>`(${members.joined} AT TIME ZONE 'Asia/Tokyo')::date::text`,
    })
    .from(members)
    .where(eq(members.name, "Ann"));
  const [all] = await db.select({ total: sum(members.fee) }).from(members);
  // #endregion
  if (!ann || !all) throw new Error("Ann is not there. Run 01-create first.");
  console.log(`${ann.visits} visits. As a number: ${Number(ann.visits)}.`);
  console.log(`${all.total} in all. As a sum of numbers: ${20.1 + 10.1}.`);
  console.log(`Born on ${ann.born}, wherever that is read.`);
  console.log(`Joined at ${ann.joined?.toISOString()}: in Tokyo, that was ${ann.day}.`);
} finally {
  await db.$client.end();
}
