import { expect, test } from "vitest";
import { loadGuide } from "../../runner/guide/load-guide.ts";
import { unnamedTable } from "../../runner/guide/sql-in-scripts.ts";
import { makeGuide } from "../support/guide.ts";

test.each([
  ['db.query("CREATE TABLE books (id int)");', undefined],
  ['db.query("DROP TABLE IF EXISTS Books, public.books");', undefined],
  ['db.query("create table\\n  if not exists notes (id int)");', "notes"],
  ['db.query("DROP TABLE books, notes");', "notes"],
  ['db.query("CREATE TABLE \\"Notes\\" (id int)");', "Notes"],
  ["db.query(`TRUNCATE TABLE library.notes`);", "library.notes"],
  ['db.query("TRUNCATE notes");', "notes"],
  ["db.query(`truncate only books, notes restart identity`);", "notes"],
  ['db.query("TRUNCATE TABLE ONLY notes");', "notes"],
  ['db.query("TRUNCATE books CASCADE; SELECT 1");', undefined],
  ["// truncate long lines\nconst truncate = 1;", undefined],
  ['db.query("CREATE UNLOGGED TABLE notes (id int)");', "notes"],
  ['db.query("CREATE OR REPLACE VIEW notes AS SELECT 1");', "notes"],
  ['db.query("DROP MATERIALIZED VIEW IF EXISTS notes");', "notes"],
  ['db.query("DROP FOREIGN TABLE notes");', "notes"],
  ['db.query("CREATE OR REPLACE RECURSIVE VIEW notes (n) AS SELECT 1");', "notes"],
  ["db.query(`TRUNCATE notes -- all of it\n;`);", "notes"],
  ['db.query("TRUNCATE books *, notes *");', "notes"],
  ['db.query("DROP /* the old */ TABLE notes");', "notes"],
  ['db.query("DROP TABLE :\\"notes\\"");', ":notes"],
  ['db.query("DROP TABLE größe");', "größe"],
  ["// truncate text -- as it is\nconst table = 1;", undefined],
  ['db.query("DROP VIEW books");', undefined],
  ['db.query("CREATE TEMP VIEW notes AS SELECT 1");', undefined],
  ['db.query("CREATE TEMP TABLE notes (id int)");', undefined],
  ['db.query("SELECT * FROM notes");', undefined],
])("in %s, the table that the guide does not name is %s", async (code, table) => {
  const { directory, write } = makeGuide({ runs: ["01-a"], tables: ["books"] }, ["01-a"]);
  write("steps/01-a.ts", `/*\n# A\n\nCREATE TABLE in the text is not a statement.\n*/\n${code}\n`);
  expect(unnamedTable(await loadGuide(directory))?.table).toBe(table);
});
