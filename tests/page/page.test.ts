import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { expectRefused, expectReport } from "../support/command.ts";
import { makeDirectory } from "../support/files.ts";
import { makePage, pageOf } from "../support/page.ts";
import { root } from "../support/programs.ts";
import { expectExit, given, sharedProject } from "../support/project.ts";

const table = [
  "sql",
  "CREATE TABLE t (id int, name text);\nINSERT INTO t VALUES (1, 'Dune'), (2, NULL);",
] as const;
const rows = " id | name\n----+------\n  1 | Dune\n  2 |\n(2 rows)";
const script = [
  'js title="app.js"',
  'console.log("from", process.env.PGDATABASE.slice(0, 5));',
] as const;

test("a page's SQL is verified with both drivers", async () => {
  const { run } = makePage(pageOf(table, ["sql", "SELECT * FROM t ORDER BY id;"], ["", rows]));
  const result = await run();
  await expectReport(result, 0, "clients: pg, postgres");
  expect(result.stdout).toMatch(
    /The output is verified with 2 clients; 1 run without a documented/,
  );
});

test.each([
  ["a wrong count", rows.replace("2 rows", "3 rows")],
  ["a missing row", rows.replace("  2 |\n", "")],
  ["another header", rows.replace("name", "nome")],
  ["rows against their ORDER BY", " id | name\n----+------\n  2 |\n  1 | Dune\n(2 rows)"],
  ["another value", rows.replace("Dune", "Duna")],
])("a page with %s fails at its line", async (_, shown) => {
  const text = pageOf(table, ["sql", "SELECT * FROM t ORDER BY id;"], ["", shown]);
  const result = await makePage(text).run("--reporter", "terminal");
  expectExit(result, 1);
  const line = text.split("\n").indexOf(shown.split("\n")[0] ?? "") + 1;
  expect(result.stdout).toContain(`page.md:${line}`);
});

test("values that agree in another layout are verified, and told", async () => {
  const shown = "| id | name |\n| -- | ---- |\n| 1 | Dune |\n| 2 | |";
  const result = await makePage(
    pageOf(table, ["sql", "SELECT * FROM t ORDER BY id;"], ["", shown]),
  ).run();
  expectExit(result, 0);
  expect(result.stdout).toContain("The values agree");
});

test("an error that the page shows is verified; another message is not", async () => {
  const sql = ["sql", "SELECT nope FROM t;"] as const;
  const right = ["", 'ERROR:  column "nope" does not exist'] as const;
  const wrong = ["", 'ERROR:  column "nope" is missing'] as const;
  expectExit(await makePage(pageOf(table, sql, right)).run(), 0);
  expectExit(await makePage(pageOf(table, sql, wrong)).run(), 1);
});

test.each([
  ["a function that does not exist", "SELECT initcap(1, 2);"],
  ["a column that does not exist", "SELECT title FROM t;"],
])("an output of %s fails", async (_, sql) => {
  expectExit(await makePage(pageOf(table, ["sql", sql], ["", rows])).run(), 1);
});

test("what varies, what the page does not make, and a fragment are not verified, and fail nothing", async () => {
  const result = await makePage(
    pageOf(
      table,
      ...([
        ["sql", "SELECT * FROM t ORDER BY id;"],
        ["", rows],
      ] as const),
      ...([
        ["sql", "SELECT now();"],
        ["", " now\n-----\n 2024-01-01\n(1 row)"],
      ] as const),
      ...([
        ["sql", "SELECT * FROM elsewhere;"],
        ["", rows],
      ] as const),
      ["sql", "SELECT [ DISTINCT ] expression FROM table_name"],
      ["sql", "CREATE ROLE page_reader;"],
    ),
  ).run();
  await expectReport(result, 0, "it depends on the time, or on chance");
  expect(result.stdout).toContain(
    'nor does its "setup" or "sample": relation "elsewhere" does not exist',
  );
  expect(result.stdout).toContain("it is a part of a statement");
  expect(result.stdout).toContain("it affects more than the page's database");
  expect(result.stdout).toContain(
    "1 of 3 outputs verified with 2 clients; 3 runs without a documented output",
  );
});

test("a page with nothing that can be verified is refused, and --list says why", async () => {
  const { run } = makePage(pageOf(["sh", "rm -rf ~"], ['js title="../x.js"', "1"]));
  await expectRefused(run(), "nothing to verify");
  const { stdout } = await run("--list");
  expect(stdout).toContain("it runs no file of the page");
  expect(stdout).toContain("../x.js is not below the directory of the page's files");
});

