import { expect, test } from "vitest";
import { expectReport } from "../support/command.ts";
import { makePage, pageOf } from "../support/page.ts";
import { expectExit } from "../support/project.ts";

const table = [
  "sql",
  "CREATE TABLE t (id int, name text);\nINSERT INTO t VALUES (1, 'Dune'), (2, NULL);",
] as const;
const rows = " id | name\n----+------\n  1 | Dune\n  2 |\n(2 rows)";
const greeting = ['js title="app.cjs"', 'console.log(process.env.GREETING ?? "none");'] as const;

test.each([
  [["export GREETING=hi", "node app.cjs"], "hi"],
  [["source .env", "node app.cjs"], "none"],
  [["source .env && node app.cjs"], "none"],
  [["set -a; source ./.env; set +a", "node app.cjs"], "kept"],
  [["export GREETING=hi", ". .env", "node app.cjs"], "kept"],
  [["source exported.env", "node app.cjs"], "exported"],
  [["export $(cat .env | xargs)", "node app.cjs"], "kept"],
  [["PS C:\\> $env:GREETING = 'hi'", "PS C:\\> node app.cjs"], "hi"],
  [
    ["export GREETING=hi", "$env:GREETING = 'other way'", "set GREETING=%CD%", "node app.cjs"],
    "hi",
  ],
  [["source .env", "export GREETING", "node app.cjs"], "kept"],
  [["export GREETING=https://api.envato.com", "node app.cjs"], "https://api.envato.com"],
  [["export OTHER=1 GREETING=hi", "node app.cjs"], "hi"],
  [['export GREETING="it\'s me"', "node app.cjs"], "it's me"],
  [["export GREETING=a\\ b", "node app.cjs"], "a b"],
  [["export GREETING=hi", "unset OTHER GREETING", "node app.cjs"], "none"],
  [["export GREETING=hi", "export -n GREETING", "node app.cjs"], "none"],
  [["set -a && . other.env", "node app.cjs"], "second"],
  [["export GREETING=what?", "node app.cjs"], "what?"],
  [["source venv/bin/activate", "node --env-file=.env app.cjs"], "kept"],
  [["export DATABASE_URL=postgresql://$ME:$PASSWORD@host/shop", "GREETING=hi node app.cjs"], "hi"],
])("a program has the variables that %j exports", async (lines, printed) => {
  const outputOf = (text: string) =>
    /^\S+ ?\S*> /.test(lines[0] ?? "")
      ? [["console", [...lines, text].join("\n")] as const]
      : [["sh", lines.join("\n")] as const, ["text", text] as const];
  const files = [
    greeting,
    ['ini title=".env"', "GREETING=kept"],
    ['sh title="exported.env"', "export GREETING=exported"],
    ['ini title="other.env"', "GREETING=second"],
  ] as const;
  expectExit(await makePage(pageOf(...files, ...outputOf(printed))).run(), 0);
  expectExit(await makePage(pageOf(...files, ...outputOf("other"))).run(), 1);
});

test("variables are those of the line, as in a shell", async () => {
  const lines = [
    "node app.cjs",
    "none",
    "export GREETING=hi",
    "node app.cjs",
    "hi",
    "unset GREETING",
    "node app.cjs",
    "none",
  ];
  const session = (shown: readonly string[]) =>
    shown.map((line) => (/^(?:node|export|unset)/.test(line) ? `$ ${line}` : line)).join("\n");
  expectExit(await makePage(pageOf(greeting, ["console", session(lines)])).run(), 0);
  const wrong = lines.with(4, "none");
  expectExit(await makePage(pageOf(greeting, ["console", session(wrong)])).run(), 1);
});

