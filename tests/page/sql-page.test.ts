import { existsSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { expectReport } from "../support/command.ts";
import { makePage, type Part, pageOf } from "../support/page.ts";
import { expectExit } from "../support/project.ts";

const runPage = (...parts: readonly Part[]) => makePage(pageOf(...parts)).run();

const green = [
  ["sql", "SELECT 1 AS n;"],
  ["", " n\n---\n 1\n(1 row)"],
] as const;
const two = " id | name\n----+------\n  1 | Dune\n  2 | Emma\n(2 rows)";
const filled = [
  "sql",
  "CREATE TABLE t (id int, name text);\nINSERT INTO t VALUES (1, 'Dune'), (2, 'Emma');",
] as const;

test("SQL with its outputs in the same block is verified, with prompts and without", async () => {
  const prompts = `db=> CREATE TABLE t (id int);\nCREATE TABLE\ndb=> SELECT count(*)\ndb-> FROM t;\n count\n-------\n     0\n(1 row)`;
  const right = await runPage(["bash", prompts], ["sql", `TABLE t;\n\n id\n----\n(0 rows)`]);
  expectExit(right, 0);
  expect(right.stdout).toContain("All 3 outputs are verified");
  const wrong = prompts.replace(
    "CREATE TABLE\ndb",
    "CREATE TABLE\ndb=> INSERT INTO t VALUES (1);\nINSERT 0 1\ndb",
  );
  expectExit(await runPage(["bash", wrong]), 1);
});

test("A column that varies does not hide what is wrong in the others of its table", async () => {
  const tasks = `CREATE TABLE tasks (id int, title text, at timestamptz DEFAULT now());
CREATE INDEX ON tasks (at);
INSERT INTO tasks (id, title) VALUES (1, 'Buy milk'), (2, 'Call Sam');
UPDATE tasks SET title = 'Call Alex', at = now() WHERE id = 2;
SELECT id, title FROM tasks ORDER BY id;`;
  const tags = "CREATE TABLE\nCREATE INDEX\nINSERT 0 2\nUPDATE 1\n";
  const wrong = " id |  title\n----+----------\n  1 | Buy milk\n  2 | Call Sam\n(2 rows)";
  const count = ["sql", "SELECT count(*) FROM tasks;"] as const;
  const result = await runPage(["sql", tasks], ["", `${tags}${wrong}`], count, [
    "",
    " count\n-------\n     3",
  ]);
  await expectReport(result, 1, "-  2 | Call Sam");
  expect(result.stdout).toContain("2 drift of 2 runs");
  expect(result.stdout, "no empty lines between tags").not.toMatch(/^ +\+$/m);
});

test.each<[string, readonly Part[], string]>([
  [
    "comes from a table that is empty",
    [
      ["sql", "CREATE TABLE t (id int, name text);"],
      ["sql", "SELECT * FROM t ORDER BY id;"],
      ["", two],
    ],
    "the page does not fill t",
  ],
  [
    "changes with a default",
    [
      ["sql", "CREATE TABLE d (id int, at date DEFAULT current_date);\nINSERT INTO d VALUES (1);"],
      ["sql", "TABLE d;"],
      ["", " id | at\n----+------------\n  1 | 2020-01-01"],
    ],
    "it depends on the time",
  ],
  [
    "uses what failed before",
    [
      ["sql", "CREATE TABLE u (id int);\nINSERT INTO u SELECT * FROM elsewhere;"],
      ["sql", "SELECT count(*) FROM u;"],
      ["", " count\n-------\n     7"],
    ],
    "an earlier statement failed",
  ],
  [
    "is that of a command above",
    [
      filled,
      ["bash", "psql -f more.sql"],
      ["sql", "SELECT count(*) FROM t;"],
      ["", " count\n-------\n     7"],
    ],
    "after a command that is not run",
  ],
  [
    "is in another time zone",
    [
      ["sql", "SELECT timestamptz '2024-01-01 00:00:00+00' AS at;"],
      ["", " at\n------------------------\n 2024-01-01 07:00:00+05"],
    ],
    "time zone",
  ],
  [
    "is no output of the SQL",
    [filled, ["", "DROP something"]],
    "nothing says that this is an output",
  ],
  [
    "is shown again in parts",
    [
      filled,
      ["sql", "SELECT * FROM t ORDER BY id;"],
      ["", two],
      ["", " id | name\n----+------\n  2 | Emma"],
    ],
    "is shown already",
  ],
  [
    "names a version",
    [
      ["sql", "SELECT version();"],
      ["", " version\n---------\n PostgreSQL 9.6\n(1 row)"],
    ],
    "it depends on the server",
  ],
  [
    "needs a plan",
    [
      filled,
      ["sql", "EXPLAIN SELECT * FROM t;"],
      ["", " QUERY PLAN\n------------\n Seq Scan on t  (cost=0.00..1.00 rows=9 width=9)"],
    ],
    "it depends on the server",
  ],
])("what %s is not verified, and fails nothing", async (_, parts, because) => {
  await expectReport(runPage(...green, ...parts), 0, because);
});

test("rows may come in any order that the query allows", async () => {
  const swapped = " id | name\n----+------\n  2 | Emma\n  1 | Dune\n(2 rows)";
  expectExit(await runPage(filled, ["sql", "SELECT * FROM t;"], ["", swapped]), 0);
  expectExit(await runPage(filled, ["sql", "SELECT * FROM t ORDER BY id;"], ["", swapped]), 1);
});

test("an error that the page does not show fails it, and the rest is still run", async () => {
  const result = await runPage(
    filled,
    ["sql", "SELECT nope FROM t;"],
    ["sql", "SELECT * FROM t ORDER BY id;"],
    ["", two],
  );
  await expectReport(result, 1, 'failed, and the page shows no error: ERROR: column "nope"');
  expect(result.stdout).toContain("1 match, 1 unverified, 1 error of 3 runs");
});

test("an error next to a result that the page shows fails it, too, and results may come in any order", async () => {
  const [a, b] = [" a\n---\n 1\n(1 row)", " b\n---\n 2\n(1 row)"];
  const unseen = await runPage(["sql", "SELECT 1 AS a;\nSELECT nope;"], ["", a]);
  expectExit(unseen, 1);
  expect(unseen.stdout).toContain('failed, and the page shows no error: ERROR: column "nope"');
  const error = 'ERROR:  column "nope" does not exist';
  const seen = ["sql", "SELECT 1 AS a;\nSELECT nope;\nSELECT 2 AS b;"] as const;
  expectExit(await runPage(seen, ["", a], ["", error], ["", b]), 0);
  expectExit(await runPage(["sql", "SELECT 1 AS a;\nSELECT 2 AS b;"], ["", b], ["", a]), 0);
});

test("psql runs a file of the page, also from within", async () => {
  const shown = "CREATE TABLE\nINSERT 0 2\n count\n-------\n     2\n(1 row)";
  const file = `${filled[1]}\nSELECT count(*) FROM t;`;
  const again = `db=> \\i ./a.sql\nERROR:  relation "t" already exists\nINSERT 0 2\n count\n-------\n     4\n(1 row)`;
  const result = await runPage(
    ['sql title="a.sql"', file],
    ["bash", 'psql "$DATABASE_URL" -f a.sql'],
    ["", shown],
    ["psql", again],
  );
  expectExit(result, 0);
  expect(result.stdout).toContain("All 2 outputs are verified");
  const elsewhere = await runPage(...green, ["bash", "psql -f /etc/passwd"], ["", shown]);
  expect(elsewhere.stdout).not.toContain("root");
});

test("roles and databases are made on servers of the page's own, and on no other", async () => {
  const page: Part[] = [
    ["sql", "CREATE ROLE page_reader LOGIN;\nCREATE DATABASE page_shop;"],
    ["sql", "SELECT rolcanlogin FROM pg_roles WHERE rolname = 'page_reader';"],
    ["", " rolcanlogin\n-------------\n t\n(1 row)"],
  ];
  const file = join(tmpdir(), `page-leak-${process.pid}.txt`);
  const own = await makePage(pageOf(["sql", `COPY (SELECT 1) TO '${file}';`], ...page)).runWith({});
  expect(existsSync(file)).toBe(false);
  await expectReport(own, 0, "one for each client");
  expect(own.stdout).toContain("The output is verified with 2 clients");
  const hidden: Part = [
    "sql",
    "/* a role */ CREATE ROLE page_leak;\nDO $$ BEGIN CREATE ROLE page_leak; END $$;",
  ];
  const given = await runPage(...green, hidden, ...page);
  expectExit(given, 0);
  const leaks = await runPage(
    ["sql", "SELECT count(*) FROM pg_roles WHERE rolname = 'page_leak';"],
    ["", " count\n-------\n     0\n(1 row)"],
  );
  expect(leaks.stdout).toContain("The output is verified");
  expect(given.stdout).toContain("it affects more than the page's database");
});

test("psql's variables are played", async () => {
  const result = await runPage(
    ["sql", "\\set low 2\nSELECT 3 AS high \\gset"],
    ["sql", "SELECT n FROM generate_series(:low, :high) AS n;"],
    ["", " n\n---\n 2\n 3\n(2 rows)"],
  );
  expectExit(result, 0);
});

const answer = (name: string, value: number) => ["", ` ${name}\n---\n ${value}\n(1 row)`] as const;

test.each([
  ["\\unset", "\\set n 3\n\\unset n\nSELECT :n AS n;", answer("n", 3)],
  ["\\gdesc", "SELECT 2 AS n \\gdesc", answer("n", 2)],
  ["\\if", "\\set is false\n\\if :is\n\\endif\nSELECT 2 AS n;", answer("n", 2)],
  ["\\set AUTOCOMMIT", "\\set AUTOCOMMIT off\nSELECT 2 AS n;", answer("n", 2)],
])(
  "what psql would print after %s is not verified by what is printed without it",
  async (_, sql, shown) => {
    const result = await runPage(["sql", sql], shown);
    expectExit(result, 1);
    expect(result.stdout).toContain("Not verified: 1 unverified of 1 run");
  },
);

test("an error before \\gdesc ends its transaction", async () => {
  const result = await runPage(
    ["sql", "BEGIN;\nSELECT nothing \\gdesc"],
    ["sql", "SELECT 1 AS n;"],
    answer("n", 1),
  );
  expectExit(result, 0);
  expect(result.stdout).toMatch(/✓ 02-sql +match/);
});

test("what the drivers print differently, also when it is played again, is a divergence", async () => {
  // postgres.js has prepared the query with which it connects.
  const view = ["sql", "CREATE VIEW prepared AS SELECT name FROM pg_prepared_statements;"] as const;
  const query = ["sql", "SELECT count(*) > 0 AS is_prepared FROM prepared;"] as const;
  const result = await runPage(view, query, ["", " is_prepared\n-------------\n f\n(1 row)"]);
  expectExit(result, 1);
  expect(result.stdout).toContain("1 divergence of 2 runs");
});

test("a command that fails is reported at its own line", async () => {
  const app = ['js title="app.js"', "process.exitCode = 2;"] as const;
  const result = await runPage(app, ["sh", "node app.js"], ["", "Hello."]);
  expectExit(result, 1);
  expect(result.stdout).toContain("page.md:7: node exited with 2");
});

const failing = [
  ["CREATE TABLE t AS SELECT * FROM (VALUES (1), (2)) AS rows (id);", "SELECT 2"],
  ["BEGIN;", "BEGIN"],
  ["DELETE FROM t WHERE id = 1;", "DELETE 1"],
  ["SAVEPOINT one;", "SAVEPOINT"],
  ["DELETE FROM t;", "DELETE 1"],
  ["SELECT 1 / 0;", "ERROR:  division by zero"],
] as const;
const aborted =
  "ERROR:  current transaction is aborted, commands ignored until end of transaction block";
const count = (rows: number) =>
  ["SELECT count(*) FROM t;", ` count\n-------\n     ${rows}\n(1 row)`] as const;

test.each([
  ["is not ended by a query", [count(2), ["COMMIT;", "COMMIT"]], [count(2)]],
  [
    "is ended by COMMIT",
    [
      ["TABLE t;", aborted],
      ["COMMIT;", "ROLLBACK"],
    ],
    [count(2), count(1)],
  ],
  [
    "goes on at a savepoint",
    [
      ["ROLLBACK TO one;", "ROLLBACK"],
      ["COMMIT;", "COMMIT"],
    ],
    [count(1), count(2)],
  ],
] as const)("a transaction that failed %s, in one session and in blocks", async (_, then, ends) => {
  const [right, wrong = right] = ends;
  const isRight = wrong !== right;
  const forms = {
    session: (lines: readonly (readonly [string, string])[]) => [
      ["", lines.map(([sql, output]) => `db=> ${sql}\n${output}`).join("\n")] as const,
    ],
    blocks: (lines: readonly (readonly [string, string])[]) =>
      lines.flatMap(([sql, output]) => [["sql", sql] as const, ["text", output] as const]),
  };
  for (const form of Object.values(forms)) {
    const result = await runPage(...form([...failing, ...then, right]));
    expectExit(result, isRight ? 0 : 1);
    if (isRight) expectExit(await runPage(...form([...failing, ...then, wrong])), 1);
  }
});

test("a psql command, and what comes behind \\q, is a session of its own", async () => {
  const schema = [
    "sql",
    "SET search_path TO pg_catalog;\nCREATE TABLE public.items (id int);\nBEGIN;\nINSERT INTO public.items VALUES (1);",
  ] as const;
  const files = ["Save as `schema.sql`:", schema, ["sh", "psql -f schema.sql"]] as const;
  const later = (rows: string) =>
    [
      ["sql", "SELECT * FROM items;"],
      ["", ` id\n----\n${rows}`],
    ] as const;
  expectExit(await runPage(...files, ...later("(0 rows)")), 0);
  expectExit(await runPage(...files, ...later("  1\n(1 row)")), 1);
  const quit = (style: string) =>
    [
      "",
      `db=> SET datestyle TO 'German';\nSET\ndb=> \\q\ndb=> SELECT date '2024-01-05' AS day;\n    day\n------------\n ${style}\n(1 row)`,
    ] as const;
  expectExit(await runPage(quit("2024-01-05")), 0);
  expectExit(await runPage(quit("05.01.2024")), 1);
});

test.each(["\\q", "db=> \\q", "exit"])("a block with only %j leaves psql", async (leaving) => {
  const style = "SET datestyle TO 'German';";
  const day = ["sql", "SELECT date '2024-01-05' AS day;"] as const;
  const shown = (text: string) => ["", `    day\n------------\n ${text}\n(1 row)`] as const;
  const before = [["sql", style], day, shown("05.01.2024"), ["", leaving], day] as const;
  expectExit(await runPage(...before, shown("2024-01-05")), 0);
  expectExit(await runPage(...before, shown("05.01.2024")), 1);
});

const insert = "INSERT INTO books VALUES";
test.each([
  ["-f", `${insert} (1);\n${insert} (1);\n${insert} (2);`, 2, 1],
  ["-v ON_ERROR_STOP=1 -f", `${insert} (1);\n${insert} (1);\n${insert} (2);`, 1, 2],
  ["-1 -f", `${insert} (1);\n${insert} (1);\n${insert} (2);`, 0, 2],
  ["--single-transaction -f", `${insert} (1);\n${insert} (2);`, 2, 0],
  ["-v first=7 -vlast='9' -f", `${insert} (:first), (:'last');`, 2, 1],
  ["-f", `${insert} (1);\n\\q\n${insert} (2);`, 1, 2],
] as const)("psql %s with %j leaves %d rows", async (options, file, right, wrong) => {
  const pageWith = (rows: number) =>
    runPage(
      ["sql", "CREATE TABLE books (id int PRIMARY KEY);"],
      "Save as `more.sql`:",
      ["sql", file],
      "This fails at a key that is there:",
      ["sh", `psql $DATABASE_URL ${options} more.sql`],
      ["sql", "SELECT count(*) FROM books;"],
      ["", ` count\n-------\n     ${rows}\n(1 row)`],
    );
  expectExit(await pageWith(right), 0);
  expectExit(await pageWith(wrong), 1);
});
