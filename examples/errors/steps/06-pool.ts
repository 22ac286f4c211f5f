/*
# Share connections in a pool

A connection does one thing at a time, and making one takes a while. So a server keeps a few: a pool. A query takes
one that is free, or waits for it. How many? A few for each process, because the server has a limit for all of them
together.

The code

- sends four queries at once through a pool of two connections;
- gives a connection back in the middle of a transaction. The next query gets the same connection, and is in that
  transaction: giving it back, or ending the pool, replaces no `ROLLBACK`. A library's own function for
  transactions never forgets it;
- ends the pool when the program ends, and not after each query.

The shared step has one connection for each `step`, and two are a pool of two.
*/
import { step } from "../../../drivers/step.ts";

const fee = "SELECT fee FROM library_members WHERE name = 'Ann'";

await step(async (first) => {
  await step(async (second) => {
    const pool = [first, second, first, second];
    const answers = await Promise.all(
      pool.map((db) => db.query("SELECT pg_backend_pid() AS connection")),
    );
    const connections = new Set(answers.map(({ rows: [row] }) => row?.connection));
    console.log(`${answers.length} queries, ${connections.size} connections.`);
  });

  // #region forget
  await first.query("BEGIN");
  await first.query("UPDATE library_members SET fee = 99 WHERE name = 'Ann'");
  // #endregion
  const forgotten = await first.query(fee);
  console.log(`The next query is in the same transaction: Ann pays ${forgotten.rows[0]?.fee}.`);
  await first.query("ROLLBACK");
  const { rows } = await first.query(fee);
  console.log(`After ROLLBACK, Ann pays ${rows[0]?.fee}.`);
});
