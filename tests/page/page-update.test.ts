import { linkSync, readFileSync, writeFileSync } from "node:fs";
import fc from "fast-check";
import { expect, test } from "vitest";
import { loadPage } from "../../runner/page/load-page.ts";
import { readGolden, refuseChanged } from "../../runner/verify/golden.ts";
import { readPageLines, replacePageLines } from "../../runner/verify/page-lines.ts";
import { block, makePage } from "../support/page.ts";
import { expectExit } from "../support/project.ts";
import { item, outputLine, type RandomPage, randomPage, textOf } from "../support/random-page.ts";

async function outputsOf(file: string) {
  const { runs } = await loadPage(file);
  return runs.flatMap(({ inPage }) => (inPage?.kind === "lines" ? [inPage] : []));
}

test("an output is written back, and not a byte outside of it changes", async () => {
  const { file } = makePage("");
  const newOutput = fc
    .array(outputLine, { minLength: 1, maxLength: 5 })
    .map((lines) => ["x", ...lines, "y"]);
  await fc.assert(
    fc.asyncProperty(
      randomPage,
      fc.array(newOutput, { minLength: 6, maxLength: 6 }),
      async (page, news) => {
        writeFileSync(file, textOf(page));
        const places = await outputsOf(file);
        expect(places.length).toBe(page.items.length);
        for (const [index, place] of [...places.entries()].reverse()) {
          replacePageLines(place, Buffer.from(`${news[index]?.join("\n")}\n`));
        }
        expect(readFileSync(file, "utf8")).toBe(textOf(page, news));

        // Lines are found again, whatever their number is now.
        let moved = 0;
        for (const [index, place] of places.entries()) {
          const lines = news[index] ?? [];
          const first = place.first + moved;
          moved += lines.length - (place.last - place.first);
          const now = { ...place, first, last: first + lines.length };
          expect(readPageLines(readFileSync(file), now).toString("utf8")).toBe(
            `${lines.map((line) => line.trimEnd()).join("\n")}\n`,
          );
        }
      },
    ),
    { numRuns: 100 },
  );
});

test("an output that an editor moves while the page is run is compared as it was, and not written", async () => {
  const { file } = makePage("");
  const shown = (lines: string) =>
    `# A\n\n${lines}\`\`\`sql\nSELECT 1 AS a;\n\`\`\`\n\n\`\`\`text\n a\n---\n 7\n\`\`\`\n`;
  writeFileSync(file, shown(""));
  const guide = await loadPage(file);
  writeFileSync(file, shown("One more.\n\n"));
  const [run] = guide.runs;
  if (!run) throw new Error("The page has no run.");
  const golden = readGolden(guide.directory, run, guide.page?.bytes);
  expect(String(golden.bytes)).toBe(" a\n---\n 7\n");
  expect(() => refuseChanged([golden])).toThrow("changed while the guide ran");
});

test("an output that would close its fence is not written", async () => {
  const { file } = makePage("");
  await fc.assert(
    fc.asyncProperty(item, fc.nat({ max: 2 }), async (one, more) => {
      const text = textOf({ items: [one], end: "\n", hasMark: false });
      writeFileSync(file, text);
      const [place] = await outputsOf(file);
      if (!place) throw new Error("There is no output.");
      const closing = one.fence + (one.fence[0] ?? "").repeat(more);
      expect(replacePageLines(place, Buffer.from(`a\n${closing}\n`))).toHaveProperty("refused");
      expect(readFileSync(file, "utf8")).toBe(text);
    }),
    { numRuns: 30 },
  );
});

test.each([
  ["in a fence that never ends", "", "x\n"],
  ["with a carriage return in a line", "```\n", "10 %\r20 %\n"],
])("an output %s is not written", async (_, end, output) => {
  const text = `\`\`\`sql\nSELECT 1;\n\`\`\`\n\n\`\`\`\n n\n---\n 2\n${end}`;
  const { file } = makePage(text);
  const [place] = await outputsOf(file);
  if (!place) throw new Error("There is no output.");
  expect(replacePageLines(place, Buffer.from(output))).toHaveProperty("refused");
  expect(readFileSync(file, "utf8")).toBe(text);
});

