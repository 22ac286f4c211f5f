import { expect, inject, test } from "vitest";
import {
  compareWithSolution,
  type Done,
  leftTheSame,
} from "../../classroom/learn/compare-effects.ts";
import { readTablesAfter } from "../../classroom/learn/tables-after.ts";
import type { TableEffects } from "../../runner/guide/outcome.ts";
import { makeDatabase, openDatabase } from "../support/database.ts";

const nothing: TableEffects = { inserted: 0, updated: 0, deleted: 0, isRead: false };

function did(books: Partial<TableEffects>, hasRollback = false, rows = ["a"]): Done {
  const columns = new Map();
  const table = { columns, rules: [], count: rows.length, exact: "", digest: rows.join(), rows };
  return {
    effects: { tables: { books: { ...nothing, ...books } }, hasRollback },
    tables: new Map([["books", table]]),
  };
}

test.each([
  ["more rows", did({ updated: 4 }), did({ updated: 1 }), "updated 4 rows of books; the solution"],
  ["fewer rows, which leave the same", did({ updated: 1 }), did({ updated: 2 }), undefined],
  ["no row", did({}), did({ inserted: 3 }), "inserted no row into books; the solution inserts 3."],
  ["no question", did({}), did({ isRead: true }), "did not ask the database"],
  [
    "a question about nothing",
    did({ updated: 1 }),
    did({ updated: 1, isRead: true }),
    "did not read books.",
  ],
  ["a question too many", did({ isRead: true }), did({}), undefined],
  ["what only one rolled back", did({ updated: 5 }, true), did({ updated: 3 }), undefined],
  [
    "too many, which both rolled back",
    did({ updated: 5 }, true),
    did({ updated: 3 }, true),
    "updated 5 rows of books; the solution updates 3.",
  ],
  ["nothing to roll back", did({}), did({ updated: 1 }, true), "updated no row of books"],
  [
    "other rows",
    did({ inserted: 1 }, false, ["b"]),
    did({ inserted: 1 }),
    "books has other rows than after the solution",
  ],
  [
    "a row too many",
    did({ inserted: 1 }, false, ["a", "b"]),
    did({ inserted: 1 }),
    "books has 2 rows; after the solution, 1.",
  ],
])("%s", (_, own, solution, message) => {
  const said = compareWithSolution(own, solution)?.message;
  if (message === undefined) expect(said).toBeUndefined();
  else expect(said).toContain(message);
});

test("what is not known is not wrong", () => {
  const unknown = { ...did({}), effects: undefined };
  expect(compareWithSolution(unknown, did({ inserted: 3 }))).toBeUndefined();
});

test("tables are the same only with the same rows in the same places", () => {
  const left = (exact: string): Done => {
    const table = {
      columns: new Map(),
      rules: [],
      count: 2,
      exact,
      digest: "a,b",
      rows: ["a", "b"],
    };
    return { effects: undefined, tables: new Map([["books", table]]) };
  };
  expect(leftTheSame([left("a,b")], [left("a,b")])).toBe(true);
  expect(leftTheSame([left("b,a")], [left("a,b")])).toBe(false);
  expect(leftTheSame([left("a,b")], [{ effects: undefined, tables: new Map() }])).toBe(false);
});

test("a default is compared, unless the server makes it", async () => {
  const url = await makeDatabase(inject("databaseUrl"));
  const db = await openDatabase(url);
  const defaults = [
    ["text", "'(none)'", "'(none)'::text"],
    ["text", "E'it''s (\\\\) now()'", "'it''s (\\) now()'::text"],
    ["varchar(9)", "'(a)'::varchar(5)", "'(a)'::character varying(5)"],
    ["integer", "3", "3"],
    ["text", "", ""],
    ["text", "md5('a')", "made by the server"],
    ["text", "(now())::text", "made by the server"],
    ["text", "'(' || now()", "made by the server"],
  ];
  const columns = defaults.map(
    ([type, value], index) => `c${index} ${type} ${value && `DEFAULT ${value}`}`,
  );
  await db.query(`CREATE TABLE t (${columns.join(", ")})`);
  const own = [...((await readTablesAfter(url)).get("t")?.columns.values() ?? [])];
  expect(own.map(({ byDefault }) => byDefault)).toEqual(defaults.map(([, , said]) => said));
  expect(own.map(({ isCompared }) => isCompared)).toEqual([
    true,
    true,
    true,
    true,
    true,
    false,
    false,
    false,
  ]);
});
