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
