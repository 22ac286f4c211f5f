import { openPool } from "./connect.ts";

const fee = "SELECT fee FROM library_members WHERE name = 'Ann'";
const pool = openPool(2);
const small = openPool(1);

try {
  const ask = "SELECT pg_backend_pid() AS connection";
  const answers = await Promise.all([1, 2, 3, 4].map(() => pool.query(ask)));
  const connections = new Set(answers.map(({ rows: [row] }) => row.connection));
  console.log(`${answers.length} queries, ${connections.size} connections.`);

  // #region forget
  const client = await small.connect();
  await client.query("BEGIN");
  await client.query("UPDATE library_members SET fee = 99 WHERE name = 'Ann'");
  client.release(); // without ROLLBACK or COMMIT
  // #endregion
  const forgotten = await small.query(fee);
  console.log(`The next query is in the same transaction: Ann pays ${forgotten.rows[0].fee}.`);
  await small.query("ROLLBACK");
  const { rows } = await small.query(fee);
  console.log(`After ROLLBACK, Ann pays ${rows[0].fee}.`);
} finally {
  await Promise.all([pool.end(), small.end()]); // when the program ends
}
