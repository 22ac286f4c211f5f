import { expect, test } from "vitest";
import { expectReport } from "../support/command.ts";
import { makePage, type Part, pageOf } from "../support/page.ts";
import { expectExit } from "../support/project.ts";

const table = ["sql", "CREATE TABLE a (n int);\nINSERT INTO a VALUES (100);\nTABLE a;"] as const;
const shows = (n: number) => ["", ` n\n---\n ${n}\n(1 row)`] as const;
const begin = (info = "sql", before = "") =>
  [info, `${before}BEGIN;\nUPDATE a SET n = 50;`] as const;
const read = (info = "sql", before = "") => [info, `${before}TABLE a;`] as const;
const commit = ["sql", "COMMIT;"] as const;
const start = [table, shows(100)] as const;

test.each<readonly [string, ...Part[]]>([
  ["a text", "In session 1:", begin(), "In session 2:", read()],
  ["another text", "Begin:", begin(), "A colleague reads:", read()],
  ["a place", "Begin:", begin(), "In the Neon SQL Editor, run:", read()],
  ["the same time", "Begin:", begin(), "While it is open:", read()],
  ["a heading", "### Writer", begin(), "### Reader", read()],
  ["a label", "**Left**", begin(), "**Right**", read()],
  ["a title", "Begin:", begin('sql title="One"'), "Read:", read('sql title="Two"')],
  ["brackets", "Begin:", begin("sql [One]"), "Read:", read("sql [Two]")],
  ["a comment", begin("sql", "-- first tab\n"), read("sql", "-- second tab\n")],
  ["another comment", begin("sql", "/* tx 1 */\n"), read("sql", "/* tx 2 */\n")],
  ["a text above", begin(), "Bob begins to read.", ["sql", "SELECT 1;"], read()],
  ["psql", begin(), ["sh", "psql shop"], read()],
])("another session's output is not verified: %s", async (_, ...parts) => {
  const page = (n: number) => makePage(pageOf(...start, ...parts, shows(n), commit));
  // Of the session that writes, and of the other one.
  await expectReport(page(50).run(), 0, "1 of 2 outputs verified");
  await expectReport(page(100).run(), 0, "1 of 2 outputs verified");
});

test("what no session prints is wrong", async () => {
  const parts = [begin(), "A colleague reads:", read(), shows(77), commit];
  expectExit(await makePage(pageOf(...start, ...parts)).run(), 1);
});

test("what all sessions print is verified", async () => {
  const one = ["sql", "SELECT count(*) FROM a;"] as const;
  const parts = [begin(), "In session 2:", one, ["", " count\n---\n 1"] as const, commit];
  await expectReport(makePage(pageOf(...start, ...parts)).run(), 0, "2 outputs are verified");
});

test("a page may go on with a transaction in many blocks", async () => {
  const parts = [
    "Begin a transaction:",
    ["sql", "BEGIN;"],
    "Next, change the number:",
    ["sql", "UPDATE a SET n = 50;"],
    "Check it:",
    read(),
    "You see:",
    shows(50),
    read(),
    shows(50),
    "Set a savepoint, and change it again:",
    ["sql", "SAVEPOINT one;\nUPDATE a SET n = 60;"],
    "This shows the new number:",
    read(),
    "Output:",
    shows(60),
    "### Go back",
    ["sql", "ROLLBACK TO one;"],
    "Let's see what is there:",
    read(),
    shows(50),
    commit,
  ] as const;
  const page = pageOf(...start, ...parts);
  await expectReport(makePage(page).run(), 0, "All 5 outputs are verified");
});

test("back in the session that began, its outputs are verified", async () => {
  const parts = ["In session 1:", begin(), "In session 2:", read(), "In session 1:", read()];
  const page = makePage(pageOf(...start, ...parts, shows(50), commit));
  await expectReport(page.run(), 0, "All 2 outputs are verified");
});

test("what another session has done in a transaction makes the rest of it unverified", async () => {
  const serializable = ["sql", "BEGIN ISOLATION LEVEL REPEATABLE READ;\nTABLE a;"] as const;
  const write = ["sql", "UPDATE a SET n = 50;"] as const;
  const parts = [serializable, shows(100), "Meanwhile, in another tab:", write, "Read it again:"];
  const page = pageOf(...start, ...parts, read(), shows(50), commit, "At last:", read(), shows(50));
  await expectReport(makePage(page).run(), 0, "3 of 4 outputs verified");
});

test("each psql has temporary tables of its own", async () => {
  const rows = " n\n---\n(0 rows)";
  const first = `shop=# CREATE TEMP TABLE t (n int);\nCREATE TABLE\nshop=# TABLE t;\n${rows}`;
  const sessions = [first, `shop=# TABLE t;\n${rows}`, "shop=# SELECT 1 AS n;\n n\n---\n 1"];
  const consoles = sessions.map((text) => ["console", `$ psql shop\n${text}`] as const);
  const result = await makePage(pageOf(...start, ...consoles)).run();
  await expectReport(result, 0, "4 of 5 outputs verified");
  expect(result.stdout).toContain("it may be another session's");
});

const secured = [
  "sql",
  `CREATE ROLE alice LOGIN PASSWORD 'pw';
CREATE ROLE other;
CREATE TABLE notes (n int, owner text);
INSERT INTO notes VALUES (1, 'alice'), (2, 'bob');
ALTER TABLE notes ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON notes USING (owner = current_user);
GRANT SELECT ON notes TO alice;
SELECT count(*) FROM notes;`,
] as const;
const count = (n: number) => ["", ` count\n-------\n     ${n}`] as const;
const ask = ["sql", "SELECT count(*) FROM notes;"] as const;

test.each<readonly [string, ...Part[]]>([
  ["psql", ["sh", "psql -U alice shop"], ask],
  ["a connection string", ["sh", "psql postgresql://alice:pw@localhost/shop"], ask],
  ["a variable", ["sh", "PGPASSWORD=pw psql -U alice"], "You see:", ask],
  ["a text", "As `alice`:", ask],
  ["a title", ["sql title='x' name=\"alice\"", ask[1]]],
])(
  "what a role of the page sends is not verified, where it sees something else: %s",
  async (_, ...parts) => {
    const page = (n: number) => makePage(pageOf(secured, count(2), ...parts, count(n)));
    await expectReport(page(2).runWith({}), 0, "1 of 2 outputs verified");
    await expectReport(page(1).runWith({}), 0, "1 of 2 outputs verified");
  },
);

test.each<readonly [string, ...Part[]]>([
  [
    "what the role sees, too",
    ["sh", "psql -U alice shop"],
    ["sql", "SELECT count(*) FROM (VALUES (1), (2)) AS v;"],
  ],
  [
    "a role that the page sets",
    "As `alice`:",
    ["sql", "SET ROLE alice;\nSELECT count(*) + 1 AS count FROM notes;"],
  ],
  ["a role of the reader", ["sh", "psql -U me shop"], ask],
  ["another psql", ["sh", "psql -U alice shop"], ["sh", "psql -U postgres shop"], ask],
])("it is verified: %s", async (_, ...parts) => {
  const page = makePage(pageOf(secured, count(2), ...parts, count(2)));
  await expectReport(page.runWith({}), 0, "All 2 outputs are verified");
});