test.each([
  ["NAME=Ann", 'export GREETING="Hello $NAME"'],
  ["export GREETING=$(date +%Y)"],
  ["export GREETING=~/hello"],
  ["set GREETING=hi"],
  ["export GREETING=hi", "", "In a second terminal:"],
  ["export PYTHONPATH=$PWD/src"],
])("what only a shell knows of a variable is not verified: %s %s", async (...lines) => {
  const [first = "", last, ...sentence] = lines;
  const typed = [first, last].filter(Boolean).join("\n");
  const blocks = ["sh", typed] as const;
  const page = pageOf(
    table,
    ["sql", "SELECT * FROM t ORDER BY id;"],
    ["", rows],
    greeting,
    blocks,
    ...sentence,
    ["sh", "node app.cjs"],
    ["text", "other"],
  );
  const result = await makePage(page).run();
  await expectReport(result, 0, "1 of 2 outputs verified");
});

test.each([
  "Open the documentation in a new browser tab:",
  "You don't need a second terminal:",
  "In a second terminal, wait.\n\nBack in the first terminal:",
])("a variable of the terminal is known: %s", async (prose) => {
  const page = pageOf(
    greeting,
    ["sh", "export GREETING=hi"],
    prose,
    ["sh", "node app.cjs"],
    ["text", "hi"],
  );
  expectExit(await makePage(page).run(), 0);
});

test("what leads to a database is known in another terminal, too", async () => {
  const app = [
    'js title="app.cjs"',
    "console.log(new URL(process.env.DATABASE_URL).protocol);",
  ] as const;
  const first = ["sh", "export DATABASE_URL=postgresql://$ME@host/shop?sslmode=disable"] as const;
  const page = pageOf(
    app,
    first,
    "In a second terminal:",
    ["sh", "node app.cjs"],
    ["text", "postgresql:"],
  );
  expectExit(await makePage(page).run(), 0);
});

const connected = [
  'js title="app.mjs"',
  "console.log(new URL(process.env.SHOP_URL ?? process.env.DATABASE_URL).protocol);",
] as const;
const url = "DATABASE_URL=postgresql://me:secret@host/shop";
const verified = [table, ["sql", "SELECT * FROM t ORDER BY id;"], ["", rows]] as const;

test.each([
  ['ini title=".env"', url, "DATABASE_URL is only in .env, and nothing loads it."],
  ['sh title=".env.local"', url, "DATABASE_URL is only in .env.local, and nothing loads it."],
  ["sh", `SHOP_${url}`.replace("DATABASE_", ""), "nothing exports SHOP_URL to the program"],
  ["env", url, "nothing exports DATABASE_URL to the program, or loads it."],
])("a reader's program gets nothing of a block of %s that has %s", async (info, text, why) => {
  const run = [connected, ["sh", "node app.mjs"], ["text", "postgresql:"]] as const;
  const page = makePage(pageOf(...verified, [info, text], ...run));
  const result = await page.run();
  await expectReport(result, 0, "1 of 2 outputs verified");
  expect(result.stdout).toContain(why);
});

test.each([
  ["sh", "GREETING=hi"],
  ["", "GREETING=hi"],
  ["properties", "GREETING=hi"],
  ["powershell", "PS C:\\app> export GREETING=hi"],
  ["cmd", "export GREETING=hi"],
])("a variable in a block of %s that has %s may not reach a program", async (info, text) => {
  const run = [greeting, ["sh", "node app.cjs"], ["text", "hi"]] as const;
  const page = makePage(pageOf(...verified, [info, text], ...run));
  await expectReport(page.run(), 0, "1 of 2 outputs verified");
});

test.each([
  ['ini title=".env"', url, "node --env-file=.env app.mjs"],
  ['ini title=".env"', url, "set -a; source .env; set +a\nnode app.mjs"],
  ["text", url, "node app.mjs"],
  ["sh", `export ${url}`, "node app.mjs"],
  ["sh", url, "export DATABASE_URL\nnode app.mjs"],
])("a program has the variable of a block of %s that has %s, by %s", async (info, text, lines) => {
  const page = (output: string) =>
    makePage(pageOf(connected, [info, text], ["sh", lines], ["text", output]));
  expectExit(await page("postgresql:").run(), 0);
  expectExit(await page("other:").run(), 1);
});
