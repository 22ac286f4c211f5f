import { chmodSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, inject, onTestFinished, test } from "vitest";
import { expectExit, sharedProject } from "../support/project.ts";

/** Writes a page, and a sample next to it, and runs the program on the page. */
function runPage(text: string, ...options: string[]) {
  const directory = realpathSync(mkdtempSync(join(tmpdir(), "page-")));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  chmodSync(directory, 0o711);
  const page = join(directory, "page.md");
  writeFileSync(page, text);
  writeFileSync(join(directory, "books.sql"), "CREATE TABLE b AS SELECT 1 AS id;\n");
  const environment = { DATABASE_URL: inject("databaseUrl") };
  return sharedProject().guide(["--guide", page, ...options], environment);
}

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
  const result = await runPage(page);
  expectExit(result, 1);
  expect(result.stdout).toContain("-  2\n    +  1");
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
  const meant = await runPage(failing('console.error("no"); process.exit(3);'));
  expectExit(meant, 1);
  expect(meant.stdout).toContain(advice);
  const crash = await runPage(failing('throw new Error("no");'));
  expectExit(crash, 1);
  expect(crash.stdout).not.toContain("<!-- guide: exit");
});
