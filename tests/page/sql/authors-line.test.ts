import { expect, test } from "vitest";
import { authorsLine } from "../../../runner/page/sql/compare/authors-line.ts";

const table = " id | name\n----+------\n  1 | Dune\n  2 | Ubik\n(2 rows)";
const wrong = " id | name\n----+------\n  1 | Dona\n  2 | Ubi\n(2 rows)";
const count = " count\n-------\n     7\n(1 row)";
const wrongCount = " count\n-------\n     6\n(2 rows)";
const titles = " title\n-----------------\n The Word for World\n It";
const plan = " QUERY PLAN\n---------------\n Sort on the id\n   ->  Seq Scan on t";

test.each([
  [
    "below a table",
    `${wrong}\nThese are the books that are left.`,
    table,
    "These are the books that are left.",
  ],
  ["above one", `The books:\n\n${wrong}`, table, "The books:"],
  ["between its rows", wrong.replace("  2", "Here comes Ubik\n  2"), table, "Here comes Ubik"],
  ["as one word", `${wrong}\nBoth!`, table, "Both!"],
  ["below one column", `${wrongCount}\nSeven, as it must be`, count, "Seven, as it must be"],
  ["above one column", `Result:\n${wrongCount}`, count, "Result:"],
  [
    "in one column",
    wrongCount.replace("(2", " (yours may be another)\n(2"),
    count,
    " (yours may be another)",
  ],
  ["above a value", "The count is now:\n6", "7", "The count is now:"],
  [
    "beside a tag",
    "INSERT 0 2\nNow there are two.\nDELETE 3",
    "INSERT 0 1\nDELETE 1",
    "Now there are two.",
  ],
  [
    "behind a tag",
    "INSERT 0 2 -- both of them\nDELETE 3",
    "INSERT 0 1\nDELETE 1",
    "INSERT 0 2 -- both of them",
  ],
  [
    "below an error",
    "ERROR:  division by nothing\nIt cannot be divided.",
    "ERROR:  division by zero",
    "It cannot be divided.",
  ],
  ["behind a row", wrong.replace("Dona", "Dona -> the first"), table, "  1 | Dona -> the first"],
  ["in Markdown", "| id |\n|---|\n| 6 |\n\nOnly one.", "| id |\n|---|\n| 7 |", "Only one."],
  [
    "in a drawn table",
    "│ id │\n├────┤\n│ 6 │\nOnly this one",
    "│ id │\n├────┤\n│ 7 │",
    "Only this one",
  ],
  ["for rows that are left out", wrong.replace("(2", " … | …\n(2"), table, " … | …"],
])("an author's text %s is found", (_, documented, printed, line) => {
  expect(authorsLine(documented, printed)).toBe(line);
});

test.each([
  ["wrong rows", wrong, table],
  ["rows that are gone", wrong.replace("(2", "  3 | It\n  4 | Solaris\n(4"), table],
  ["rows in another form", "| id | name |\n|---|---|\n| 1 | Dona |", table],
  ["a wrong value", wrongCount, count],
  ["a value by itself", "6", "7"],
  [
    "values of several words",
    titles.replace("It", "A Wizard of Earthsea\n Rocannon's World"),
    titles,
  ],
  ["a plan", plan.replace("Sort on the id", "Sort on the name\n   ->  Index Scan on t"), plan],
  ["tags", "insert 0 2;\nDELETE 3", "INSERT 0 1\nDELETE 1"],
  [
    "an error",
    'ERROR:  no "x"\nLINE 1: SELECT x\n               ^\nHINT:  Look.',
    "ERROR:  syntax error",
  ],
  [
    "a message in several lines",
    'ERROR:  null value in\ncolumn "x"\nLINE 2: a',
    'ERROR:  null value in column "x"',
  ],
  ["what psql says", `Timing is on.\n${wrong}\nTime: 2.1 ms`, table],
  ["what stays", `${wrong}\n...`, `${table}`],
  ["data with a sign for notes", wrong.replace("Dona", "C # 7"), table.replace("Ubik", "F # 9")],
  ["records", "-[ RECORD 1 ]\nid   | 1\nname | Dona", "-[ RECORD 1 ]\nid   | 1"],
])("no author's text is in %s", (_, documented, printed) => {
  expect(authorsLine(documented, printed)).toBeUndefined();
});
