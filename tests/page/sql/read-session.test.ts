import { expect, test } from "vitest";
import { readSession } from "../../../runner/page/sql/parse/read-session.ts";

/** Each part as its SQL and its output. */
function read(content: string): string[][] | undefined {
  const lines = content.split("\n");
  return readSession(content)?.map(({ sql, first, last }) => [
    sql,
    lines.slice(first, last).join("\n"),
  ]);
}

const rows = " n\n---\n 1\n(1 row)";

test.each([
  ["psql's prompts", `db=> SELECT 1 AS n;\n${rows}\n\ndb=# DROP TABLE t;\nDROP TABLE`],
  ["no prompts", `SELECT 1 AS n;\n\n${rows}\n\nDROP TABLE t;\nDROP TABLE`],
  [
    "a banner above",
    `psql (18.1)\nType "help" for help.\n\n=> SELECT 1 AS n;\n${rows}\n=> DROP TABLE t;\nDROP TABLE`,
  ],
])("with %s, each statement has what it prints", (_, content) => {
  expect(read(content)?.map(([sql, output]) => [sql?.trim(), output])).toEqual([
    ["SELECT 1 AS n;", rows],
    ["DROP TABLE t;", "DROP TABLE"],
  ]);
});

test("a statement may go on behind other prompts, or behind none", () => {
  expect(read(`db=> SELECT '\ndb'> ;'\ndb-> AS n;\n${rows}`)?.[0]?.[0]).toBe("SELECT '\n;'\nAS n;");
  expect(read(`db=> SELECT 1\n  AS n;\n${rows}`)?.[0]).toEqual(["SELECT 1\n  AS n;", rows]);
});

test("each statement that only prints a tag is one of its own", () => {
  const parts = [
    ["SAVEPOINT a;", "SAVEPOINT"],
    ["RELEASE SAVEPOINT a;", "RELEASE"],
    ["CLOSE ALL;", "CLOSE CURSOR"],
    ["END;", "COMMIT"],
    ["ABORT;", "ROLLBACK"],
    ["NOTIFY a;", "NOTIFY"],
  ];
  expect(read(parts.flat().join("\n"))).toEqual(parts);
});

test("the next statement may follow an error", () => {
  const content = "SELECT 1/0;\nERROR:  division by zero\nSELECT 1 AS n;\n";
  expect(read(content + rows)).toEqual([
    ["SELECT 1/0;", "ERROR:  division by zero"],
    ["SELECT 1 AS n;", rows],
  ]);
});

test.each([
  ["SQL without output", "SELECT 1;\nSELECT 2;"],
  ["an output", rows],
  ["tags", "CREATE TABLE\nINSERT 0 1"],
  ["text", "The server says:\n\nERROR:  no"],
  ["a session without output", "db=> \\q"],
  ["a comparison with a quote", "> SELECT 1;"],
])("%s is no session with outputs", (_, content) => {
  expect(readSession(content)).toBeUndefined();
});

test("a long statement is read at once", () => {
  const values = Array.from({ length: 20_000 }, (_, id) => `(${id}, 'the name of number ${id}')`);
  const sql = `INSERT INTO t VALUES\n${values.join(",\n")};`;
  expect(read(`${sql}\nINSERT 0 20000`)).toEqual([[sql, "INSERT 0 20000"]]);
});
