import { expect, test } from "vitest";
import { makePage, type Part, pageOf } from "../support/page.ts";
import { expectExit } from "../support/project.ts";

const runPage = (...parts: readonly Part[]) => makePage(pageOf(...parts)).run();
const shows = (name: string, ...rows: readonly unknown[]) =>
  ["", ` ${name}\n---\n${rows.map((row) => ` ${row}\n`).join("")}(${rows.length} rows)`] as const;
const table = ["sql", "CREATE TABLE t (n int);\nINSERT INTO t VALUES (1), (2);"] as const;
const query = ["sql", "SELECT n FROM t ORDER BY n;"] as const;
const right = shows("n", 1, 2);
const wrong = shows("n", 1, 3);

// What psql prints then is not known: neither a right output nor a wrong one says anything.
test.each([
  ["\\o rows.txt", "\\o"],
  ["\\H", "\\H"],
  ["\\pset format csv", "\\pset format"],
  ["\\set SINGLELINE on", "\\set SINGLELINE"],
  ["\\set ECHO all", "\\set ECHO"],
  ["\\unset AUTOCOMMIT", "\\set AUTOCOMMIT"],
  ["\\i elsewhere.sql", "\\i"],
  ["\\! ./seed.sh", "\\!"],
  ["\\startpipeline", "\\startpipeline"],
  ["\\c - alice", "\\c as alice"],
  ["\\c other", "the page has made t in another database than other"],
])("what comes after %s is not verified", async (command, reason) => {
  for (const shown of [right, wrong]) {
    const result = await runPage(table, ["sql", command], query, shown, ["sql", "SELECT 1;"]);
    expectExit(result, 1);
    expect(result.stdout).toContain("Not verified: 4 unverified of 4 runs");
    expect(result.stdout).toContain(reason);
  }
});

test("what psql sets back, or forgets at its end, is verified again", async () => {
  const set = [
    "\\o rows.txt\n\\o",
    "\\H\n\\H",
    "\\f ';'\n\\f '|'",
    "\\set VERBOSITY terse\n\\set VERBOSITY default",
    "\\set ECHO all\n\\unset ECHO",
    "\\c shop\n\\c",
    "\\set d `date`\n\\set d 1\n\\echo `date` :ROW_COUNT",
    "\\set ON_ERROR_ROLLBACK on\n\\timing\n\\a\n\\pset border 2\n\\! clear\n\\dt",
    "\\o rows.txt\n\\c - alice\n\\q",
  ].join("\n");
  const blocks = [["sql", set], table, query] as const;
  expectExit(await runPage(...blocks, right), 0);
  expectExit(await runPage(...blocks, wrong), 1);
});

test("only messages depend on VERBOSITY, and tags on QUIET", async () => {
  const set = ["sql", "\\set VERBOSITY sqlstate\n\\set QUIET on"] as const;
  const fails = ["sql", "SELECT 1 / 0;"] as const;
  const shown = ["", "ERROR:  division by zero"] as const;
  const result = await runPage(set, table, ["", "INSERT 0 2"], query, right, fails, shown);
  expectExit(result, 1);
  expect(result.stdout).toMatch(/✗ 02-sql +drift/);
  expect(result.stdout).toMatch(/✓ 03-sql +match/);
  expect(result.stdout).toMatch(/- 04-sql +unverified/);
});

test("a database in which the page has made nothing is the page's own", async () => {
  const before: readonly Part[] = [
    ["sql", "SET datestyle TO 'German';"],
    ["", 'db=> \\c shop\nYou are now connected to database "shop" as user "me".'],
  ];
  expectExit(await runPage(...before, table, query, right), 0);
  const day = ["sql", "SELECT date '2024-01-05' AS day;"] as const;
  const ofDay = (text: string) => ["", `    day\n------------\n ${text}\n(1 row)`] as const;
  expectExit(await runPage(...before, day, ofDay("2024-01-05")), 0);
  expectExit(await runPage(...before, day, ofDay("05.01.2024")), 1);
});

