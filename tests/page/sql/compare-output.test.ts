import { expect, test } from "vitest";
import { compareOutput } from "../../../runner/page/sql/compare/compare-output.ts";
import { isVolatileStatement } from "../../../runner/page/sql/parse/volatile-columns.ts";
import { type Display, formatResult } from "../../../runner/page/sql/print/psql-format.ts";
import type { SqlResult } from "../../../runner/page/sql/sql-result.ts";

const display: Display = { expanded: false, nullText: "" };
const types = { int: 23, text: 25, bool: 16 };

function table(
  columns: Record<string, number>,
  rows: (string | null)[][],
  tag?: string,
): SqlResult {
  return {
    statement: "SELECT",
    columns: Object.entries(columns).map(([name, type]) => ({ name, type })),
    rows,
    tag: tag ?? `SELECT ${rows.length}`,
    notices: [],
  };
}

function command(tag: string, notices: string[] = []): SqlResult {
  return { statement: "", columns: undefined, rows: [], tag, notices };
}

const books = table({ id: types.int, title: types.text, sold: types.bool }, [
  ["1", "A", "t"],
  ["20", null, "f"],
]);
const one = table({ count: types.int }, [["3"]]);
const none = table({ id: types.int }, []);
const lines = table({ id: types.int, text: types.text }, [
  ["1", "a\nlong b"],
  ["2", "A+"],
]);
const pipes = table({ id: types.int, text: types.text }, [["1", "a|b"]]);
const inserted = table({ id: types.int }, [["7"]], "INSERT 0 1");
const missing = {
  ...{ severity: "ERROR", message: 'relation "nothing" does not exist', code: "42P01" },
  ...{ position: 15, hint: "Create it." },
};
const failed: SqlResult = {
  ...command(""),
  statement: "SELECT *\nFROM nothing;",
  error: missing,
};
const skipped = command("DROP TABLE", ['NOTICE:  table "x" does not exist, skipping']);

const text = ` id | title | sold
----+-------+------
  1 | A     | t
 20 |       | f
(2 rows)`;
const withoutCount = text.replace("\n(2 rows)", "");
const error = `ERROR:  relation "nothing" does not exist
LINE 2: FROM nothing;
             ^
HINT:  Create it.`;

test.each<[string, string, SqlResult[]]>([
  ["as it is", text, [books]],
  ["with blanks and empty lines around", `\n\n${text.replaceAll("\n", "  \n")}\n\n`, [books]],
  ["with CRLF", text.replaceAll("\n", "\r\n"), [books]],
  ["without a count", withoutCount, [books]],
  [
    "the whole block",
    `CREATE TABLE\nINSERT 0 3\n${text}\n\nDELETE 1`,
    [command("CREATE TABLE"), command("INSERT 0 3"), books, command("DELETE 1")],
  ],
  ["without tags", text, [command("CREATE TABLE"), books, command("DELETE 1")]],
  ["the last result", text, [none, one, books]],
  ["a stretch", ` count\n-------\n     3\n(1 row)\n\n\n${text}`, [none, one, books, none]],
  ["a stretch without counts", ` count\n-------\n     3\n\n${withoutCount}`, [one, books]],
  ["RETURNING", " id\n----\n  7\n(1 row)\n\nINSERT 0 1", [inserted]],
  ["RETURNING without its tag", " id\n----\n  7\n(1 row)", [inserted]],
  ["a notice", 'NOTICE:  table "x" does not exist, skipping\nDROP TABLE', [skipped]],
  ["no notice", "DROP TABLE", [skipped]],
  ["no rows", " id\n----\n(0 rows)", [none]],
  ["an error", error, [failed]],
  ["an error of a file", `psql:a.sql:3: ${error}`, [failed]],
  ["the first line of an error", 'ERROR:  relation "nothing" does not exist', [failed]],
  [
    "an error with its hint",
    'ERROR:  relation "nothing" does not exist\nHINT:  Create it.',
    [failed],
  ],
  ["below psql's own words", `Expanded display is off.\n${text}\nTime: 0.123 ms`, [books]],
  ["nothing, where nothing is printed", "", [command("")]],
])("exact: %s", (_, documented, results) => {
  expect(compareOutput(documented, results, display)).toMatchObject({ kind: "exact" });
});

