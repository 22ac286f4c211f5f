import { symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { driverTemplate } from "../../classroom/new/templates.ts";
import { type Database, type Driver, transaction, type Value } from "../../drivers/driver.ts";
import { drivers } from "../../drivers/drivers.ts";
import { connect } from "../../runner/connection/connect.ts";
import { withDatabase } from "../../runner/connection/connection-uri.ts";
import { DatabaseError } from "../../runner/connection/errors.ts";
import { createScratch, dropScratch, scratchName } from "../../runner/database/scratch.ts";
import { directoryForFile } from "../support/files.ts";

const url = inject("databaseUrl");

/** What `new driver` writes is held to the same contract. It imports what lies beside it. */
const directory = directoryForFile("written-driver");
const root = join(import.meta.dirname, "../..");
const written = join(directory, "written.ts");
symlinkSync(join(root, "node_modules"), join(directory, "node_modules"), "junction");
const drivers_ = `${pathToFileURL(root).pathname}/drivers`;
writeFileSync(written, driverTemplate(`${drivers_}/driver.ts`, `${drivers_}/values.ts`));

const all: Readonly<Record<string, () => Promise<Driver>>> = {
  ...drivers,
  "that was just written": () => import(written),
};

async function open(driver: string, databaseUrl: string): Promise<Database> {
  const load = all[driver];
  if (!load) throw new Error(`no driver ${driver}`);
  return connect(await load(), databaseUrl, { usesPg: driver === "pg" });
}

/** What is the same for both drivers when it goes wrong: the phase, the code and the message. */
async function failureOf(work: Promise<unknown>): Promise<string> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof DatabaseError)) throw new Error(`expected a DatabaseError, got ${error}`);
  return `${error.phase} ${error.code}: ${error.message}`;
}

