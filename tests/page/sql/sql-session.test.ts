import { expect, onTestFinished, test } from "vitest";
import { openSqlSession } from "../../../runner/page/sql/send/sql-session.ts";
import type { SqlResult } from "../../../runner/page/sql/sql-result.ts";
import { makeDatabase } from "../../support/database.ts";

const drivers = ["pg", "postgres"] as const;

async function open(driver: (typeof drivers)[number], onUnusable = () => {}) {
  const options = { statementTimeout: 1000, onUnusable };
  const session = await openSqlSession(driver, await makeDatabase(), options);
  onTestFinished(() => session.close());
  return session;
}

/** Each statement, and what the server says it did. */
const statements: readonly (readonly [string, string | undefined])[] = [
  [
    "CREATE TABLE books (id int PRIMARY KEY, title text NOT NULL, price numeric(6,2))",
    "CREATE TABLE",
  ],
  ["CREATE TABLE IF NOT EXISTS books (id int)", "CREATE TABLE"],
  ["DROP TABLE IF EXISTS nothing", "DROP TABLE"],
  ["INSERT INTO books VALUES (1, 'A', 1.50), (2, 'B', NULL), (3, 'Ünï ☃', 3)", "INSERT 0 3"],
  ["INSERT INTO books VALUES (4, 'D') RETURNING id, title AS t", "INSERT 0 1"],
  ["INSERT INTO books VALUES (1, 'A')", ""],
  ["INSERT INTO books VALUES (5, NULL)", ""],
  ["UPDATE books SET price = 2 WHERE id > 2", "UPDATE 2"],
  ["UPDATE books SET price = 2 WHERE false RETURNING *", "UPDATE 0"],
  ["DELETE FROM books WHERE id = 4", "DELETE 1"],
  [
    "MERGE INTO books USING (VALUES (1)) AS v (id) ON books.id = v.id WHEN MATCHED THEN UPDATE SET price = 9",
    "MERGE 1",
  ],
  ["SELECT * FROM books ORDER BY id", "SELECT 3"],
  ["SELECT * FROM books WHERE false", "SELECT 0"],
  ["SELECT FROM books", "SELECT 3"],
  ["SELECT", "SELECT 1"],
  ["SELECT 1 AS a, 2 AS a", "SELECT 1"],
  ["SELECT id, title INTO copied FROM books", "SELECT 3"],
  ["CREATE TABLE copied2 AS SELECT 1", "SELECT 1"],
  ["TABLE copied", "SELECT 3"],
  ["VALUES (1, 'a'), (NULL, 'b')", "SELECT 2"],
  ["SELECT 1::int2, 2::int8, 1.50::numeric, 'NaN'::float8, 1e100::float8, '1'::money", "SELECT 1"],
  ["SELECT true, false, NULL::bool, 'x'::bytea, '\\xdeadbeef'::bytea", "SELECT 1"],
  [
    "SELECT '2024-02-29'::date, '10:00'::time, '10:00+02'::timetz, 'infinity'::timestamp",
    "SELECT 1",
  ],
  ["SELECT '2024-02-29 10:00+00'::timestamptz, interval '1 mon 2 days 03:04:05'", "SELECT 1"],
  ["SELECT ARRAY[1, NULL, 3], ARRAY['a b', 'c\"d'], '{{1,2},{3,4}}'::int[]", "SELECT 1"],
  ["SELECT '{\"a\": [1, 2]}'::json, '{\"b\": null}'::jsonb, ROW(1, 'a b')", "SELECT 1"],
  ["SELECT '(1,2)'::point, '192.168.0.1/24'::inet, int4range(1, 5), B'101'", "SELECT 1"],
  ["SELECT E'a\\nb\\tc\\rd', ''", "SELECT 1"],
  ["SELECT 'a' || repeat('x', 70000)", "SELECT 1"],
  ["SELECT generate_series(1, 2000)", "SELECT 2000"],
  ["SELECT nothing", ""],
  ["SELECT * FROM nothing", ""],
  ["SELECT 1 / 0", ""],
  ["SELEC 1", ""],
  ["SELECT", "SELECT 1"],
  ["SELECT (", ""],
  ["SELECT 'x'::int", ""],
  ["SELECT foo(1)", ""],
  ["CREATE FUNCTION one() RETURNS int LANGUAGE sql AS 'SELECT 1'", "CREATE FUNCTION"],
  ["SELECT one()", "SELECT 1"],
  [
    "DO $$ BEGIN RAISE NOTICE 'n %', 1; RAISE WARNING 'w' USING HINT = 'h'; RAISE INFO 'i'; END $$",
    "DO",
  ],
  ["DO $$ BEGIN RAISE EXCEPTION 'e' USING DETAIL = 'd', HINT = 'h', ERRCODE = 'P1234'; END $$", ""],
  ["DO $$ BEGIN EXECUTE 'SELECT nothing'; END $$", ""],
  ["CREATE VIEW v AS SELECT id FROM books", "CREATE VIEW"],
  ["DROP TABLE books", ""],
  ["BEGIN", "BEGIN"],
  ["BEGIN", "BEGIN"],
  ["SAVEPOINT s", "SAVEPOINT"],
  ["SELECT nothing", ""],
  ["SELECT 1", ""],
  ["ROLLBACK TO s", "ROLLBACK"],
  ["DECLARE c CURSOR FOR SELECT * FROM books ORDER BY id", "DECLARE CURSOR"],
  ["FETCH 2 FROM c", "FETCH 2"],
  ["MOVE 1 FROM c", "MOVE 1"],
  ["CLOSE c", "CLOSE CURSOR"],
  ["COMMIT", "COMMIT"],
  ["ROLLBACK", "ROLLBACK"],
  ["PREPARE p AS SELECT $1::int", "PREPARE"],
  ["EXECUTE p(5)", "SELECT 1"],
  ["SHOW standard_conforming_strings", "SHOW"],
  ["SET DateStyle = 'SQL, DMY'", "SET"],
  ["EXPLAIN (COSTS off) SELECT 1", "EXPLAIN"],
  ["CREATE INDEX i ON books (title)", "CREATE INDEX"],
  ["VACUUM books", "VACUUM"],
  ["ANALYZE books", "ANALYZE"],
  ["TRUNCATE copied", "TRUNCATE TABLE"],
  ["COPY copied FROM stdin", ""],
  ["COPY copied TO STDOUT", ""],
  ["/* nothing */", ""],
];

