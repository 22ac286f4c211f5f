import type { Display } from "../../../runner/page/sql/print/psql-format.ts";

/** Sent one after the other in one session. psql's outputs are in psql-outputs.json. */
export interface PsqlStatement {
  readonly sql: string;
  readonly display: Display;
}

const plain: Display = { expanded: false, nullText: "" };
const displays: readonly Display[] = [
  plain,
  { expanded: true, nullText: "(null)" },
  { expanded: false, nullText: "ø", tuplesOnly: true },
  { expanded: true, nullText: "", tuplesOnly: true },
];

const values = [
  "1::int2, -2::int4 AS n, 3::int8 AS number",
  "1.50::numeric, 2.5::float4, 1e100::float8, 'NaN'::numeric, '12.3'::money",
  "1::oid, '5'::xid, '6'::cid, '7'::xid8, 'pg_class'::regclass",
  "true, false, NULL::bool, 'a'::char, 'ab'::char(4), 'x'::varchar, 'n'::name",
  "'\\xdeadbeef'::bytea, B'101', '{1,2}'::int[], '{a,\"b c\"}'::text[]",
  "'2024-02-29'::date, '10:00'::time, '2024-02-29 10:00'::timestamp, interval '1 day 2 hours'",
  "'2024-02-29 10:00+00'::timestamptz AT TIME ZONE 'UTC', 'infinity'::date, '-infinity'::timestamp",
  "'{\"a\": [1, null]}'::json, '{\"b\": 1, \"a\": 2}'::jsonb, '<a>b</a>'",
  "'10.0.0.1'::inet, '08:00:2b:01:02:03'::macaddr, '(1,2)'::point, int4range(1, 5)",
  "'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'::uuid, ROW(1, 'a b', NULL), to_tsvector('english', 'a fat cat')",
  "E'a\\nb' AS two, 1 AS one, E'x\\n\\nyyy\\n' AS more",
  "1 AS number, E'long line\\nb\\n' AS last",
  'E\'a\\nb\' AS "first\nname", 1 AS "n\n\nm", \'x\' AS "a very long name"',
  "E'a\\tb', E'\\t', E'12345678\\tx', E'日\\tx' AS t",
  "E'a\\rb', E'\\x01\\x1f\\x7f', E'a\\u0085b' AS control",
  "'日本語' AS wide, 'ｱ' AS half, '한글' AS \"이름\", '😀' AS emoji",
  "E'e\\u0301' AS accent, 'é' AS composed, E'\\u0e01\\u0e33' AS thai, E'\\u202fx' AS space",
  "'' AS empty, NULL AS nothing, ' ' AS blank, 'x ' AS trailing",
  "repeat('x', 200) AS long, 1 AS \"n\"",
  '1 AS "Upper Case", 2 AS "a|b", \'|\' AS "+"',
  "",
];

const tables = [
  "SELECT * FROM books ORDER BY id",
  "SELECT * FROM books WHERE false",
  "SELECT id, price FROM books ORDER BY id DESC",
  "SELECT price, title FROM books WHERE id > 1 ORDER BY id",
  "SELECT FROM books",
  "SELECT FROM books WHERE false",
  "TABLE books ORDER BY title LIMIT 1",
  "VALUES (1, 'a'), (22, E'b\\nc'), (NULL, '')",
  "SELECT n, repeat('x', n) AS bar, -n AS minus FROM generate_series(1, 12) AS n",
  "SELECT n AS a, E'x\\ny' AS b, n * 1000 AS c FROM generate_series(8, 11) AS n",
  "SELECT 1 AS \"日本\", 'a' AS \"b\nc\" UNION ALL SELECT 1000000, '日本語の本'",
  "INSERT INTO books VALUES (10, 'new', 1) RETURNING id, title",
  "UPDATE books SET price = price + 1 WHERE id = 10 RETURNING *",
  "UPDATE books SET price = 1 WHERE false RETURNING price",
  "DELETE FROM books WHERE id = 10 RETURNING id AS gone",
  "EXPLAIN (COSTS off) SELECT * FROM books WHERE id = 1",
  "SHOW server_encoding",
  "CALL nothing_to_do(1)",
];

