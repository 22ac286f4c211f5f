import { test } from "vitest";
import { expectReport } from "../support/command.ts";
import { makePage, type Part, pageOf } from "../support/page.ts";

const url = (name: string, host = "localhost") => `postgresql://me:pw@${host}:5432/${name}`;
const program = (file: string, variable: string): Part => [
  `js title="${file}"`,
  `import pg from "pg";
const c = new pg.Client(process.env.${variable});
await c.connect();
await c.query("CREATE TABLE IF NOT EXISTS t (v int)");
await c.query("INSERT INTO t VALUES (1)");
console.log((await c.query("SELECT count(*)::int AS n FROM t")).rows[0].n);
await c.end();`,
];
const env = (name: string, ...lines: string[]): Part => [`sh title="${name}"`, lines.join("\n")];
const run = (command: string, output: string): Part[] => [
  ["sh", command],
  ["text", output],
];

test("a program with the variables of another file uses another database", async () => {
  const page = pageOf(
    ...[env(".env", `DATABASE_URL=${url("dev")}`), env(".env.test", `DATABASE_URL=${url("test")}`)],
    ...[program("add.mjs", "DATABASE_URL"), ...run("node --env-file=.env add.mjs", "1")],
    ...run("node --env-file=.env.test add.mjs", "2"),
  );
  await expectReport(makePage(page).run(), 0, "1 of 2 outputs verified");
});

test("a program with another variable uses another database", async () => {
  const page = pageOf(
    env(".env", `SOURCE_URL=${url("old")}`, `TARGET_URL="${url("new")}"`),
    ...[program("a.mjs", "SOURCE_URL"), program("b.mjs", "TARGET_URL")],
    ...run("node --env-file=.env a.mjs", "1"),
    ...run("node --env-file=.env b.mjs", "2"),
  );
  await expectReport(makePage(page).run(), 0, "1 of 2 outputs verified");
});

const parts = (file: string, own: string): Part => [
  `js title="${file}"`,
  String(program(file, "X")[1]).replace("process.env.X", own),
];

test.each([
  ["export DB_NAME=shop", "export DB_NAME=shop_test", "{ database: process.env.DB_NAME }"],
  ["export PGDATABASE=shop", "export PGDATABASE=shop_test", ""],
  ["export PGHOST=a.example.com", "export PGHOST=b.example.com", ""],
  ["export DB_USER=me", "export DB_USER=you", "{ user: process.env.DB_USER }"],
  ["true", "export PGDATABASE=shop", ""],
  ["export PGDATABASE=shop", "unset PGDATABASE", ""],
  ["export PGDATABASE=shop", "export PGDATABASE=$OTHER", ""],
  [`export DATABASE_URL=${url("shop")}`, "unset DATABASE_URL", "process.env.DATABASE_URL"],
])("after %j, %j leads to another database", async (first, other, own) => {
  const page = pageOf(
    ...[parts("add.mjs", own), ["sh", first] as const, ...run("node add.mjs", "1")],
    ...[["sh", other] as const, ...run("node add.mjs", "2")],
  );
  await expectReport(makePage(page).run(), 0, "1 of 2 outputs verified");
});

test.each([
  ["export DB_NAME=shop", "export DB_NAME=shop", "{ database: process.env.DB_NAME }"],
  ["export DB_NAME=shop", "export PGDATABASE=blog", "{ database: process.env.DB_NAME }"],
  ["export DB_NAME=<name>", "export DB_NAME=shop", "{ database: process.env.DB_NAME }"],
  ["true", "export PGDATABASE=shop", `"${url("shop")}"`],
])("after %j, %j leads to the same database", async (first, other, own) => {
  const page = pageOf(
    ...[parts("add.mjs", own), ["sh", first] as const, ...run("node add.mjs", "1")],
    ...[["sh", other] as const, ...run("node add.mjs", "2")],
  );
  await expectReport(makePage(page).run(), 0, "All 2 outputs are verified");
});

test("a pooler leads to the same database, and a placeholder is none", async () => {
  const page = pageOf(
    ["text", "DATABASE_URL=postgresql://USER:PASSWORD@HOST/DB"],
    env(
      ".env",
      `DATABASE_URL=${url("a", "ep-x-pooler.neon.tech")}`,
      `DIRECT=${url("a", "ep-x.neon.tech")}`,
    ),
    ...[program("a.mjs", "DATABASE_URL"), program("b.mjs", "DIRECT")],
    ...run("node --env-file=.env a.mjs", "1"),
    ...run("node --env-file=.env b.mjs", "2"),
  );
  await expectReport(makePage(page).run(), 0, "All 2 outputs are verified");
});