test("both libraries give the same results", async () => {
  const [first, second] = [await open("pg"), await open("postgres")];
  for (const [sql, tag] of statements) {
    const answer = await first.send(sql);
    expect(answer.tag, sql).toBe(tag);
    expect(await second.send(sql), sql).toEqual(answer);
  }
});

test.each(drivers)(
  "with %s, a result has columns, values as text, notices and errors",
  async (driver) => {
    const session = await open(driver);
    const [none, empty, rows] = [
      await session.send("CREATE TABLE t (id int)"),
      await session.send("SELECT FROM t"),
      await session.send("SELECT 1.50::numeric AS price, true, NULL::date"),
    ];
    expect([none.columns, empty.columns]).toEqual([undefined, []]);
    expect(rows).toEqual<SqlResult>({
      statement: "SELECT 1.50::numeric AS price, true, NULL::date",
      columns: [
        { name: "price", type: 1700 },
        { name: "?column?", type: 16 },
        { name: "date", type: 1082 },
      ],
      rows: [["1.50", "t", null]],
      tag: "SELECT 1",
      notices: [],
    });
    const skipped = await session.send("DROP TABLE IF EXISTS x, t");
    expect(skipped.notices).toEqual(['NOTICE:  table "x" does not exist, skipping']);
    const { error } = await session.send("SELECT\n  nothing");
    expect(error).toEqual({
      ...{ severity: "ERROR", message: 'column "nothing" does not exist' },
      ...{ code: "42703", position: 10 },
    });
  },
);

test.each(drivers)("with %s, a statement that takes too long is canceled", async (driver) => {
  let isLost = false;
  const session = await open(driver, () => {
    isLost = true;
  });
  const slow = await session.send("SELECT pg_sleep(60)");
  expect(slow.error?.code).toBe("57014");
  await session.send("SET statement_timeout = 0");
  const stuck = await session.send("SELECT pg_sleep(60)");
  expect([stuck.error?.severity, isLost]).toEqual(["FATAL", true]);
  expect(await session.send("SELECT 1")).toEqual({ ...stuck, statement: "SELECT 1" });
});

test.each(drivers)("with %s, a connection that the server ends is told once", async (driver) => {
  let count = 0;
  const session = await open(driver, () => {
    count++;
  });
  const ended = await session.send("SELECT pg_terminate_backend(pg_backend_pid())");
  expect(ended.error?.severity).toBe("FATAL");
  await session.close();
  expect(count).toBe(1);
});