const wrong = {
  aligned: [" id |  name", "----+--------", "  1 | Dona", "(1 row)"],
  bare: [" id | name", "----+-----", "  1 | Dune", "  3 | null"],
  markdown: ["| id | name |", "|---:|:-----|", "| 1 | Dune |", "| 3 | |"],
  padded: ["| id  | name |", "| --- | ---- |", "| 1   | Dune |", "| 9   | NULL |"],
  numbered: ["# | id | name", "1 | 1 | Dune", "2 | 7 | "],
  expanded: ["-[ RECORD 1 ]", "id   | 1", "name | Dona"],
  framed: ["+----+------+", "| id | name |", "+----+------+", "|  1 | Dona |", "+----+------+"],
  noted: [" id | name", "----+------", "  1 | Dona -> the first", "  2 |      -> without a name"],
  shortened: [" id | name", "----+------", "  1 | Dona", "...", "(2 rows)"],
  capitals: ["| ID | Name |", "|---|---|", "| 1 | Dona |", "| 2 | - |"],
  drawn: ["┌────┬──────┐", "│ id │ name │", "├────┼──────┤", "│  1 │ Dona │", "│  2 │      │"],
  code: ["ERROR: division by nothing (SQLSTATE 22013)"],
};
const right = {
  aligned: [" id | name", "----+------", "  1 | Dune", "  2 |", "(2 rows)"],
  bare: [" id | name", "----+-----", "  1 | Dune", "  2 | null"],
  markdown: ["| id | name |", "|---:|:-----|", "| 1 | Dune |", "| 2 |  |"],
  padded: ["| id  | name |", "| --- | ---- |", "| 1   | Dune |", "| 2   | NULL |"],
  numbered: ["# | id | name", "1 | 1 | Dune", "2 | 2 |"],
  expanded: ["-[ RECORD 1 ]", "id   | 1", "name | Dune", "-[ RECORD 2 ]", "id   | 2", "name |"],
  framed: [
    ...["+----+------+", "| id | name |", "+----+------+"],
    ...["|  1 | Dune |", "|  2 |      |", "+----+------+"],
  ],
  noted: [" id | name", "----+------", "  1 | Dune -> the first", "  2 |      -> without a name"],
  shortened: [" id | name", "----+------", "  1 | Dune", "...", "(2 rows)"],
  capitals: ["| ID | Name |", "|---|---|", "| 1 | Dune |", "| 2 | - |"],
  drawn: ["┌────┬──────┐", "│ id │ name │", "├────┼──────┤", "│  1 │ Dune │", "│  2 │      │"],
  code: ["ERROR: division by zero (SQLSTATE 22012)"],
};

test("--update writes in the form that is there, and what it wrote is verified", async () => {
  const { file, run } = makePage("");
  const [nested] = fc.sample(fc.array(item, { minLength: 8, maxLength: 8 }), {
    numRuns: 1,
    seed: 7,
  });
  const items = Object.entries(wrong).map(([name, output], index) => ({
    ...{ container: "" as const, fence: "```", text: "x" },
    ...nested?.[index],
    ...{ sql: name === "code" ? "SELECT 1 / 0;" : "SELECT * FROM t ORDER BY id;", output },
  }));
  const setup = {
    ...{ sql: "CREATE TABLE t (id int, name text);\nINSERT INTO t VALUES (1, 'Dune'), (2, NULL);" },
    ...{ output: ["CREATE TABLE", "INSERT 0 2"], container: "" as const, fence: "```", text: "x" },
  };
  const page: RandomPage = { items: [setup, ...items], end: "\r\n", hasMark: true };
  // A line end within the SQL is the page's, too.
  const write = (outputs: readonly (readonly string[])[]) =>
    textOf(page, outputs).replace(/\r?\n/g, "\r\n");
  writeFileSync(file, write(page.items.map(({ output }) => output)));
  expectExit(await run("--update"), 0);
  expect(readFileSync(file, "utf8")).toBe(write([setup.output, ...Object.values(right)]));
  expectExit(await run(), 0);
});

const severalWrong: readonly (readonly [sql: string, wrong: string, right: string])[] = [
  [
    "UPDATE t SET stock = 1 WHERE id < 3;\nSELECT count(*) FROM t;",
    "UPDATE 3\n count\n-------\n     5\n(1 row)",
    "UPDATE 2\n count\n-------\n     3\n(1 row)",
  ],
  [
    "INSERT INTO t VALUES (9, 1);\nSELECT id FROM t ORDER BY id;\nDELETE FROM t WHERE id = 9;",
    "INSERT 0 2\n id\n----\n  1\n  2\n  3\n  8\n(4 rows)\n\nDELETE 2",
    "INSERT 0 1\n id\n----\n  1\n  2\n  3\n  9\n(4 rows)\n\nDELETE 1",
  ],
  [
    "SELECT id FROM t WHERE id < 3;\nSELECT max(id) FROM t;",
    " id\n----\n  1\n  4\n(1 row)\n\nTime: 1.2 ms\n\n max\n-----\n   4\n(1 row)\n\nTime: 0.8 ms",
    " id\n----\n  1\n  2\n(2 rows)\n\nTime: 1.2 ms\n\n max\n-----\n   3\n(1 row)\n\nTime: 0.8 ms",
  ],
];

test("--update corrects tags beside values that are wrong, too, and keeps psql's times", async () => {
  const setup = "CREATE TABLE t (id int, stock int);\nINSERT INTO t VALUES (1, 3), (2, 5), (3, 0);";
  const shown = (at: 1 | 2) =>
    [
      block("sql", setup),
      ...severalWrong.flatMap((one) => [block("sql", one[0]), block("", one[at])]),
    ].join("\n");
  const { file, run } = makePage(shown(1));
  expectExit(await run("--update"), 0);
  expect(readFileSync(file, "utf8")).toBe(shown(2));
  expectExit(await run(), 0);
});