describe.each(Object.keys(all))("the driver %s", (driver) => {
  let admin: Database;
  let database: string;
  let scratchUrl: string;
  let db: Database;

  beforeAll(async () => {
    admin = await open("pg", url);
    database = `${scratchName(driver)} R&D, a+b;c:d=$1 é%26`; // a name may have any sign
    await createScratch(admin, database);
    scratchUrl = withDatabase(url, database);
    db = await open(driver, scratchUrl);
    await db.query("CREATE TABLE numbers (n INT PRIMARY KEY, flag BOOLEAN)");
  });

  afterAll(async () => {
    await db.close();
    await dropScratch(admin, database);
    await admin.close();
  });

  test.each<[string, unknown]>([
    ["1::int2", 1],
    ["-7::int4", -7],
    ["9007199254740993::int8", "9007199254740993"],
    ["1.50::numeric", "1.50"],
    ["1.5::float4", 1.5],
    ["'NaN'::float8", Number.NaN],
    ["true", true],
    ["false", false],
    ["NULL", null],
    ["'ünïcode'::text", "ünïcode"],
    ["'x'::varchar(3)", "x"],
    ["'{\"a\": [1, null]}'::json", { a: [1, null] }],
    ["'[1]'::jsonb", [1]],
    ["'2024-02-29'::date", "2024-02-29"],
    ["'2024-02-29 12:30:00'::timestamp", "2024-02-29 12:30:00"],
    ["'2024-02-29 12:30:00.125+00'::timestamptz", new Date("2024-02-29T12:30:00.125Z")],
    ["'infinity'::timestamptz", "infinity"],
    ["'1 day 2 hours'::interval", "1 day 02:00:00"],
    ["'(1,2)'::point", "(1,2)"],
    ["'\\xdeadbeef'::bytea", "\\xdeadbeef"],
    ["ARRAY[1, NULL, 3]", [1, null, 3]],
    ["'{}'::int[]", []],
    ["'[0:1]={1,2}'::int[]", [1, 2]],
    [
      "ARRAY[[1, 2], [3, 4]]",
      [
        [1, 2],
        [3, 4],
      ],
    ],
    ["ARRAY[true, false]", [true, false]],
    ["ARRAY['a', NULL, 'NULL', '', 'b,\"c\\{}']::text[]", ["a", null, "NULL", "", 'b,"c\\{}']],
    ["ARRAY[9007199254740993, 1]::int8[]", ["9007199254740993", "1"]],
    ["ARRAY['2024-02-29 12:30:00+00'::timestamptz]", [new Date("2024-02-29T12:30:00Z")]],
    ["ARRAY['{\"a\": [1]}'::jsonb]", [{ a: [1] }]],
    ["'00000000-0000-0000-0000-000000000001'::uuid", "00000000-0000-0000-0000-000000000001"],
  ])("reads %s", async (expression, value) => {
    expect((await db.query(`SELECT ${expression} AS value`)).rows).toEqual([{ value }]);
  });

  test.each<[Value, string, string]>([
    ["it's", "text", "it's"],
    ["", "text", ""],
    [12.5, "numeric", "12.5"],
    [42, "int", "42"],
    [true, "boolean", "true"],
    ["true", "boolean", "true"],
    [1, "text", "1"],
    [null, "text", "NULL"],
    ['{"a":1}', "jsonb", '{"a": 1}'],
    ['{"a":1}', "json", '{"a":1}'],
    ["2024-02-29", "date", "2024-02-29"],
    ["2024-02-29 10:00", "timestamp", "2024-02-29 10:00:00"],
    [new Date("2024-02-29T10:00:00Z"), "timestamptz", "2024-02-29 10:00:00+00"],
    [new Date("2024-02-29T23:00:00Z"), "date", "2024-02-29"],
    ["\\x00ff", "bytea", "\\x00ff"],
    ["{1,2}", "int[]", "{1,2}"],
    [[1, null, 2], "int[]", "{1,NULL,2}"],
    [[[1], [2]], "int[]", "{{1},{2}}"],
    [[], "text[]", "{}"],
    [[], "jsonb", "{}"],
    ["[]", "jsonb", "[]"],
    [["a", "", "NULL", '"\\{},'], "text[]", '{a,"","NULL","\\"\\\\{},"}'],
  ])("sends %j as %s", async (value, type, text) => {
    const {
      rows: [row],
    } = await db.query(`SELECT coalesce($1::${type}::text, 'NULL') AS text`, [value]);
    expect(row).toEqual({ text });
  });

  test.each<[string, unknown]>([
    ["undefined", undefined],
    ["undefined", [undefined]],
    ["an object", { a: 1 }],
    ["a bigint", 1n],
    ["a symbol", Symbol("s")],
    ["a function", () => 1],
    ["an invalid Date", new Date("never")],
  ])("refuses %s as a parameter", async (kind, value) => {
    const values: Value[] = JSON.parse("[1]");
    Object.assign(values, { 1: value });
    expect(await failureOf(db.query("SELECT $1::int, $2::text", values))).toBe(
      `query INVALID_PARAMETER: Parameter $2 is ${kind}. Use a string, number, boolean, null, valid Date, or an array of them.`,
    );
  });

  test.each([
    ["SELECT * FROM nowhere", 'query 42P01: relation "nowhere" does not exist'],
    ["SELEC", 'query 42601: syntax error at or near "SELEC"'],
    ["SELECT 1/0", "query 22012: division by zero"],
    ["CREATE TABLE pg_catalog.x ()", "query 42501: permission denied for schema pg_catalog"],
    [
      "SET statement_timeout = 20; SELECT pg_sleep(1)",
      "query 57014: canceling statement due to statement timeout",
    ],
  ])("reports the failure of %s", async (statement, failure) => {
    const own = await open(driver, scratchUrl);
    expect(await failureOf(own.query(statement))).toBe(failure);
    await own.close();
  });

  test("goes on after an error that a function raised with a code of the server's", async () => {
    const raise = "DO $$ BEGIN RAISE EXCEPTION 'mine' USING ERRCODE = '57P01'; END $$";
    expect(await failureOf(db.query(raise))).toBe("query 57P01: mine");
    expect((await db.query("SELECT 1 AS n")).rows).toEqual([{ n: 1 }]);
  });

  test("refuses what is not a statement, and too many parameters", async () => {
    const nothing: string[] = JSON.parse("[]");
    expect(await failureOf(Reflect.apply(db.query, db, [nothing[0]]))).toBe(
      "query INVALID_STATEMENT: The statement is undefined, not text.",
    );
    const many = Array.from({ length: 65_536 }, () => 1);
    expect(await failureOf(db.query("SELECT 1", many))).toBe(
      "query INVALID_PARAMETER: There are 65536 parameters. PostgreSQL takes 65535 at most.",
    );
  });

  test("points at the line that called", async () => {
    const error: unknown = await db.query("SELECT 1/0").catch((reason: unknown) => reason);
    expect(error instanceof Error && error.stack).toContain("contract.test.ts");
  });

  test("counts affected rows", async () => {
    expect((await db.query("CREATE TABLE counted (n INT)")).count).toBe(0);
    expect((await db.query("INSERT INTO counted VALUES (1), (2), (3)")).count).toBe(3);
    expect((await db.query("UPDATE counted SET n = n WHERE n > $1", [1])).count).toBe(2);
    expect((await db.query("DELETE FROM counted WHERE n = $1", [99])).count).toBe(0);
    expect((await db.query("DROP TABLE counted")).count).toBe(0);
  });

  test("gives plain objects in the order of the columns", async () => {
    const { rows } = await db.query("SELECT 2 AS b, 1 AS a");
    expect(Object.getPrototypeOf(rows)).toBe(Array.prototype);
    expect(Object.getPrototypeOf(rows[0])).toBe(Object.prototype);
    expect(JSON.stringify(rows)).toBe('[{"b":2,"a":1}]');
  });

  test("keeps a column named __proto__", async () => {
    const { rows } = await db.query(
      "SELECT 1 AS __proto__, 2 AS a UNION ALL SELECT 3, NULL ORDER BY 1",
    );
    expect(JSON.stringify(rows)).toBe('[{"__proto__":1,"a":2},{"__proto__":3,"a":null}]');
    const json = await db.query(`SELECT '{"x": 1}'::jsonb AS __proto__`);
    expect(JSON.stringify(json.rows)).toBe('[{"__proto__":{"x":1}}]');
    expect(Object.getPrototypeOf(json.rows[0])).toBe(Object.prototype);
  });

  test.each([
    ["CREATE TABLE many (n INT); INSERT INTO many VALUES (1), (2), (3)", [], 3, "INSERT"],
    ["SELECT 1 AS a; SELECT 2 AS b UNION SELECT 3 ORDER BY 1", [{ b: 2 }, { b: 3 }], 2, "SELECT"],
    ["DELETE FROM many WHERE n < 3; SELECT 4 AS n", [{ n: 4 }], 1, "SELECT"],
    [
      "SELECT 1 AS a; INSERT INTO many VALUES (5), (6) RETURNING n",
      [{ n: 5 }, { n: 6 }],
      2,
      "INSERT",
    ],
    ["INSERT INTO many VALUES (7); SELECT n FROM many WHERE n > 9", [], 0, "SELECT"],
  ])("gives the last result of %s", async (statements, rows, count, command) => {
    expect(await db.query(statements)).toEqual({ rows, count, command });
  });

  test("gives the last command where that returns no rows", async () => {
    const { command } = await db.query("SELECT 1 AS n; DELETE FROM numbers WHERE n < 0");
    expect(command).toBe("DELETE");
  });

  test.each([
    ["DROP TABLE IF EXISTS never_there", "DROP"],
    ["CREATE TEMP TABLE made (n INT)", "CREATE"],
    ["ALTER TABLE numbers ALTER n SET NOT NULL", "ALTER"],
  ])("names what %s did in one word", async (statement, command) => {
    expect(await db.query(statement)).toEqual({ rows: [], count: 0, command });
  });

  test("says nothing of notices", async () => {
    await db.query("DROP TABLE IF EXISTS never_there");
    expect((await db.query("SELECT 1 AS n")).rows).toEqual([{ n: 1 }]);
  });

  test("takes statements that were not awaited in their order", async () => {
    const results = await Promise.all([
      db.query("SELECT pg_sleep(0.05), 1 AS n"),
      db.query("SELECT 2 AS n"),
      db.query("SELECT 3 AS n"),
    ]);
    expect(results.map(({ rows: [row] }) => row?.n)).toEqual([1, 2, 3]);
  });

  test("commits what succeeds and rolls back what does not", async () => {
    const count = async () => (await db.query("SELECT count(*)::int AS n FROM numbers")).rows[0]?.n;
    const before = Number(await count());
    const insert = (n: number) => db.query("INSERT INTO numbers VALUES ($1)", [n]);

    expect(await transaction(db, async () => (await insert(10)).count + 1)).toBe(2);
    expect(await count()).toBe(before + 1);

    const rolledBack = transaction(db, async () => {
      await insert(11);
      await insert(10);
    });
    expect(await failureOf(rolledBack)).toContain("query 23505");
    expect(await count()).toBe(before + 1);

    const thrown = transaction(db, async () => {
      await insert(12);
      throw new Error("changed my mind");
    });
    await expect(thrown).rejects.toThrow("changed my mind");
    expect(await count()).toBe(before + 1);

    const thrownAtOnce = transaction(db, () => {
      void insert(13);
      throw new Error("not even async");
    });
    await expect(thrownAtOnce).rejects.toThrow("not even async");
    expect(await transaction(db, () => 1)).toBe(1);
    expect(await count()).toBe(before + 1);
  });

  test("does not report a commit where the server rolled back", async () => {
    const caught = transaction(db, async () => {
      await db.query("SELECT 1/0").catch(() => {});
    });
    await expect(caught).rejects.toThrow("Rolled back: a query in the transaction failed.");
    const nested = transaction(db, () => transaction(db, async () => {}));
    await expect(nested).rejects.toThrow("A transaction is open already.");
    expect((await db.query("SELECT 1 AS n")).rows).toEqual([{ n: 1 }]);
  });

  test("knows the columns that a query names", async () => {
    const {
      rows: [row],
    } = await db.query<{ n: number }>("SELECT 1 AS n");
    expect(row?.n).toBe(1);
    // @ts-expect-error: a misspelt column fails the type check
    expect(row?.m).toBeUndefined();
  });

  test.each(["COPY numbers FROM STDIN", "COPY numbers TO STDOUT"])(
    "refuses %s in words, and goes on",
    async (statement) => {
      expect(await failureOf(db.query(statement))).toBe(
        "query COPY_NOT_SUPPORTED: COPY is not supported here. Use INSERT or SELECT.",
      );
      expect((await db.query("SELECT 1 AS n")).rows).toEqual([{ n: 1 }]);
    },
  );

  test("closes, twice if need be, and then answers nothing", async () => {
    const own = await open(driver, scratchUrl);
    await own.close();
    await own.close();
    expect(await failureOf(own.query("SELECT 1"))).toBe(
      "query CONNECTION_CLOSED: close() was called.",
    );
  });

  test.each(["while it waits", "in a statement"])(
    "stays lost when the server ends it %s",
    async (when) => {
      const own = await open(driver, scratchUrl);
      const {
        rows: [row],
      } = await own.query("SELECT pg_backend_pid() AS pid");
      const pending =
        when === "in a statement" ? failureOf(own.query("SELECT pg_sleep(10)")) : null;
      await admin.query("SELECT pg_sleep(0.1), pg_terminate_backend($1)", [Number(row?.pid)]);
      await admin.query("SELECT pg_sleep(0.1)");
      const lost =
        "query CONNECTION_LOST: The server closed the connection before the statement was done.";
      expect((await pending) ?? lost).toBe(lost);
      expect(await failureOf(own.query("SELECT 1"))).toBe(lost);
      expect(await failureOf(own.query("SELECT 1"))).toBe(lost);
      await own.close();
    },
  );

  test.each([
    [
      "a wrong password",
      url.replace(/:[^:@]*@/, ":wrong@"),
      /^connect 28P01: password authentication failed for user/,
    ],
    [
      "an empty password",
      url.replace(/:[^:@]*@/, ":@"),
      /^connect 28P01: password authentication failed/,
    ],
    [
      "an unknown database",
      withDatabase(url, "nowhere"),
      /^connect 3D000: database "nowhere" does not exist$/,
    ],
    ["an unknown host", "postgres://u:p@nowhere.invalid/d?sslmode=disable", /^connect ENOTFOUND: /],
    [
      "no TLS on offer",
      `${url}?sslmode=require`,
      /^connect TLS_NOT_OFFERED: The server does not offer TLS/,
    ],
  ])("reports %s at once", async (_, badUrl, failure) => {
    expect(await failureOf(open(driver, badUrl))).toMatch(failure);
  });
});