test("a file that a program linked to one elsewhere is replaced, not written through", async () => {
  const link = `const fs = require("node:fs");
fs.writeFileSync(process.cwd() + ".txt", "theirs");
fs.rmSync("app.js");
fs.linkSync(process.cwd() + ".txt", "app.js");`;
  const app = [
    'js title="app.js"',
    'console.log(require("node:fs").readFileSync(process.cwd() + ".txt", "utf8"));',
  ] as const;
  const { run } = makePage(
    pageOf(
      app,
      ['js title="link.js"', link],
      ["sh", "node link.js"],
      app,
      ["sh", "node app.js"],
      ['text title="Output"', "theirs"],
    ),
  );
  expectExit(await run(), 0);
});

test("a page is not run in place", async () => {
  const { run } = makePage(pageOf(["sql", "SELECT 1 AS a;"], ["", " a\n---\n 1\n(1 row)"]));
  await expectRefused(
    run("--in-place"),
    "Pages and standalone scripts only run in scratch databases.",
  );
});

test("files are written, commands run them, and outputs are compared", async () => {
  const command = ["sh", "node app.js"] as const;
  const { run } = makePage(pageOf(script, command, ['text title="Output"', "from guide"]));
  expectExit(await run(), 0);
  const other = makePage(pageOf(script, command, ['text title="Output"', "from somewhere"]));
  expectExit(await other.run(), 1);
});

test("tabs with the same file are clients, and a run without an output must succeed", async () => {
  const tabs = (one: string, other: string) =>
    pageOf(
      '<CodeTabs labels={["one", "two"]}>',
      ['js title="app.js"', one],
      ['js title="app.js"', other],
      "</CodeTabs>",
      ["sh", "node app.js"],
      ['text title="Output"', "hello"],
      ["sh", "node app.js"],
    );
  const good = await makePage(
    tabs('console.log("hello")', 'process.stdout.write("hello\\n\\n")'),
  ).run();
  await expectReport(good, 0, "clients: one, two");
  expect(good.stdout).toContain("1 run without a documented output");

  const caught = await makePage(
    tabs('console.log("hello")', 'console.log("Connection failed.")'),
  ).run();
  expectExit(caught, 1);
  const failing = await makePage(
    tabs('console.log("hello")', 'console.log("hello"); process.exit(1)'),
  ).run();
  expectExit(failing, 1);
});

test("a file that comes again replaces the earlier one from there on", async () => {
  const again = ['js title="app.js"', 'console.log("second")'] as const;
  const result = await makePage(
    pageOf(
      script,
      ["sh", "node app.js"],
      ["text", "from guide"],
      again,
      ["sh", "node app.js"],
      ["text", "second"],
    ),
  ).run();
  expectExit(result, 0);
  expect(result.stdout).toContain("All 2 outputs are verified");
});

test.each([
  ["Add this to `app.js`:", 'console.log("bye")'],
  ["It says goodbye now:", '// ...\nconsole.log("bye")'],
])("a part of a file with its name is not run as all of it: %s", async (sentence, part) => {
  const page = pageOf(
    script,
    ["sh", "node app.js"],
    ["text", "from guide"],
    sentence,
    ['js title="app.js"', part],
    ["sh", "node app.js"],
    ["text", "bye"],
  );
  const result = await makePage(page).run();
  expectExit(result, 0);
  expect(result.stdout).toContain("1 of 2 outputs verified");
  expect(result.stdout).toContain("the page only shows a part of app.js");
});

test.each(["\n", "\r\n", "\r"])(
  "--update changes an output, and not a byte outside of it (%j)",
  async (end) => {
    const shown = pageOf(
      table,
      "A carriage return \r in a line.",
      ["sql", "SELECT * FROM t ORDER BY id;"],
      ["", " id\n----\n  1\n(1 row)"],
      "1. A list\n\n   ```sql\n   SELECT count(*) FROM t;\n   ```\n\n   ```\n    count\n   -------\n        9\n   (1 row)\n   ```",
      "The end.  ",
    );
    const page = makePage(`\uFEFF${shown.replaceAll("\n", end)}`);
    const result = await page.run("--update");
    expectExit(result, 0);
    const right = shown.replace(" id\n----\n  1\n(1 row)", rows).replace("        9", "        2");
    expect(page.read("page.md")).toBe(`\uFEFF${right.replaceAll("\n", end)}`);
    expectExit(await page.run(), 0);
  },
);

test("--update refuses in CI", async () => {
  const page = makePage(pageOf(table, ["sql", "SELECT 1;"], ["", rows]));
  const before = page.read("page.md");
  const result = await sharedProject().guide(["--guide", page.file, "--update"], { CI: "true" });
  expectExit(result, 2);
  expect(page.read("page.md")).toBe(before);
});