const commands = [
  "INSERT INTO books VALUES (4, 'x', 1), (5, 'y', 2)",
  "UPDATE books SET price = 3 WHERE id >= 4",
  "DELETE FROM books WHERE id >= 4",
  "DROP TABLE IF EXISTS a, b",
  "CREATE TABLE IF NOT EXISTS books (id int)",
  "SELECT id INTO copied FROM books",
  "CREATE TABLE copied2 AS SELECT 1 AS n",
  "CREATE TABLE child (id int REFERENCES books)",
  "INSERT INTO child VALUES (1)",
  "CREATE VIEW v AS SELECT 1 AS n",
  "BEGIN",
  "BEGIN",
  "SELECT nothing",
  "SELECT 1",
  "ROLLBACK",
  "COMMIT",
  "SET standard_conforming_strings = off",
  "SELECT 'a\\nb'",
  "SET standard_conforming_strings = on",
  "DO $$ BEGIN RAISE NOTICE E'one\\ntwo'; RAISE WARNING 'three' USING DETAIL = 'd', HINT = 'h'; END $$",
  "CREATE FUNCTION f(a int) RETURNS int LANGUAGE plpgsql AS $$\nBEGIN\n  RETURN a / 0;\nEND $$",
  "CREATE OR REPLACE FUNCTION g() RETURNS int LANGUAGE plpgsql AS $$ BEGIN RETURN f(1); END $$",
  "TRUNCATE child",
  "COMMENT ON TABLE books IS 'b'",
  "/* nothing */",
];

const errors = [
  "SELECT f(1)",
  "SELECT g()",
  "SELEC 1",
  "SELECT 1 +",
  "SELECT",
  "SELECT (1",
  "SELECT nothing FROM books",
  "SELECT titel FROM books",
  "SELECT *\nFROM books\nWHERE nothing = 1\nORDER BY id",
  "SELECT\t1,\n\t\tnothing",
  "SELECT 1,\r\n  nothing",
  "SELECT '日本語', nothing, '日本語'",
  "SELECT 'a', nothing, 'a long text behind it that goes on and on', 'and on until the end of the line'",
  "SELECT 'a long text before it that goes on and on', 'and on until the end', nothing FROM books",
  "SELECT 'a long text before it that goes on and on', nothing, 'and on until the end', 1, 2, 3, 4, 5",
  "SELECT '日本語日本語日本語日本語日本語日本語日本語', nothing, '日本語日本語日本語'",
  "SELECT 1 / 0",
  "SELECT 'x'::int",
  "SELECT foo(1)",
  "SELECT upper(1)",
  "SELECT 1 = 'a'::text",
  "SELECT * FROM missing",
  "DROP TABLE books",
  "INSERT INTO books VALUES (1, 'A', 1)",
  "INSERT INTO books VALUES (9, NULL, 1)",
  "INSERT INTO books VALUES (9, 'x', 123456789)",
  "INSERT INTO child VALUES (77)",
  "UPDATE books SET id = 1",
  "DO $$ BEGIN RAISE EXCEPTION 'e' USING DETAIL = E'd\\nd', HINT = 'h'; END $$",
  "DO $$ BEGIN EXECUTE 'SELECT nothing'; END $$",
  "DO $$ BEGIN PERFORM nothing; END $$",
  "DO $$ BEGIN nothing; END $$",
  "CREATE FUNCTION h() RETURNS int LANGUAGE sql AS $$ SELECT nothing $$",
  "SELECT E'\\u00'",
  'SELECT "Title" FROM books',
  "SELECT b.id FROM books",
  "SELECT title, count(*) FROM books",
  "SET nothing = 1",
  "SELECT 'unterminated",
];

const setUp = [
  "CREATE TABLE books (id int PRIMARY KEY, title text NOT NULL, price numeric(6,2))",
  "INSERT INTO books VALUES (1, 'A', 1.50), (2, E'Two\\nlines', NULL), (3, 'Ünï ☃ 日本', 300)",
  "CREATE PROCEDURE nothing_to_do(INOUT n int) LANGUAGE sql AS 'SELECT n + 1'",
];

const all = (display: Display) => (sql: string) => ({ sql, display });

export const psqlStatements: readonly PsqlStatement[] = [
  ...setUp.map(all(plain)),
  ...displays.flatMap((display) => [
    ...values.map((list) => ({ sql: `SELECT ${list}`, display })),
    ...tables.map(all(display)),
  ]),
  ...[...commands, ...errors].map(all(plain)),
  ...displays.slice(1).map((display) => ({ sql: "DROP TABLE copied", display })),
];