test.each<[string, string, SqlResult[]]>([
  ["Markdown", "| id | title | sold |\n|---:|:--|---|\n| 1 | A | t |\n| 20 | | f |", [books]],
  [
    "Markdown with NULL, code and true",
    "| id | title | sold |\n| - | - | - |\n| 1 | `A` | true |\n| 20 | NULL | false |\n\n(2 rows)",
    [books],
  ],
  [
    "Markdown without outer lines",
    "id | title | sold\n---|---|---\n1 | A | t\n20 | null | f",
    [books],
  ],
  ["numbered", "# | id | title | sold\n1 | 1 | A | true\n2 | 20 | | false", [books]],
  ["numbered, in Markdown", "| # | count |\n|--|--|\n| 1 | 3 |", [one]],
  [
    "expanded",
    "-[ RECORD 1 ]\nid | 1\ntitle | A\nsold | t\n-[ RECORD 2 ]\nid | 20\ntitle | \nsold | f",
    [books],
  ],
  ["other widths", text.replaceAll(" | ", "   |   "), [books]],
  ["no blank at the start", text.trimStart(), [books]],
  ["another NULL", text.replace("20 |       |", "20 | null  |"), [books]],
  [
    "a border",
    "+----+-------+------+\n| id | title | sold |\n+----+-------+------+\n| 1  | A     | t    |\n| 20 | NULL  | f    |\n+----+-------+------+\n(2 rows)",
    [books],
  ],
  ["one value over several lines", '{\n  "a": 1\n}', [table({ data: 3802 }, [['{"a": 1}']])]],
  [
    "a value that an author breaks",
    '| id | data |\n|----|------|\n| 1 | {"a": 1, |\n| | "b": 2} |',
    [table({ id: types.int, data: 3802 }, [["1", '{"a": 1, "b": 2}']])],
  ],
  [
    "rows that are left out",
    "| id | title | sold |\n|--|--|--|\n| 1 | A | t |\n| ... | ... | ... |",
    [books],
  ],
  [
    "a note behind a row",
    `${text.split("\n").slice(0, 3).join("\n")} -> sold\n 20 |       | f`,
    [books],
  ],
  ["another order", " id | title | sold\n---+--+--\n20 | | f\n1 | A | t", [books]],
  [
    "no plus where the lines go on",
    " id | text\n----+----\n 1 | a\n  | long b\n 2 | A+\n(2 rows)",
    [lines],
  ],
  ["another line", error.replace("LINE 2", "LINE 1"), [failed]],
  ["Unicode lines", " count \n───────\n     3\n", [one]],
  ["a value only", "3", [one]],
  ["lines", "  id | text\n-----+-------\n 1 | a     +\n   | long b\n 2 | A+\n(2 rows)", [lines]],
  ["lines in Markdown", "| id | text |\n|--|--|\n| 1 | a<br>long b |\n| 2 | A+ |", [lines]],
  ["a bar in a value", "id | text\n---+------\n1 | a|b\n(1 row)", [pipes]],
  ["a bar in Markdown", "| id | text |\n|--|--|\n| 1 | a\\|b |", [pipes]],
  [
    "an error with one blank",
    'ERROR: relation "nothing" does not exist\nLINE 2: FROM nothing;\n  ^',
    [failed],
  ],
  [
    "an error of another client",
    '[Err] ERROR: relation "nothing" does not exist\nSQL state: 42P01\nCharacter: 15',
    [failed],
  ],
  [
    "a detail and a hint of pgAdmin",
    'ERROR:  relation "nothing" does not exist\n\nSQL state: 42P01\nDetail: It is not there.\nHint: Create it.',
    [{ ...failed, error: { ...missing, detail: "It is not there." } }],
  ],
  ["two blanks in Markdown", "| text |\n|--|\n| a b |", [table({ text: types.text }, [["a  b"]])]],
  ["a table after a tag", "INSERT 0 3\n\ncount\n---\n3", [command("INSERT 0 3"), one, books]],
])("values: %s", (_, documented, results) => {
  expect(compareOutput(documented, results, display)).toMatchObject({ kind: "values" });
});