const guesses: readonly (readonly [above: string, block: string])[] = [
  ["If you see this error, check your password:", "error: password authentication failed"],
  ["It sends this request:", "POST /users HTTP/1.1\nContent-Type: application/json"],
  ["The connection string has this form:", "postgresql://USER:PASSWORD@HOST/DB"],
  ["Your folder now looks like this:", "myapp/\n  a.mjs"],
  ["Afterwards, `out.txt` contains:", "x,y"],
];

test("what may be no output is left as it is by --update and --accept", async () => {
  const { file, run } = makePage("");
  const fenced = (text: string, language = "") => `${block(language, text)}\n`;
  const parts = guesses.map(
    ([above, below]) => `${fenced("node a.mjs", "sh")}${above}\n\n${fenced(below)}`,
  );
  const start = `# A\n\nCreate \`a.mjs\`:\n\n${fenced("console.log('ok')", "js")}`;
  const shown = (output: string) =>
    `${start}${parts.join("")}${fenced("node a.mjs", "sh")}Output:\n\n${fenced(output)}`;
  writeFileSync(file, shown("no"));
  const line = shown("no").split("\n").indexOf("error: password authentication failed") + 1;
  expectExit(await run("--accept", `page.md:${line}`), 2);
  expect(readFileSync(file, "utf8")).toBe(shown("no"));
  expectExit(await run("--update"), 0);
  expect(readFileSync(file, "utf8")).toBe(shown("ok"));
});

test("--update loses nothing that the author has written into an output", async () => {
  const setup =
    "CREATE TABLE t (id int, name text);\nINSERT INTO t VALUES (1, 'Dune'), (2, 'Ubik');";
  const rows = " id | name\n----+------\n  1 | Dona\n  2 | Ubi";
  const shapes = [
    `${rows}\n(2 rows)\n\nThe second one is new.`,
    `These are left:\n${rows}`,
    rows.replace("  2", "and then\n  2"),
    rows.replaceAll(/$/gm, "  -- ours"),
  ];
  const text = shapes
    .map((one) => `${block("sql", "TABLE t;")}\nOutput:\n\n${block("", one)}`)
    .join("\n");
  const page = `${block("sql", setup)}\n${text}`;
  const { file, run } = makePage(page);
  const result = await run("--update");
  expectExit(result, 1);
  expect(readFileSync(file, "utf8")).toBe(page);
  for (const line of ["The second one is new.", "These are left:", "and then", "-- ours"]) {
    expect(result.stdout).toContain(`${line}" outside of it, and then: `);
    expect(result.stdout).toContain(`${line}" is not printed, and would be lost.`);
  }
});

test("--update says which sentences among the output of a command are gone", async () => {
  const code = "console.log('Inserted 3 rows.');\nconsole.log('Read 3 rows.');";
  const page = (output: string) =>
    `Create \`a.mjs\`:\n\n${block("js", code)}\n${block("sh", "node a.mjs")}\nOutput:\n\n${block("", output)}`;
  const { file, run } = makePage(page("Inserted 4 rows.\nYours may be others.\nRead 5 rows."));
  const result = await run("--update");
  expectExit(result, 0);
  expect(readFileSync(file, "utf8")).toBe(page("Inserted 3 rows.\nRead 3 rows."));
  expect(result.stdout).toContain("because nothing printed it: Yours may be others.\n");
});

test("--update never writes an error in the place of a table, or of what a command did", async () => {
  const filled = "CREATE TABLE t (id int);\nINSERT INTO t VALUES (1);";
  const table = [" id", "----", "  1", "(1 row)"].join("\n");
  const text = [
    "SELECT idd FROM t;",
    "INSERT INTO t VALUES ('x');",
    "SELECT id FROM t; SELECT 1 / 0;",
  ]
    .map((sql) => `${block("sql", sql)}\n${block("", sql.startsWith("I") ? "INSERT 0 1" : table)}`)
    .join("\n");
  const page = `# A\n\n${block("sql", filled)}\n${text}`;
  const { file, run } = makePage(page);
  const result = await run("--update");
  expectExit(result, 1);
  expect(readFileSync(file, "utf8")).toBe(page);
  expect(result.stdout).toContain('the page shows no error: ERROR: column "idd" does not exist');
  expect(result.stdout).toContain("3 error of 4 runs");
});

test("--update writes no page that has another name", async () => {
  const text = `${block("sql", "SELECT 1 AS a;")}\n${block("", " a\n---\n 2\n(1 row)")}`;
  const { file, run } = makePage(text);
  linkSync(file, `${file}.txt`);
  const result = await run("--update");
  expectExit(result, 1);
  expect(result.stdout).toContain("is not written: it is a hard link");
  expect(readFileSync(file, "utf8")).toBe(text);
});
