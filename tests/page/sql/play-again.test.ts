import { expect, inject, test } from "vitest";
import { openDoubts } from "../../../runner/page/sql/doubts.ts";
import { differsByDriver, plainDisplay } from "../../../runner/page/sql/play-again.ts";
import { sendBlock } from "../../../runner/page/sql/send-block.ts";
import { openSqlSession } from "../../../runner/page/sql/sql-session.ts";
import { thisProcess } from "../../../runner/workspace/workspace.ts";

const timeout = 5000;

/** What the last block prints with one driver, in a database that has nothing. */
async function playOnce(driver: "pg" | "postgres", sql: string) {
  const session = await openSqlSession(driver, inject("databaseUrl"), {
    statementTimeout: timeout,
  });
  try {
    const { results } = await sendBlock(
      sql,
      plainDisplay,
      openDoubts(),
      false,
      async () => session,
    );
    return results;
  } finally {
    await session.close();
  }
}

async function runTwice(sql: string) {
  return { pg: await playOnce("pg", sql), postgres: await playOnce("postgres", sql) };
}

test("what a page prints again with each driver differs by the driver", async () => {
  const first = await runTwice("SELECT 1 AS n;");
  const url = inject("databaseUrl");
  const blocks = ["CREATE TABLE t (id int);", "SELECT 1 AS n;"];
  expect(await differsByDriver(url, blocks, first, timeout)).toBe(true);
});

test("what comes out otherwise in a second run varies", async () => {
  const sql = "SELECT random() AS n;";
  const first = await runTwice(sql);
  expect(await differsByDriver(inject("databaseUrl"), [sql], first, timeout)).toBe(false);
});

test("no database is left", async () => {
  const first = await runTwice("SELECT 1 AS n;");
  await differsByDriver(inject("databaseUrl"), ["SELECT 1 AS n;"], first, timeout);
  // Pages that other tests run are played again, too.
  const [left] = await playOnce(
    "pg",
    `SELECT count(*) FROM pg_database WHERE starts_with(datname, 'guide_scratch_again_${thisProcess()}');`,
  );
  expect(left?.rows).toEqual([["0"]]);
});
