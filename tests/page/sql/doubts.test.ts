import { expect, test } from "vitest";
import { openDoubts } from "../../../runner/page/sql/explain/doubts.ts";
import type { SqlResult } from "../../../runner/page/sql/sql-result.ts";

const ran = (statement: string, tag = ""): SqlResult => ({
  ...{ statement, columns: undefined, rows: [], tag, notices: [] },
});
const failed = (statement: string, code = "42P01"): SqlResult => ({
  ...ran(statement),
  error: { severity: "ERROR", message: "no", code },
});

test.each([
  ["INSERT INTO shop.books SELECT * FROM nothing", "SELECT * FROM Books"],
  ["UPDATE ONLY books SET a = 1", "SELECT count(*) FROM books b"],
  ["CREATE TABLE IF NOT EXISTS books (id int)", "INSERT INTO books VALUES (1) RETURNING id"],
  ['CREATE VIEW "Old Books" AS SELECT 1', "TABLE books"],
  ["CREATE TRIGGER t BEFORE INSERT ON books EXECUTE FUNCTION f()", "TABLE books"],
  ["CREATE EVENT TRIGGER t ON ddl_command_start EXECUTE FUNCTION f()", "CREATE TABLE x ()"],
])("after %s failed, %s says nothing", (statement, later) => {
  const doubts = openDoubts();
  doubts.note(failed(statement));
  const isOther = statement.includes('"Old Books"');
  expect(doubts.about(later) === undefined).toBe(isOther);
  expect(doubts.about("SELECT 1 FROM authors") === undefined).toBe(!/EVENT/.test(statement));
});

test("doubts go on to what is made from them", () => {
  const doubts = openDoubts();
  doubts.note(failed("INSERT INTO books VALUES (1)"));
  doubts.note(ran("CREATE TABLE copies AS SELECT * FROM books", "SELECT 0"));
  expect(doubts.about("SELECT * FROM copies")).toContain("an earlier statement failed: no");
});

test("a default, a view or a function that varies makes its table vary", () => {
  const doubts = openDoubts();
  doubts.note(ran("CREATE TABLE loans (at date DEFAULT CURRENT_DATE)", "CREATE TABLE"));
  doubts.note(
    ran(
      "CREATE FUNCTION log() RETURNS trigger AS $$ BEGIN INSERT INTO logs VALUES (now()); RETURN NEW; END $$ LANGUAGE plpgsql",
    ),
  );
  for (const table of ["loans", "logs"]) {
    expect(doubts.about(`SELECT * FROM ${table}`)).toContain("time");
  }
});

test("syntax with placeholders casts doubt on its own names only", () => {
  const doubts = openDoubts();
  doubts.note(
    failed("INSERT INTO table_name (...) ON CONFLICT (...) DO UPDATE SET a = b", "42601"),
  );
  doubts.note(failed("CALL procedure_name([argument_list])", "42601"));
  expect(doubts.about("UPDATE books SET a = 1")).toBeUndefined();
});

test("what psql was not to run may have changed its table, or anything", () => {
  const doubts = openDoubts();
  doubts.noteUnsent("copy books from 'b.csv'", "not run");
  const reason = "an earlier statement was not sent: not run";
  doubts.note(ran("CREATE TABLE copies AS SELECT * FROM books", "SELECT 0"));
  for (const table of ["books", "copies"]) {
    expect(doubts.about(`TABLE ${table}`)).toBe(reason);
    expect(doubts.lacks(`TABLE ${table}`)).toBe(reason);
  }
  expect(doubts.about("TABLE authors")).toBeUndefined();
  expect(doubts.lacks("TABLE authors")).toBeUndefined();
  doubts.noteUnsent("", "not run");
  expect(doubts.about("TABLE authors")).toBe(reason);
  expect(doubts.lacks("TABLE authors")).toBe(reason);
});