test("a page writes no file outside of its client's directory", async () => {
  const directory = makeDirectory("reader");
  const victim = join(directory, "victim.env");
  writeFileSync(victim, "precious");
  const up = "../".repeat(12);
  const { run } = makePage(
    pageOf(
      [`ini title="${up}${victim.slice(1)}"`, "KEY=overwritten"],
      script,
      ["sh", "node app.js"],
      ['text title="Output"', "from guide"],
    ),
  );
  expectExit(await run(), 0);
  expect(readFileSync(victim, "utf8")).toBe("precious");
  expect((await run("--list")).stdout).toContain("is not below the directory");
});

test.each([
  ["is below another file", "app.js/b.txt"],
  ["has too long a name", `${"x".repeat(300)}.txt`],
])("a page whose file %s is told so", async (_, name) => {
  const named = `<!-- guide: file ${name} -->`;
  const parts = [
    script,
    named,
    ["text", "x"],
    ["sh", "node app.js"],
    ["text", "from guide"],
  ] as const;
  const result = await makePage(pageOf(...parts)).run();
  expectExit(result, 2);
  expect(result.stderr).toMatch(/The page has a file .*, which cannot be written: E[A-Z]+\.\n$/);
});

test("a name with a control character is not one of a file", async () => {
  const named = "<!-- guide: file a\0b.txt -->";
  const parts = [
    script,
    named,
    ["text", "x"],
    ["sh", "node app.js"],
    ["text", "from guide"],
  ] as const;
  expectExit(await makePage(pageOf(...parts)).run(), 0);
});

test("a page does not write through the link to the reader's node_modules", async () => {
  const page = makePage(
    pageOf(
      ['js title="app.js"', 'console.log(require("dep"))'],
      ["sh", "node app.js"],
      ['text title="Output"', "original"],
      ['js title="node_modules/dep/index.js"', 'module.exports = "overwritten"'],
      ["sh", "node app.js"],
      ['text title="Output"', "overwritten"],
    ),
  );
  const dep = join(page.file, "../node_modules/dep");
  mkdirSync(dep, { recursive: true });
  writeFileSync(join(dep, "package.json"), '{ "name": "dep" }');
  writeFileSync(join(dep, "index.js"), 'module.exports = "original"');
  await expectRefused(page.run(), "node_modules/dep/index.js, which is not below");
  expect(readFileSync(join(dep, "index.js"), "utf8")).toContain("original");
});

test("clients whose labels have no letter of a file name have directories of their own", async () => {
  const code = 'require("node:fs").writeFileSync("own.txt", "", { flag: "wx" }); console.log("ok")';
  const result = await makePage(
    pageOf(
      '<CodeTabs labels={["同步", "异步"]}>',
      ['js title="app.js"', code],
      ['js title="app.js"', code],
      "</CodeTabs>",
      ["sh", "node app.js"],
      ['text title="Output"', "ok"],
    ),
  ).run();
  expectExit(result, 0);
});

test("a file that the page does not show again stays as a run left it", async () => {
  const code =
    'const fs = require("node:fs"); fs.appendFileSync("log.txt", "x"); console.log(fs.readFileSync("log.txt", "utf8"))';
  const result = await makePage(
    pageOf(
      ['js title="app.js"', code],
      ['text title="log.txt"', "-"],
      ["sh", "node app.js"],
      ['text title="Output"', "-\nx"],
      ["sh", "node app.js"],
      ['text title="Output"', "-\nxx"],
    ),
  ).run();
  expectExit(result, 0);
});

test("an output belongs to the command above it, even if that is not run", async () => {
  const result = await makePage(
    pageOf(
      script,
      ["sh", "node app.js"],
      ['text title="Output"', "from guide"],
      ["sh", "node app.js"],
      ["sh", "npm install pg"],
      ['text title="Output"', "added 14 packages"],
      ["sh", "node app.js"],
      ["sh", "curl example.com"],
      ['text title="Output"', "Example"],
    ),
  ).run();
  expectExit(result, 0);
  expect(result.stdout).toMatch(/1 of 3 outputs verified .*; 2 runs without a documented output/);
});

test("below another heading, a further output is not one of the SQL above", async () => {
  const result = await makePage(
    pageOf(table, ["sql", "SELECT * FROM t ORDER BY id;"], ["", rows], "## Elsewhere", [
      "",
      rows.replace("Dune", "Emma"),
    ]),
  ).run();
  expectExit(result, 0);
});