const markdown = "| id | title | sold |\n|--|--|--|\n| 1 | A | t |\n| 20 | | f |";

test.each<[string, string, SqlResult[]]>([
  ["a wrong count", text.replace("2 rows", "3 rows"), [books]],
  ["a wrong count under Markdown", `${markdown}\n\n(3 rows)`, [books]],
  ["another value", text.replace("| A ", "| B "), [books]],
  ["another value in Markdown", markdown.replace("20", "21"), [books]],
  ["another number", "# | id | title | sold\n1 | 1 | A | t\n3 | 20 | | f", [books]],
  ["a missing row", text.replace("  1 | A     | t\n", ""), [books]],
  ["a missing last row", withoutCount.replace("\n 20 |       | f", ""), [books]],
  ["a missing row in Markdown", markdown.replace("\n| 20 | | f |", ""), [books]],
  ["one row more", `${withoutCount}\n 21 | x     | f`, [books]],
  ["another header", text.replace("title", "name "), [books]],
  ["another header in Markdown", markdown.replace("title", "name"), [books]],
  ["a header of another case", text.replace("title", "Title"), [books]],
  ["no header above the rule", text.slice(text.indexOf("\n") + 1), [books]],
  ["a missing column", " id | title\n----+-------\n  1 | A\n 20 |\n(2 rows)", [books]],
  [
    "NULL for an empty text",
    " text\n------\n NULL\n(1 row)",
    [table({ text: types.text }, [[""]])],
  ],
  ["one blank for two", " text\n------\n a b\n(1 row)", [table({ text: types.text }, [["a  b"]])]],
  [
    "an escape in psql's form",
    " text\n------\n &lt;\n(1 row)",
    [table({ text: types.text }, [["<"]])],
  ],
  ["only an ellipsis", "[...]", [books]],
  ["a wrong tag", "INSERT 0 2", [command("INSERT 0 3")]],
  ["a wrong tag below a table", `${text}\n\nDELETE 2`, [books, command("DELETE 1")]],
  ["a result between two is missing", `${text}\n\n${text}`, [books, one, books]],
  ["an order of results", ` count\n-------\n     3\n(1 row)\n\n${text}`, [books, one]],
  [
    "counts for some results",
    ` count\n-------\n     3\n\n${text}`,
    [one, table({ count: types.int }, [["4"]])],
  ],
  ["another message", error.replace("nothing", "missing"), [failed]],
  ["another hint of pgAdmin", `${error.split("\n")[0]}\nHint: Drop it.`, [failed]],
  ["another severity", error.replace("ERROR", "FATAL"), [failed]],
  ["another hint", error.replace("Create it", "Drop it"), [failed]],
  ["an error where there is none", error, [books]],
  ["a table where there is an error", text, [failed]],
  ["a notice that was not there", `NOTICE:  x\n${text}`, [books]],
  ["nothing, where something is printed", "", [books]],
  ["something, where nothing was run", text, []],
])("differs: %s", (_, documented, results) => {
  expect(compareOutput(documented, results, display).kind).toBe("differs");
});

test("what differs is shown in the page's way", () => {
  const results = [command("CREATE TABLE"), one, books, command("DELETE 1")];
  const printed = (documented: string) => {
    const comparison = compareOutput(documented, results, display);
    return comparison.kind === "differs" ? comparison.printed : comparison.kind;
  };
  const whole = formatResult(books, display).trim();
  const clean = (value: string) => value.replace(/ +$/gm, "").trim();
  expect(clean(printed(text.replace("| A ", "| B ")))).toBe(clean(whole));
  expect(clean(printed(withoutCount.replace("| A ", "| B ")))).toBe(clean(withoutCount));
  expect(clean(printed(`${text}\n\nDELETE 2`))).toBe(clean(`${whole}\n\nDELETE 1`));
  expect(printed(markdown.replace("20", "21"))).toBe(
    "| id | title | sold |\n|--|--|--|\n| 1 | A | t |\n| 20 |  | f |",
  );
  expect(printed("# | id | title | sold\n1 | 1 | A | true\n2 | 21 | NULL | false")).toBe(
    "# | id | title | sold\n1 | 1 | A | true\n2 | 20 | NULL | false",
  );
  expect(printed("-[ RECORD 1 ]\ncount | 4")).toBe("-[ RECORD 1 ]\ncount | 3");
  expect(printed("CREATE TABLE\n\n count\n-------\n     4\n(1 row)")).toContain(
    "CREATE TABLE\n\n count",
  );
});

