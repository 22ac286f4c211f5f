import { expect, test } from "vitest";
import { doubtfulColumns } from "../../../runner/page/sql/explain/doubtful-columns.ts";

const all = undefined;

test.each([
  ["SELECT id, now() FROM t", ["id", "now"], [1]],
  ["SELECT extract(year FROM now()), id FROM t", ["extract", "id"], [0]],
  ["SELECT *, now() AS n FROM t", ["id", "title", "n"], [2]],
  ["SELECT t.*, 1 FROM t ORDER BY made", ["id", "made", "?column?"], [1]],
  ["INSERT INTO t (id, made) VALUES (1, now()) RETURNING id, made", ["id", "made"], [1]],
  ["UPDATE t SET made = now() RETURNING *", ["id", "made"], [1]],
  ["UPDATE t SET made = now() WHERE made > 1 RETURNING *", ["id", "made"], all],
  ["SELECT id, made FROM t ORDER BY made LIMIT 3", ["id", "made"], all],
  ["SELECT id, made FROM t WHERE made > 1", ["id", "made"], all],
  ["SELECT made, count(*) FROM t GROUP BY 1", ["made", "count"], all],
  ["SELECT DISTINCT id, made FROM t", ["id", "made"], all],
  ["SELECT id, made FROM t UNION SELECT 1, 2", ["id", "made"], all],
  ["SELECT a.*, b.* FROM a, b", ["id", "made"], all],
  ["WITH x AS (SELECT now()) SELECT 1, now FROM x", ["?column?", "now"], all],
  ["SELECT *, now(), made FROM gone", [], all],
  ["SELECT now()", ["now"], all],
] as const)("in %s, the columns %j that depend on the time are %j", (statement, names, found) => {
  const columns = names.map((name) => ({ name, type: 25 }));
  const result = { statement, columns, rows: [], tag: "", notices: [] };
  const doubtful = doubtfulColumns(result, (text) => /\bnow\b|\bmade\b/.test(text));
  expect(doubtful && [...doubtful]).toEqual(found);
});
