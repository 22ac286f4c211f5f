import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { endOfLog, statementsOf } from "../../classroom/live/database/server-log.ts";
import { compareClients, findChanges } from "../../classroom/tables/compare-tables.ts";
import { readTables, type Snapshot } from "../../classroom/tables/read-tables.ts";
import { hidePassword } from "../../runner/common/secrets.ts";
import { makeDatabase, openDatabase } from "../support/database.ts";
import { makeDirectory } from "../support/files.ts";

/** A table of two columns: "1 a, 2 b" has two rows, "1 a_b" a blank. */
function table(rows: string, total = 0, name = "t"): Snapshot {
  const pairs = rows
    .split(", ")
    .filter(Boolean)
    .map((row) => row.split(" "));
  const cells = pairs.map(([id = "", text = ""]): [string, string[]] => [
    id,
    [id, text.replaceAll("_", " ")],
  ]);
  const shown = {
    name,
    columns: ["id", "text"],
    moreColumns: 0,
    hasKey: true,
    rows: new Map(cells),
  };
  return { kind: "read", tables: [{ ...shown, total: total || pairs.length }], more: 0 };
}

const signs = { none: "=", added: "+", changed: "~", deleted: "-" };

test.each([
  ["1 a", "1 a, 2 b", "=1 +2"],
  ["1 a, 2 b", "1 a, 2 c", "=1 ~2"],
  ["1 a, 2 b", "2 b", "=2 -1"],
  ["", "1 a", "+1"],
])("from %j to %j: %s", (before, now, marked) => {
  const [shown] = findChanges(table(now), table(before));
  expect(shown?.rows.map(({ change, cells }) => signs[change] + cells[0]).join(" ")).toBe(marked);
});

test("of a table that is cut off, nothing is marked that may only have moved", () => {
  const rows = (now: Snapshot, before: Snapshot) =>
    findChanges(now, before)[0]?.rows.map(({ change, cells }) => signs[change] + cells[0]);
  expect(rows(table("2 b, 3 c", 8), table("1 a, 2 b", 9))).toEqual(["=2", "=3"]);
  expect(rows(table("0 z, 1 a", 10), table("1 a, 2 b", 9))).toEqual(["+0", "=1"]);
});

test("control and formatting characters of a table can be seen", () => {
  const [shown] = findChanges(table("1 a\u202eb"), table("1 a\x1bb"));
  const [row] = shown?.rows ?? [];
  expect([row?.cells, row?.before]).toEqual([
    ["1", "a\\u{202e}b"],
    ["1", "a\\x1bb"],
  ]);
});

test("a table that is dropped is shown once more, with its rows", () => {
  const [shown] = findChanges({ kind: "read", tables: [], more: 0 }, table("1 a"));
  expect(shown).toMatchObject({
    isDropped: true,
    rows: [{ change: "deleted", cells: ["1", "a"] }],
  });
});

/** A database for each client: pg, postgres and Drizzle, as far as there are so many. */
function compared(...snapshots: readonly Snapshot[]) {
  const titles = ["pg", "postgres", "Drizzle"];
  return compareClients(
    snapshots.map((snapshot, at) => {
      const title = titles[at] ?? "";
      return { client: title.toLowerCase(), title, snapshot };
    }),
  );
}

test.each<[Snapshot, string[]]>([
  [table("1 a, 2 c"), ["t: in row 2, text is “b” with pg, and “c” with postgres."]],
  [table("1 a"), ["t: pg has 2 rows, and postgres has 1."]],
  [
    table("1 a, 2 b", 0, "u"),
    ["pg has a table t, and postgres does not.", "postgres has a table u, and pg does not."],
  ],
])("of two databases, nobody knows which one is wrong: %#", (other, differences) => {
  const odd = ["pg", "postgres"];
  expect(compared(table("1 a, 2 b"), other)).toEqual({ kind: "different", odd, differences });
});

test("of three databases, the one that stands alone may be wrong, though it is the first", () => {
  const [common, lone] = [table("1 a"), table("1 b")];
  const differences = ["t: in row 1, text is “a” with postgres, and “b” with pg."];
  expect(compared(lone, common, common)).toEqual({ kind: "different", odd: ["pg"], differences });
  expect(compared(common, common, lone)).toMatchObject({ odd: ["drizzle"] });
  expect(compared(common, common, common)).toEqual({ kind: "same", databases: 3 });
});

