import { connect } from "./connect.ts";

const pool = connect(2);
const small = connect(1);

try {
  const answers = await Promise.all(
    [1, 2, 3, 4].map(() => pool`SELECT pg_backend_pid() AS connection, pg_sleep(0.05)`),
  );
  const connections = new Set(answers.map(([row]) => row?.connection));
  console.log(`${answers.length} queries, ${connections.size} connections.`);

  // #region forget
  const reserved = await small.reserve();
  await reserved`BEGIN`;
  await reserved`UPDATE library_members SET fee = 99 WHERE name = 'Ann'`;
  reserved.release(); // without ROLLBACK or COMMIT
  // #endregion
  const fee = () => small`SELECT fee FROM library_members WHERE name = 'Ann'`;
  const [forgotten] = await fee();
  console.log(`The next query is in the same transaction: Ann pays ${forgotten?.fee}.`);
  await small`ROLLBACK`;
  const [ann] = await fee();
  console.log(`After ROLLBACK, Ann pays ${ann?.fee}.`);
} finally {
  await Promise.all([pool.end(), small.end()]); // when the program ends
}