test("a page in another encoding is refused, and stays as it is", async () => {
  const text = pageOf(table, ["sql", "SELECT 'é' AS e;"], ["", " e\n---\n x\n(1 row)"]);
  const page = makePage(text);
  const latin = Buffer.from(text, "latin1");
  writeFileSync(page.file, latin);
  await expectRefused(page.run("--update"), "is not in UTF-8. Save it as UTF-8.");
  expect(readFileSync(page.file)).toEqual(latin);
});

test("a page is not exported: it is a document already", async () => {
  const page = makePage(pageOf(table, ["sql", "SELECT * FROM t ORDER BY id;"], ["", rows]));
  const target = join(page.file, "../copy.md");
  const exported = await sharedProject().guide(["export", target, "--guide", page.file]);
  expectExit(exported, 2);
  expect(exported.stderr).toContain("is a document already");
  expect(existsSync(target)).toBe(false);
});

test("characters of several bytes at the end of a line are compared whole", async () => {
  const result = await makePage(
    pageOf(
      ['js title="app.js"', 'console.log("voilà")'],
      ["sh", "node app.js"],
      ['text title="Output"', "voilà"],
    ),
  ).run();
  expectExit(result, 0);
});

test("a file that imports what the page does not show cannot run", async () => {
  const code = 'import { step } from "../drivers/step.ts"; await step();';
  const result = await makePage(
    pageOf(
      ['ts title="steps/01-create.ts"', code],
      ["sh", "npx tsx steps/01-create.ts"],
      ["text", "x"],
    ),
  ).run();
  expectExit(result, 1);
  const other = await makePage(
    pageOf(['ts title="01-create.ts"', code], ["sh", "npx tsx 01-create.ts"], ["text", "x"]),
  ).run();
  expectExit(other, 2);
  expect(other.stderr).toContain(
    "it needs ../drivers/step.ts, which the page does not show. Show it there\n",
  );
});

test("the project's own document is verified as a page", async () => {
  const file = join(root, "docs/GUIDE.md");
  const result = await sharedProject().guide(["--guide", file], given);
  await expectReport(result, 0, "clients: pg, postgres.js, Drizzle");
  expect(result.stdout).toContain("All 6 outputs are verified with 3 clients");
});

const original = join(root, "../shared/guide/neon-python-guide.md");
const isThere = existsSync(original);

test.skipIf(!isThere)(
  `the original guide is verified with both libraries${isThere ? "" : ` (missing: ${original})`}`,
  async () => {
    const text = readFileSync(original, "utf8");
    const good = await makePage(text).run();
    expectExit(good, 0);
    expect(good.stdout).toContain("All 4 outputs are verified with 2 clients; 2 runs without");
    const bad = await makePage(
      text.replace("Year: 1937, In Stock: True\nID: 3", "Year: 1938, In Stock: True\nID: 3"),
    ).run();
    expectExit(bad, 1);
  },
);

test("a statement that goes on does not hold up Ctrl-C", async () => {
  const slow = ["sql", "SELECT pg_sleep(600);"] as const;
  const { file } = makePage(pageOf(table, slow, ["", " pg_sleep\n----------\n\n(1 row)"]));
  const running = sharedProject().start(["--guide", file], given);
  await running.prints("01-sql");
  running.child.kill("SIGINT");
  expect(await running.ended).toBe(130);
});

test.each([
  ["its database", "process.env.PGDATABASE"],
  ["its role", "new URL(process.env.DATABASE_URL).username"],
  ["its directory", "__filename"],
])("what a program prints of %s is not verified, and no update writes it", async (_, place) => {
  const app = ['js title="app.cjs"', `console.log("Connected to", ${place});`] as const;
  const page = makePage(
    pageOf(
      table,
      ["sql", "SELECT * FROM t ORDER BY id;"],
      ["", rows],
      app,
      ["sh", "node app.cjs"],
      ["text", "Connected to neondb"],
    ),
  );
  const before = page.read("page.md");
  const result = await page.run("--update");
  expectExit(result, 0);
  expect(result.stdout).toContain("1 of 2 outputs verified");
  expect(page.read("page.md")).toBe(before);
});

test("what SQL shows of the role that a run has is not verified", async () => {
  const audit = [
    "sql",
    "CREATE TABLE audit (id int, who text DEFAULT current_user);\nINSERT INTO audit VALUES (1);",
  ] as const;
  const shown = " id | who\n----+--------------\n  1 | neondb_owner\n(1 row)";
  const result = await makePage(
    pageOf(
      table,
      ["sql", "SELECT * FROM t ORDER BY id;"],
      ["", rows],
      audit,
      ["sql", "SELECT * FROM audit;"],
      ["", shown],
    ),
  ).run();
  await expectReport(result, 0, "it shows the database of this run");
});
