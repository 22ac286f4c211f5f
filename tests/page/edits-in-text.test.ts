import { expect, test } from "vitest";
import { expectReport } from "../support/command.ts";
import { makePage, type Part, pageOf } from "../support/page.ts";

const app = [
  'js title="app.js"',
  'const limit = 5;\nconsole.log(limit, process.argv[2] ?? "");',
] as const;
const run = ["sh", "node app.js"] as const;

/** The file again, its output, a text, and what the page shows below the next command. */
const again = (text: string, output: string, command = "node app.js"): Part[] => [
  ...[app, run, ["text", "5"] as const, text],
  ...([
    ["sh", command],
    ["text", output],
  ] as const),
];

const edits = [
  ...["Now make `limit` three.", "Set `limit` to 3 and run it again:", "Replace 5 with 6."],
  ...["Uncomment the last line:", "Remove the `WHERE`:", "Swap the two lines:"],
  ...["Please turn the `limit` into 3.", "Let's give `limit` the value 3:"],
];

test("what a text asks to change is not verified, whatever the command prints then", async () => {
  const parts = edits.flatMap((text) => again(text, "5"));
  const elsewhere = again("Change `limit` to 3 in `app.js`.", "5", "X=2 node ./app.js");
  const result = makePage(pageOf(...parts, ...elsewhere)).run();
  const count = edits.length + 1;
  await expectReport(result, 0, `${count} of ${2 * count} outputs verified`);
});

const doubts = [
  ...["Try another limit:", "Using 3 instead:", "If `limit` is 3, it prints less:"],
  ...[
    "A smaller limit:",
    "The `limit` is 3 now:",
    "## Another limit",
    "This time, use another one:",
  ],
];

test("what may speak of a change is only verified if it is right", async () => {
  const wrong = doubts.flatMap((text) => again(text, "3"));
  const count = doubts.length;
  await expectReport(
    makePage(pageOf(...wrong)).run(),
    0,
    `${count} of ${2 * count} outputs verified`,
  );
  const right = doubts.flatMap((text) => again(text, "5"));
  await expectReport(makePage(pageOf(...right)).run(), 0, `All ${2 * count} outputs are verified`);
});

const repeats = [
  ...["", "Run it again:", "Again:", "Now run the same program once more, and look at the result."],
  ...["Run `node app.js` again:", "The output is the same:", "## Run it again\n\nThis prints:"],
];

test("where a text only says to run it again, a wrong output fails", async () => {
  const page = makePage(pageOf(...repeats.flatMap((text) => again(text, "3"))));
  const { code, stdout } = await page.run("--keep-going");
  expect(code).toBe(1);
  expect(stdout.match(/^✗ .* drift/gm)).toHaveLength(repeats.length);
});

test("a text may ask to change what the page has not run yet, or a file of SQL", async () => {
  const first = pageOf(
    app,
    "Change `limit` to 3 before you run it:",
    run,
    ["text", "3"],
    app,
    run,
    ["text", "5"],
  );
  await expectReport(makePage(first).run(), 0, "1 of 2 outputs verified");
  const load = ["sh", "psql -f q.sql"] as const;
  const rows = ["", " n \n---\n 1\n(1 row)"] as const;
  const sql = ['sql title="q.sql"', "SELECT 1 AS n;"] as const;
  const edited = pageOf(sql, load, rows, "Change `1` to `2` in `q.sql`:", load, rows);
  await expectReport(makePage(edited).run(), 0, "1 of 2 outputs verified");
});

test.each([
  ["Delete a row with `DELETE FROM t WHERE id = 1;`, and list them again:"],
  ["Run `UPDATE t SET name = 'x';` in psql. Now it is:"],
  ["Then run `node seed.mjs`, and look again:"],
  ["Run `npm run seed`:"],
])(
  "%s: what only the text tells a reader to type makes what is below it unverified",
  async (text) => {
    const seed = 'import pg from "pg";\nawait new pg.Client().query("INSERT INTO t VALUES (2)");';
    const rows = " id | name\n----+------\n  1 | a\n(1 row)";
    const page = (between: string) =>
      pageOf(
        ["sql", "CREATE TABLE t (id int, name text);\nINSERT INTO t VALUES (1, 'a');\nTABLE t;"],
        ["", rows],
        ['js title="seed.mjs"', seed],
        between,
        ["sql", "TABLE t;"],
        ["", rows],
      );
    const [right, told] = await Promise.all([
      makePage(page("`DELETE` and `UPDATE t SET ...` would change rows:")).run(),
      makePage(page(text)).run(),
    ]);
    await expectReport(right, 0, "All 2 outputs are verified");
    await expectReport(
      told,
      0,
      /command that is not run, in the text above line \d+[\s\S]*1 of 2 outputs verified/,
    );
  },
);
