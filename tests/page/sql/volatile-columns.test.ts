import { expect, test } from "vitest";
import { mayRead, readColumnChange } from "../../../runner/page/sql/parse/volatile-columns.ts";

test.each<[string, readonly string[] | undefined]>([
  ["CREATE TABLE t (a int, b date DEFAULT now())", ["b"]],
  ['CREATE TABLE t ("B" uuid PRIMARY KEY DEFAULT gen_random_uuid(), n numeric(6, 2))', ["b"]],
  [
    "CREATE TABLE t (a float DEFAULT random(), b float GENERATED ALWAYS AS (a + 1) STORED)",
    ["a", "b"],
  ],
  ["CREATE TABLE t (a date, CHECK (a < now()))", undefined],
  ["CREATE TABLE t (LIKE u)", undefined],
  ["CREATE TABLE t AS SELECT now()", undefined],
  ["INSERT INTO t (a, b) VALUES (1, 'x, y'), (2, now())", ["b"]],
  ["INSERT INTO t (a) VALUES ('now()')", ["a"]],
  ["INSERT INTO t (a, b, c) VALUES (E'it\\'s', now(), 'x')", ["b"]],
  ["INSERT INTO t VALUES (now())", undefined],
  ["INSERT INTO t (a) SELECT now()", undefined],
  ["UPDATE t SET a = 1, b = now() WHERE a = 2", ["b"]],
  ["UPDATE t SET a = 1 WHERE b < now()", undefined],
  ["UPDATE t SET (a, b) = (1, now())", undefined],
])("%s fills these columns with what varies: %j", (statement, columns) => {
  expect(readColumnChange(statement)?.columns).toEqual(columns);
});

test.each<[string, boolean]>([
  ["SELECT a FROM t", false],
  ["SELECT count(*), a * 2 FROM t GROUP BY a", false],
  ["SELECT a FROM t WHERE a LIKE 'x%'", false],
  ["SELECT a, B FROM t", true],
  ["SELECT * FROM t", true],
  ["SELECT x.* FROM t x", true],
  ["SELECT a FROM t UNION ALL TABLE t", true],
  ["SELECT row_to_json(x) FROM t AS x", true],
  ["SELECT t FROM t", true],
  ["SELECT a FROM t NATURAL JOIN u", true],
  ["ALTER TABLE t RENAME TO u", true],
  ["ALTER TABLE t ADD c int", false],
  ["CREATE TABLE u PARTITION OF t DEFAULT", true],
])("%s may read a column b of t: %s", (statement, expected) => {
  expect(mayRead(statement, "t", new Set(["b"]))).toBe(expected);
});
