import { stripVTControlCharacters } from "node:util";
import { expect, test } from "vitest";
import { countsOf, readChoice, tableTexts } from "../../classroom/notebook/tables.ts";
import type { ChangedTable } from "../../classroom/tables/changed-table.ts";

const row = (change: "none" | "added" | "deleted", ...cells: (string | null)[]) => ({
  ...{ change, cells, before: undefined },
});

const books: ChangedTable = {
  name: "books",
  columns: ["id", "title"],
  rows: [
    row("none", "1", "Dune"),
    { change: "changed", cells: ["2", "1984"], before: ["2", null] },
    row("added", "3", "a\nb\u001b[31m"),
    row("deleted", "4", "It"),
  ],
  moreColumns: 0,
  moreRows: 1,
  isDropped: false,
};

test("a table has a sign at each row that changed, and what was in its cells", () => {
  expect(stripVTControlCharacters(tableTexts([books], 60)).split("\n")).toEqual([
    "Table books",
    "  id  title",
    "  1   Dune",
    "~ 2   NULL → 1984",
    expect.stringMatching(/^\+ 3 {3}a\\nb\S+31m$/),
    "- 4   It",
    "… 1 more row",
  ]);
  expect(tableTexts([books], 8)).not.toMatch(/title/);
  expect(tableTexts([], 60)).toBe("There is no table.");
  expect(countsOf([books])).toBe("+1 ~1 -1");
  expect(countsOf([{ ...books, rows: [] }])).toBe("no row changed");
});

test.each([
  ["", { kind: "end" }],
  ["2", { kind: "tables", after: 1, since: 0 }],
  ["1", { kind: "tables", after: 0, since: -1 }],
  ["1-4", { kind: "tables", after: 3, since: 0 }],
  ["0-4", { kind: "tables", after: 3, since: -1 }],
  ["b3", { kind: "back", run: 2 }],
  ["5", undefined],
  ["0", undefined],
  ["b1-2", undefined],
  ["x", undefined],
])("of four runs, %j chooses %j", (text, choice) => {
  expect(readChoice(text, 4)).toEqual(choice);
});
