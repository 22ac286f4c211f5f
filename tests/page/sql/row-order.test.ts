import { expect, test } from "vitest";
import { orderOf } from "../../../runner/page/sql/compare/row-order.ts";

const columns = [
  { name: "id", type: 23 },
  { name: "name", type: 25 },
];

test.each([
  ["no ORDER BY", "SELECT id, name FROM t", "allowed"],
  ["ORDER BY in a subquery", "SELECT * FROM (SELECT max(1) ORDER BY id) s", "unknown"],
  ["ORDER BY in a query with a name", "WITH u AS (SELECT 1 ORDER BY id) TABLE u", "unknown"],
  ["ORDER BY in a window", "SELECT id, rank() OVER (ORDER BY id) AS name FROM t", "unknown"],
  ["ORDER BY in an aggregate", "SELECT id, max(n ORDER BY lower(n)) FROM t GROUP BY id", "allowed"],
  ["ORDER BY for one value", "SELECT id, (SELECT 1 ORDER BY id LIMIT 1) FROM t", "allowed"],
  ["the other order", "SELECT * FROM t ORDER BY id DESC", "allowed"],
  ["against the order", "SELECT * FROM t ORDER BY id", "wrong"],
  ["against an order in two lines", "SELECT * FROM t ORDER\n  BY id", "wrong"],
  ["of a cursor", "FETCH ALL FROM c", "unknown"],
  ["of a prepared query", "EXECUTE q(1);", "unknown"],
  ["by position", "SELECT id, name FROM t ORDER BY 1 LIMIT 2;", "wrong"],
  ["of a column that is not shown", "SELECT * FROM t ORDER BY born", "unknown"],
  ["after a column that is not shown", "SELECT * FROM t ORDER BY born, id", "unknown"],
  ["a language's order", "SELECT * FROM t ORDER BY name", "allowed"],
  ["of a table's column", "SELECT t.id, t.name FROM t ORDER BY t.id", "wrong"],
  ["of one with another name", "SELECT t.nr AS id, t.name FROM t ORDER BY T.nr", "wrong"],
  ["of one that is the table's only", "SELECT DISTINCT id, name FROM t ORDER BY t.id", "wrong"],
  ["of a table that is whole", "SELECT t.* FROM t JOIN u USING (n) ORDER BY t.id", "wrong"],
  ["of another table's", "SELECT t.id, t.name FROM t, u ORDER BY u.id", "unknown"],
  ["of another table than the whole", "SELECT t.* FROM t, u ORDER BY u.id", "unknown"],
  ["of what a column is made of", "SELECT -(t.id) AS id, name FROM t ORDER BY t.id", "unknown"],
  [
    "of a query in parentheses",
    "WITH u AS (SELECT 1) SELECT t.id, t.name FROM t ORDER BY t.id",
    "wrong",
  ],
])("%s: %s is %s", (_, statement, expected) => {
  const rows = [
    ["20", "iPhone"],
    ["3", "Pixel"],
  ];
  expect(orderOf({ statement, columns, rows, tag: "SELECT 2", notices: [] }, rows)).toBe(expected);
});

test.each([
  ["codes, in a language's order", 'name COLLATE "C"', [["apple"], ["Apple"]], "wrong"],
  ["codes", 'name COLLATE pg_catalog."C" DESC', [["apple"], ["Apple"]], "allowed"],
  ["a language, in the order of codes", 'name COLLATE "en-x-icu"', [["Zoo"], ["apple"]], "wrong"],
  ["a language", 'name COLLATE "en-x-icu"', [["apple"], ["Zoo"]], "allowed"],
  ["large numbers", "id", [["1234567890123456790"], ["1234567890123456789"]], "wrong"],
  [
    "large numbers, the right way",
    "id",
    [["1234567890123456789"], ["1234567890123456790"]],
    "allowed",
  ],
  ["numbers with decimals", "id", [["10.1"], ["9.25"]], "wrong"],
  ["negative numbers", "id", [["-10.25"], ["-9"]], "allowed"],
  ["infinity", "id", [["Infinity"], ["1"]], "wrong"],
])("the order of %s", (_, key, rows, expected) => {
  const name = key.replace(/ .*/, "");
  const result = {
    statement: `SELECT ${name} FROM t ORDER BY ${key}`,
    columns: columns.filter((column) => column.name === name),
    ...{ rows, tag: "SELECT 2", notices: [] },
  };
  expect(orderOf(result, rows)).toBe(expected);
});

test("rows with equal keys come in any order, and NULL last", () => {
  const order = (statement: string, rows: (string | null)[][]) =>
    orderOf({ statement, columns, rows, tag: "SELECT 2", notices: [] }, rows);
  expect(
    order("SELECT * FROM t ORDER BY id", [
      ["1", "b"],
      ["1", "a"],
    ]),
  ).toBe("allowed");
  expect(
    order("SELECT * FROM t ORDER BY id", [
      [null, "b"],
      ["1", "a"],
    ]),
  ).toBe("wrong");
  expect(
    order("SELECT * FROM t ORDER BY id DESC", [
      [null, "b"],
      ["1", "a"],
    ]),
  ).toBe("allowed");
  expect(
    order("SELECT * FROM t ORDER BY id NULLS FIRST", [
      [null, "b"],
      ["1", "a"],
    ]),
  ).toBe("allowed");
});

test.each([
  ["an enum", 16_400, ["high", "low"]],
  ["an interval", 1186, ["10 days", "9 days"]],
  ["an array", 1007, ["{10}", "{9}"]],
])("the order of %s cannot be seen", (_, type, [first = "", second = ""]) => {
  const result = {
    statement: "SELECT a FROM t ORDER BY a",
    columns: [{ name: "a", type }],
    rows: [],
  };
  expect(orderOf({ ...result, tag: "SELECT 2", notices: [] }, [[first], [second]])).toBe("unknown");
});
