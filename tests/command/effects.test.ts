import { join } from "node:path";
import { expect, test } from "vitest";
import { expectExit, expectReport } from "../support/command.ts";
import { copySmallProject, given } from "../support/project.ts";

test("--effects fails where two clients print the same and change other rows", async () => {
  const project = copySmallProject(["pg", "postgres"]);
  const same = await project.guide(["--effects"], given);
  expect(same.stderr).toBe("");
  expectExit(same, 0);

  project.edit(
    "steps/01-create.ts",
    "console.log(`Inserted",
    'if (process.argv.includes("pg")) await db.query("UPDATE books SET title = title"); console.log(`Inserted',
  );
  const unnoticed = await project.guide(["--yes"], given);
  expectExit(unnoticed, 0);
  const note =
    "The clients print the same, but changed different numbers of rows. books: pg changed 4 rows, postgres 0. --effects says in which run.";
  expect(unnoticed.stdout).toContain(`\n${note}\n\n`);
  const reported = await project.guide(["--reporter", "json"], given);
  expect(JSON.parse(reported.stdout).summary.effects).toBe("books: pg changed 4 rows, postgres 0");
  const guides = ["--guide", project.directory, "--guide", `${project.directory}/page.md`];
  project.write("page.md", "```sql\nSELECT 1 AS one;\n```\n```\n one\n-----\n   1\n(1 row)\n```\n");
  const many = await project.guide([...guides, "--reporter", "terminal"], given);
  expect(many.stdout).toContain(note);

  const noticed = await project.guide(["--effects"], given);
  await expectReport(noticed, 1, "✗ 01-create");
  expect(noticed.stdout).toContain(
    "The outputs match, but the effects differ. books: pg changed 4 rows, postgres 0.",
  );

  const json = await project.guide(["--effects", "--reporter", "json"], given);
  const [pg, postgres] = JSON.parse(json.stdout).runs;
  const inserted = { inserted: 4, deleted: 0 };
  expect(pg.effects.tables.books).toEqual({ ...inserted, updated: 4, isRead: true });
  expect(postgres.effects.tables.books).toEqual({ ...inserted, updated: 0, isRead: false });
});

test("--effects fails where it is not known what a client did", async () => {
  const project = copySmallProject(["pg", "postgres"]);
  project.edit(
    "steps/02-read.ts",
    "await step(",
    `import { spawn } from "node:child_process";
if (process.argv.includes("pg")) {
  spawn("psql", ["-c", "SELECT pg_sleep(3)"], { detached: true, stdio: "ignore" }).unref();
  await new Promise((resolve) => setTimeout(resolve, 300));
}
await step(`,
  );
  const why = "The effects could not be compared. pg: a connection to its database stayed open.";
  const result = await project.guide(["--effects"], given);
  await expectReport(result, 1, why);
  expect(result.stdout).toContain("✗ 02-read");
  const page = "```sql\nSELECT 1 AS one;\n```\n```\n one\n-----\n   1\n(1 row)\n```\n";
  project.write("page.md", page);
  expectExit(
    await project.guide(["--guide", `${project.directory}/page.md`, "--effects"], given),
    0,
  );
});

test("--effects fails where a client prints by heart what the others read", async () => {
  const project = copySmallProject(["pg", "postgres"]);
  project.edit(
    "steps/02-read.ts",
    "await step(",
    `if (process.argv.includes("postgres")) {
  process.stdout.write(readFileSync(${JSON.stringify(join(project.directory, "expected/02-read.txt"))}));
  process.exit();
}
await step(`,
  );
  project.edit("steps/02-read.ts", "import", 'import { readFileSync } from "node:fs";\nimport');
  await expectReport(project.guide(["--effects"], given), 1, "books: postgres did not read it.");
});
