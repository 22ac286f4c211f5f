import { expect, test } from "vitest";
import { databaseIn } from "../../runner/page/shell/psql-options.ts";
import { expectReport } from "../support/command.ts";
import { makePage, type Part, pageOf } from "../support/page.ts";

const rows = " v \n---\n 1\n(1 row)";
const made: readonly Part[] = [
  ["sql", "CREATE TABLE t AS SELECT 1 AS v;\nSELECT * FROM t;"],
  ["text", rows],
];
const shown: readonly Part[] = [
  ["sql", "SELECT * FROM t;"],
  ["text", rows],
];
const neon = (host: string) => `psql "postgresql://me:pw@${host}.neon.tech/neondb?sslmode=require"`;

test.each([
  ["psql shop", "createdb blog\npsql blog"],
  ["psql -d shop", "psql --dbname=blog"],
  ["psql -U postgres shop", "psql -h localhost -d blog -U postgres"],
  [neon("ep-dev-1"), neon("ep-main-2")],
  ["psql shop", "psql"],
  ["psql -d shop", "sudo -u postgres psql"],
  ["psql -U postgres", "psql -d shop -U postgres"],
  ["export PGDATABASE=shop\npsql", "export PGDATABASE=blog\npsql"],
  ["export PGHOST=a.example.com\npsql shop", "export PGHOST=b.example.com\npsql shop"],
  ["PGDATABASE=shop psql", "PGDATABASE=blog psql"],
  ["export PGDATABASE=shop\npsql", "unset PGDATABASE\npsql"],
  ["psql -h a.example.com shop", "psql -h b.example.com shop"],
])("what is in the database of %j is not in that of %j", async (first, other) => {
  const page = pageOf(["sh", first], ...made, ["sh", other], ...shown);
  const result = await makePage(page).run();
  expect(result.stdout).toContain("in another database than");
  await expectReport(result, 0, "1 of 2 outputs verified");
});

test("a session goes back to the first database", async () => {
  const page = pageOf(
    ...[["sh", "psql shop"] as const, ...made, ["sh", "psql blog"] as const, ...shown],
    ...[["sh", "psql shop"] as const, ...shown],
  );
  await expectReport(makePage(page).run(), 0, "2 of 3 outputs verified");
});

test("a variable that is set below SQL leads psql to another database", async () => {
  const page = pageOf(...made, ["sh", "export PGDATABASE=blog"], ["sh", "psql"], ...shown);
  await expectReport(makePage(page).run(), 0, "1 of 2 outputs verified");
});

test("what a file has made in a database is not in another one", async () => {
  const file: Part = ['sql title="t.sql"', "CREATE TABLE t AS SELECT 1 AS v;"];
  const page = pageOf(
    ...[file, ["sh", "psql dev -f t.sql"] as const, ["text", "SELECT 1"] as const],
    ["console", `$ psql test\ntest=# SELECT * FROM t;\n${rows}`],
  );
  await expectReport(makePage(page).run(), 0, "1 of 2 outputs verified");
});

test.each([
  ["psql shop", "psql -d shop"],
  ["psql", "psql"],
  ["psql -U postgres", "sudo -u postgres psql"],
  ["psql shop", "psql --version"],
  ["export PGDATABASE=shop\npsql", "psql shop"],
  ["psql shop", 'export PGDATABASE="$DB"\npsql'],
  ["psql -U me -d shop", 'psql "$DATABASE_URL"'],
  [neon("ep-dev-1"), neon("ep-dev-1-pooler")],
])("what is in the database of %j is in that of %j, too", async (first, again) => {
  const page = pageOf(["sh", first], ...made, ["sh", again], ...shown);
  await expectReport(makePage(page).run(), 0, "All 2 outputs are verified");
});

test("the database of a psql command may be that of psql's own command", async () => {
  const page = pageOf(
    ...([
      ["sh", "psql postgres"],
      ["sql", "CREATE DATABASE shop;\n\\c shop"],
    ] as const),
    ...[...made, ["sh", "psql shop"] as const, ...shown],
  );
  await expectReport(makePage(page).run(), 0, "All 2 outputs are verified");
});

test.each([
  ["psql -h db.example.com -U me -p 5432 shop", "shop on db.example.com"],
  ["psql -h /var/run/postgresql shop", "shop"],
  ["psql shop -h <host>", "shop"],
  ["psql -l shop", "shop"],
  ["$ psql 'host=localhost dbname=shop'", "shop"],
  ["psql postgresql://localhost:5432/shop", "shop"],
  ["psql postgres://me@db.example.com/shop", "shop on db.example.com"],
  ["psql -d <database>", undefined],
  ["psql $URL", undefined],
  ["psql -U me", "me"],
  ["psql -U <user>", undefined],
])("%j names the database %j", (line, name) => {
  expect(databaseIn(line)).toBe(name);
});
