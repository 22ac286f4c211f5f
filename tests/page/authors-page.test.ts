import { expect, test } from "vitest";
import { expectReport } from "../support/command.ts";
import { makePage } from "../support/page.ts";
import { expectExit } from "../support/project.ts";

/** Writes a page, and a sample next to it, and runs the program on the page. */
async function runPage(text: string, ...options: string[]) {
  const page = makePage(text);
  page.write("books.sql", "CREATE TABLE b AS SELECT 1 AS id;\n");
  return { ...(await page.run(...options)), text: page.read("page.md") };
}

const updated = (text: string) => runPage(text, "--update");

const query = `# Books

\`\`\`sh
createdb books
psql -d books -f books.sql
\`\`\`

\`\`\`sql
SELECT id FROM b;
\`\`\`

Output:

\`\`\`
 id
----
  2
\`\`\`
`;

test("a command that loads the sample counts as done, and hides no error below it", async () => {
  const page = `---\nguide:\n  sample: books.sql\n---\n\n${query}`;
  expect((await runPage(page, "--list")).stdout).toContain("preparation  the settings load it");
  await expectReport(runPage(page), 1, "-  2\n    +  1");
  expect((await runPage(page, "--update")).stdout).toContain(", 1 output written.");
});

test("a file next to the page is named with the setting that loads it", async () => {
  const { stdout } = await runPage(query, "--list");
  expect(stdout).toContain('write "sample: books.sql" below "guide:" in its front matter');
});

test("a command that fails by design gets the directive for it, and a crash does not", async () => {
  const failing = (code: string) =>
    `# Fails\n\n\`\`\`js title="app.js"\n${code}\n\`\`\`\n\n\`\`\`sh\nnode app.js\n\`\`\`\n\nOutput:\n\n\`\`\`\nno\n\`\`\`\n`;
  const advice = "write <!-- guide: exit 3 --> in the line before the command";
  const meant = await runPage(
    failing(
      'process.emitWarning("old"); process.exitCode = 3;\nsetTimeout(() => console.error("no"), 50);',
    ),
  );
  await expectReport(meant, 1, advice);
  expect(meant.stdout, "the reason is above the warning").toMatch(/with 3\.\n +no\n +\(node:/);
  const crash = await runPage(failing('throw new Error("no");'));
  expectExit(crash, 1);
  expect(crash.stdout).not.toContain("<!-- guide: exit");
  const shown = failing('throw new Error("no");').replace(
    "\nno\n",
    "\nError: no\n    at app.js:1\n",
  );
  expect((await runPage(shown)).stdout, "the page shows it").toContain("<!-- guide: exit 1 -->");
});

test("an output that varies gets the directive for it, and one that cannot be judged its line", async () => {
  const varies = `# Varies

\`\`\`sql
SELECT random() AS a;
\`\`\`

\`\`\`
 a
---
 5
\`\`\`

=== "a"

    \`\`\`js title="app.js"
    console.log("a 5 ms");
    \`\`\`

=== "b"

    \`\`\`js title="app.js"
    console.log("a 6 ms");
    \`\`\`

\`\`\`sh
node app.js
\`\`\`

\`\`\`
a 7 ms
\`\`\`
`;
  const { stdout } = await runPage(varies);
  expect(stdout).toContain("Not verified: it depends on the time, or on chance. See page.md:8.");
  expect(stdout).toContain(
    "write <!-- guide: volatile PATTERN --> in the line before the output: page.md:",
  );
});

test("what is below a command that is not run is listed as not verified", async () => {
  const unrun = `${query}\n\`\`\`sh\npython3 -c "print(1)"\n\`\`\`\n\n\`\`\`\n1\n\`\`\`\n`;
  expect((await runPage(unrun, "--list")).stdout).toContain(
    "unverified   the command above it is not run",
  );
});

test("a table that is not in a block is written where it is, and only as a table", async () => {
  const page = (cell: string, sql: string) =>
    `# Cats\n\n\`\`\`sql\n${sql}\n\`\`\`\n\n| name |\n|------|\n| ${cell}  |\n\nAnd so on.\n`;
  const sql = "SELECT 'Tom' AS name;";
  const written = await updated(page("Kit", sql));
  expect(written).toMatchObject({ code: 0, text: page("Tom", sql) });
  const markup = page("Kit", "SELECT '<b>' AS name;");
  const refused = await updated(markup);
  expect(refused).toMatchObject({ code: 1, text: markup });
  expect(refused.stdout).toContain("the output is not a plain Markdown table");
});