test.each([
  ["a count", text.replace("\n 20 |       | f\n(2 rows)", "\n(1 row)"), text],
  ["a rule", text.replace("\n  1 | A     | t", ""), text],
  ["a rule in Markdown", markdown.replace("\n| 1 | A | t |", ""), markdown],
  [
    "a count below rows that are left out",
    text.replace("  1 | A     | t", "...").replace("2 rows", "3 rows"),
    text.replace("  1 | A     | t", "..."),
  ],
  ["a tag", "INSERT 0 2\nDROP TABLE", "INSERT 0 3\nDROP TABLE"],
])("a row never takes the place of %s", (_, documented, wanted) => {
  const results = [command("INSERT 0 3"), command("DROP TABLE"), books];
  const comparison = compareOutput(documented, results, display);
  const lines = (value: string) => value.replace(/ +/g, " ").replace(/ $/gm, "");
  const printed = comparison.kind === "differs" ? comparison.printed : "";
  expect(lines(printed)).toBe(lines(wanted));
});

test("two thousand rows and results are compared", () => {
  const rows = Array.from({ length: 2000 }, (_, index) => [`${index}`, "x".repeat(50), "t"]);
  const long = table({ id: types.int, title: types.text, sold: types.bool }, rows);
  const shown = formatResult(long, display);
  expect(compareOutput(shown.replace(" 1999 ", " 1998 "), [long], display).kind).toBe("differs");
  const many = Array.from({ length: 2000 }, () => one);
  expect(compareOutput(text, many, display).kind).toBe("differs");
});

test.each([
  "SELECT now()",
  "SELECT CURRENT_DATE - 1",
  "SELECT localtime",
  "SELECT * FROM t WHERE at > CURRENT_TIMESTAMP",
  "SELECT age(birthday)",
  "SELECT age(date_trunc('day', a, 'UTC')) FROM t",
  "SELECT random() * 10",
  "SELECT gen_random_uuid(), 1",
  "INSERT INTO t VALUES (now()) RETURNING *",
  "SELECT 'now'::timestamp",
  "EXPLAIN ANALYZE SELECT 1",
  "EXPLAIN (COSTS off, ANALYZE) SELECT 1",
  "SELECT pg_backend_pid()",
])("%s is volatile", (statement) => {
  expect(isVolatileStatement(statement)).toBe(true);
});

test.each([
  "SELECT 'now()'",
  "SELECT 1 -- now()",
  "SELECT /* random() */ 1",
  'SELECT "current_date" FROM t',
  "SELECT age(a, b)",
  "SELECT age(date_trunc('day', a), b)",
  "SELECT age FROM people",
  "SELECT known(1)",
  "CREATE TABLE t (at timestamptz DEFAULT now())",
  "INSERT INTO t VALUES (now())",
  "EXPLAIN SELECT 1",
  "SELECT $$now()$$",
])("%s is not volatile", (statement) => {
  expect(isVolatileStatement(statement)).toBe(false);
});

test("a long statement and its long output are compared at once", () => {
  const rows = Array.from({ length: 3000 }, (_, id) => [`${id}`, `the name of number ${id}`]);
  const values = rows.map(([id, name]) => `(${id}, '${name}')`).join(", ");
  const insert = { ...command("INSERT 0 3000"), statement: `INSERT INTO t VALUES ${values};` };
  const results = [insert, table({ id: types.int, name: types.text }, rows)];
  const printed = results.map((result) => formatResult(result, display)).join("");
  expect(compareOutput(printed, results, display).kind).toBe("exact");
});
