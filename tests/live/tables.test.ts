import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { differencesBetween, markChanges } from "../../runner/live/database/compare-tables.ts";
import { readTables, type Snapshot } from "../../runner/live/database/read-tables.ts";
import { statementsSince } from "../../runner/live/database/server-log.ts";
import { makeDatabase, openDatabase } from "../support/database.ts";

/** A table of two columns: "1 a, 2 b" has two rows. */
function table(rows: string, total = 0, name = "t"): Snapshot {
  const pairs = rows
    .split(", ")
    .filter(Boolean)
    .map((row) => row.split(" "));
  const cells = pairs.map(([id = "", text = ""]): [string, string[]] => [id, [id, text]]);
  const shown = { name, columns: ["id", "text"], moreColumns: 0, rows: new Map(cells) };
  return { kind: "read", tables: [{ ...shown, total: total || pairs.length }], more: 0 };
}

const signs = { same: "=", came: "+", changed: "~", went: "-" };

test.each([
  ["1 a", "1 a, 2 b", "=1 +2"],
  ["1 a, 2 b", "1 a, 2 c", "=1 ~2"],
  ["1 a, 2 b", "2 b", "=2 -1"],
  ["", "1 a", "+1"],
])("from %j to %j: %s", (before, now, marked) => {
  const [shown] = markChanges(table(now), table(before));
  expect(shown?.rows.map(({ mark, cells }) => signs[mark] + cells[0]).join(" ")).toBe(marked);
});

test("of a table that is cut off, nothing is marked that may only have moved", () => {
  const rows = (now: Snapshot, before: Snapshot) =>
    markChanges(now, before)[0]?.rows.map(({ mark, cells }) => signs[mark] + cells[0]);
  expect(rows(table("2 b, 3 c", 8), table("1 a, 2 b", 9))).toEqual(["=2", "=3"]);
  expect(rows(table("0 z, 1 a", 10), table("1 a, 2 b", 9))).toEqual(["+0", "=1"]);
});

test("a table that is dropped is shown once more, with its rows", () => {
  const [shown] = markChanges({ kind: "read", tables: [], more: 0 }, table("1 a"));
  expect(shown).toMatchObject({ isGone: true, rows: [{ mark: "went", cells: ["1", "a"] }] });
});

test.each<[Snapshot, string[]]>([
  [table("1 a, 2 b"), []],
  [table("1 a, 2 c"), ["t: in row 2, text is “b” with pg, and “c” with Drizzle."]],
  [table("1 a"), ["t: pg has 2 rows, and Drizzle has 1."]],
  [
    table("1 a, 2 b", 0, "u"),
    ["pg has a table t, and Drizzle has none.", "Drizzle has a table u, and pg has none."],
  ],
])("differences are named: %#", (other, named) => {
  const pg = { title: "pg", snapshot: table("1 a, 2 b") };
  expect(differencesBetween([pg, { title: "Drizzle", snapshot: other }])).toEqual(named);
});

describe("reading", () => {
  test("shows fifty rows and twenty columns, in the order of the key, and writes nothing", async () => {
    const url = await makeDatabase();
    const db = await openDatabase(url);
    const columns = Array.from({ length: 25 }, (_, n) => `"c ${n}" int`);
    await db.execute(`CREATE TABLE wide (${columns}, PRIMARY KEY ("c 1", "c 0"))`);
    await db.execute(
      `INSERT INTO wide ("c 0", "c 1") SELECT 100 - n, n FROM generate_series(1, 60) AS n`,
    );
    await db.execute("CREATE SCHEMA other");
    await db.execute(
      "CREATE TABLE other.long AS SELECT repeat('x', 5000) AS text, NULL AS nothing",
    );
    await db.execute(`CREATE FUNCTION writes() RETURNS int LANGUAGE sql
      AS 'INSERT INTO wide ("c 0", "c 1") VALUES (0, 0) RETURNING 1'`);
    await db.execute("CREATE VIEW view AS SELECT writes()");
    await db.close();

    const snapshot = await readTables(url);
    if (snapshot.kind === "unread") throw new Error(snapshot.reason);
    const [wide, long] = snapshot.tables;
    expect(snapshot.tables.map(({ name }) => name)).toEqual(["wide", "other.long"]);
    expect(wide).toMatchObject({ moreColumns: 5, total: 60 });
    expect(wide?.rows.size).toBe(50);
    expect([...(wide?.rows.values() ?? [])][1]?.slice(0, 3)).toEqual(["98", "2", null]);
    expect([...(long?.rows.values() ?? [])]).toEqual([[`${"x".repeat(200)}…`, null]]);
  });

  test("does not wait for a table that is locked", { timeout: 30_000 }, async () => {
    const url = await makeDatabase();
    const db = await openDatabase(url);
    await db.execute("CREATE TABLE t (id int)");
    await db.execute("BEGIN");
    await db.execute("LOCK TABLE t");
    expect(await readTables(url)).toMatchObject({
      kind: "unread",
      reason: expect.stringContaining("statement timeout"),
    });
  });
});

test("statements are read from the server's log, with parameters, times, rows and errors", () => {
  const directory = mkdtempSync(join(tmpdir(), "guide-log-"));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const log = join(directory, "server.log");
  const plan = (text: string) =>
    `duration: 1 ms  plan:\n\t{"Query Text": "${text}", "Plan": {"Node Type": "ModifyTable", "Plans": [{"Actual Rows": 2.00}]}}`;
  const lines = [
    "1,,, LOG:  ready",
    "7,guide_1,other,LOG:  duration: 1 ms  statement: SELECT 1",
    "7,guide_1,db,LOG:  duration: 0.5 ms  statement: BEGIN",
    "7,guide_1,db,LOG:  duration: 0.25 ms  parse <unnamed>: UPDATE t\n\tSET a = $1",
    "7,guide_1,db,LOG:  duration: 0.25 ms  execute <unnamed>: UPDATE t\n\tSET a = $1",
    "7,guide_1,db,DETAIL:  Parameters: $1 = '1984'",
    `7,guide_1,db,LOG:  ${plan("UPDATE t\\nSET a = $1")}`,
    "8,guide_1_reader,db,LOG:  duration: 1 ms  statement: SELECT ours",
    "7,guide_1,db,LOG:  duration: 1 ms  bind <unnamed>: SELECT * FROM u",
    "7,guide_1,db,DETAIL:  Parameters: $1 = 'of the next'",
    '7,guide_1,db,ERROR:  relation "u" does not exist at character 15',
    "7,guide_1,db,STATEMENT:  SELECT * FROM u",
  ];
  writeFileSync(log, `${lines.join("\n")}\n`);
  const none = { parameters: "", rows: undefined, error: undefined };
  expect(statementsSince(log, 0, "db")).toEqual([
    { ...none, text: "BEGIN", duration: 0.5 },
    {
      text: "UPDATE t\nSET a = $1",
      parameters: "$1 = '1984'",
      duration: 0.5,
      rows: 2,
      error: undefined,
    },
    {
      ...none,
      text: "SELECT * FROM u",
      duration: undefined,
      error: 'relation "u" does not exist at character 15',
    },
  ]);
});