const unread: Snapshot = { kind: "unread", reason: "It took too long." };
const keyless = (rows: string, total = 0): Snapshot => {
  const one = table(rows, total);
  return one.kind === "read"
    ? { ...one, tables: one.tables.map((table) => ({ ...table, hasKey: false })) }
    : one;
};

test.each<[string, ...Snapshot[]]>([
  ["there is one", table("1 a")],
  ["one was not read", table("1 a"), unread],
  [
    "one holds no tables",
    { kind: "read", tables: [], more: 0 },
    { kind: "read", tables: [], more: 0 },
  ],
  ["more rows are there than were read", table("1 a", 9), table("1 a", 9)],
  ["a value was clipped", table(`1 ${"x".repeat(201)}`), table(`1 ${"x".repeat(201)}`)],
  ["the clock made it", table("1 2026-11-24_20:40:11.25"), table("1 2026-11-24_20:40:11.5+00")],
  [
    "chance made it",
    table("8f14e45f-ceea-467f-a1e6-bd2e0f7d1c11 a, c9f0f895-fb98-4b91-9b3c-0d3c1d6e2a22 b"),
    table("45c48cce-2e2d-4fbd-8a1a-fc51c7c6ad33 b, d3d94468-02a4-4259-b55d-38e6d163e844 a"),
  ],
  ["rows without a key stand elsewhere", keyless("1 a, 2 b"), keyless("2 b, 1 a")],
  ["others of the rows without a key were read", keyless("1 a", 9), keyless("2 b", 9)],
])("nothing is said where %s", (_, ...snapshots) => {
  expect(compared(...snapshots)).toEqual({ kind: "unknown" });
});

describe("reading", () => {
  test("shows fifty rows and twenty columns, in the order of the key, and writes nothing", async () => {
    const url = await makeDatabase();
    const db = await openDatabase(url);
    const columns = Array.from({ length: 25 }, (_, n) => `"c ${n}" int`);
    await db.query(`CREATE TABLE wide (${columns}, PRIMARY KEY ("c 1", "c 0"))`);
    await db.query(
      `INSERT INTO wide ("c 0", "c 1") SELECT 100 - n, n FROM generate_series(1, 60) AS n`,
    );
    await db.query("CREATE SCHEMA other");
    await db.query("CREATE TABLE other.long AS SELECT repeat('x', 5000) AS text, NULL AS nothing");
    await db.query(`CREATE FUNCTION writes() RETURNS int LANGUAGE sql
      AS 'INSERT INTO wide ("c 0", "c 1") VALUES (0, 0) RETURNING 1'`);
    await db.query("CREATE VIEW view AS SELECT writes()");
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

  test("shows no part of a password, even where a value is cut", async () => {
    hidePassword("sesame/7000", []);
    const url = await makeDatabase();
    const db = await openDatabase(url);
    await db.query(
      `CREATE TABLE t AS SELECT 'is sesame/7000' AS "sesame/7000", repeat('x', n) || 'sesame/7000' AS text
       FROM unnest(ARRAY[180, 192, 195]) AS n`,
    );
    await db.close();
    const snapshot = await readTables(url);
    if (snapshot.kind === "unread") throw new Error(snapshot.reason);
    const [table] = snapshot.tables;
    expect(table?.columns).toEqual(["••••", "text"]);
    expect([...(table?.rows.values() ?? [])]).toEqual([
      ["is ••••", `${"x".repeat(180)}••••`],
      ["is ••••", `${"x".repeat(192)}…`],
      ["is ••••", `${"x".repeat(195)}…`],
    ]);
  });

  test("does not wait for a table that is locked", { timeout: 30_000 }, async () => {
    const url = await makeDatabase();
    const db = await openDatabase(url);
    await db.query("CREATE TABLE t (id int)");
    await db.query("BEGIN");
    await db.query("LOCK TABLE t");
    expect(await readTables(url)).toMatchObject({
      kind: "unread",
      reason: expect.stringContaining("statement timeout"),
    });
  });
});

test("statements are read from the server's log, with parameters, times, rows and errors", () => {
  const directory = makeDirectory("guide-log");
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
  expect(statementsOf(log, { from: 0, until: endOfLog(log) }, "db")).toEqual([
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
