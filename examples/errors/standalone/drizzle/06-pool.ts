import { eq, sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/node-postgres";
import { connect } from "./connect.ts";
import { members } from "./schema.ts";

const pool = connect(2);
const small = connect(1);

try {
  const ask = sql`SELECT pg_backend_pid() AS connection`;
  const answers = await Promise.all([1, 2, 3, 4].map(() => pool.execute(ask)));
  const connections = new Set(answers.map(({ rows: [row] }) => row?.connection));
  console.log(`${answers.length} queries, ${connections.size} connections.`);

  // #region forget
  const client = await small.$client.connect();
  const one = drizzle(client);
  await one.execute(sql`BEGIN`);
  await one.update(members).set({ fee: "99" }).where(eq(members.name, "Ann"));
  client.release(); // without ROLLBACK or COMMIT
  // #endregion
  const fee = small.select({ fee: members.fee }).from(members).where(eq(members.name, "Ann"));
  const [forgotten] = await fee;
  console.log(`The next query is in the same transaction: Ann pays ${forgotten?.fee}.`);
  await small.execute(sql`ROLLBACK`);
  const [ann] = await fee;
  console.log(`After ROLLBACK, Ann pays ${ann?.fee}.`);
} finally {
  await Promise.all([pool.$client.end(), small.$client.end()]); // when the program ends
}