test.each([
  ["-d shop -Xq -v ON_ERROR_STOP=1", ["match", "drift"]],
  ["-x --no-psqlrc", ["match", "drift"]],
  ["--csv", ["unverified", "unverified"]],
  ["-o rows.txt", ["unverified", "unverified"]],
  ["-AtF ,", ["unverified", "unverified"]],
  ["-U alice", ["unverified", "unverified"]],
  ["--new-option", ["unverified", "unverified"]],
] as const)(
  "psql %s -f is played, or what it prints is not verified",
  async (options, verdicts) => {
    for (const [at, shown] of [right, wrong].entries()) {
      const result = await runPage(
        table,
        ["sql", "SELECT 1 AS one;"],
        ["", " one\n-----\n   1\n(1 row)"],
        "Save as `q.sql`:",
        ["sql", query[1]],
        ["sh", `psql ${options} -f q.sql`],
        shown,
      );
      expect(result.stdout).toMatch(new RegExp(`03-sql +${verdicts[at]}`));
    }
  },
);

test("a variable of the shell that psql reads makes what it prints unverified", async () => {
  const set = ["sh", "export PGOPTIONS='-c search_path=other'"] as const;
  const result = await runPage(["sql", "SELECT 1;"], shows("?column?"), set, table, query, right);
  expect(result.stdout).toContain("it comes after psql's PGOPTIONS");
  expect(result.stdout).not.toContain("✓");
});

test("a line with only exit leaves psql, where it is typed", async () => {
  const typed = "SET datestyle TO 'German';\nexit\nSELECT date '2024-01-05' AS day;";
  const ofDay = (text: string) => ["", `    day\n------------\n ${text}\n(1 row)`] as const;
  expectExit(await runPage(["sql", typed], ofDay("2024-01-05")), 0);
  expectExit(await runPage(["sql", typed], ofDay("05.01.2024")), 1);
  const prompted = `db=> SELECT 1 AS n;\n n\n---\n 1\n(1 row)\n\ndb=> EXIT ;\n`;
  expectExit(await runPage(["", prompted]), 0);
  const file = [
    "Save as `a.sql`:",
    ["sql", "exit\n;SELECT 1 AS n;"],
    ["sh", "psql -f a.sql"],
  ] as const;
  const error = `ERROR:  syntax error at or near "exit"\nLINE 1: exit\n        ^\n n\n---\n 1\n(1 row)`;
  expectExit(await runPage(...file, ["", error]), 0);
});

test("another session than one that has ended is told by nothing of it", async () => {
  const begun = ["sql", "BEGIN;\nLOCK TABLE t;"] as const;
  const pageWith = (...leaving: readonly Part[]) =>
    runPage(table, begun, ...leaving, "In session 2:", query, wrong);
  expect((await pageWith()).stdout).toContain("speaks of another session");
  for (const leaving of ["\\q", "exit"]) {
    const result = await pageWith(["sql", `ROLLBACK;\n${leaving}`]);
    expect(result.stdout).toContain("1 drift");
    expect((await pageWith(["", leaving])).stdout).toContain("1 drift");
  }
});

test("rows of a transaction that has failed are not said to be another session's", async () => {
  const failing = ["sql", "BEGIN;\nINSERT INTO t VALUES (1 / 0); -- fails"] as const;
  for (const text of ["Then:", "In session 1:"]) {
    const result = await runPage(table, "This fails:", failing, text, query, right, [
      "sql",
      "ROLLBACK;",
    ]);
    expect(result.stdout).toContain("an earlier statement failed, and with it its transaction");
  }
});

test("one output below two psql commands is what both print", async () => {
  const files: readonly Part[] = [
    table,
    "Save as `a.sql`:",
    ["sql", query[1]],
    "Save as `b.sql`:",
    ["sql", "SELECT 7 AS m;"],
  ];
  const commands = ["sh", "psql -f a.sql\npsql -f b.sql"] as const;
  const both = (last: number) => ["", `${right[1]}\n\n m\n---\n ${last}\n(1 row)`] as const;
  expectExit(await runPage(...files, commands, both(7)), 0);
  expectExit(await runPage(...files, commands, both(8)), 1);
  const program = [
    ['js title="c.js"', "console.log(1);"],
    ["sh", "psql -f b.sql\nnode c.js"],
  ] as const;
  const mixed = await runPage(...files, query, right, ...program, [
    "",
    " m\n---\n 7\n(1 row)\n\n1",
  ]);
  expect(mixed.stdout).toContain("a program and psql print it together");
  expect(mixed.stdout).not.toContain("drift");
});

test("\\pset null without a text only prints it", async () => {
  const pageWith = (shown: string) =>
    runPage(
      ["sql", "\\pset null none\n\\pset null\nSELECT NULL AS a, 1 AS b;"],
      ["", `  a   | b\n------+---\n ${shown} | 1\n(1 row)`],
    );
  expectExit(await pageWith("none"), 0);
  expectExit(await pageWith("some"), 1);
});
