import { realpathSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, test } from "vitest";
import { expectExit, expectRefused, expectReport } from "../support/command.ts";
import { root } from "../support/programs.ts";
import { otherGuide } from "../support/shell-guide.ts";

/** A script that knows neither `step` nor the drivers. */
const script = (work: string) => `import pg from "pg";
const client = new pg.Client({ connectionString: process.env.DATABASE_URL });
await client.connect();
${work}
await client.end();
`;

const files = {
  "steps/guide.json": JSON.stringify({
    title: "Forms",
    setup: ["01-migrate"],
    runs: ["02-plain", "03-node"],
    drivers: ["pg"],
    programs: { mjs: [process.execPath] },
  }),
  "steps/01-migrate.ts": `/*\n# Migrate\n*/\n${script('await client.query("CREATE TABLE t (n int)"); console.log(new Date());')}`,
  "steps/02-plain.ts": `/*\n# A plain script\n*/\n${script("const { rows } = await client.query('INSERT INTO t VALUES (1) RETURNING n'); console.log(rows[0].n);")}`,
  "steps/03-node.md": "# In another language\n\nIts text is next to it.\n",
  // As psql does without an argument: it connects to what the variables of libpq say.
  "steps/03-node.mjs": script("console.log((await client.query('SELECT n FROM t')).rows);").replace(
    "{ connectionString: process.env.DATABASE_URL }",
    "",
  ),
  "expected/02-plain.txt": "1\n",
  "expected/03-node.txt": "[ { n: 1 } ]\n",
};

function makeGuide() {
  const made = otherGuide(files);
  symlinkSync(realpathSync("node_modules"), join(made.directory, "node_modules"), "junction");
  const guide = (...choices: string[]) => made.guide(choices);
  return { ...made, guide };
}

test("a setup, a plain script and a step in another language, with its text next to it", async () => {
  const { write, guide } = makeGuide();
  const result = await guide();
  const note = "Without a driver: 02-plain, 03-node. A match there says nothing about the drivers.";
  await expectReport(result, 0, /^✓ 02-plain +match +pg \d+ ms\n✓ 03-node +match/m);
  expect(result.stdout).not.toContain("01-migrate");
  expect(result.stdout).toContain(`\n${note}\n\nAll 2 outputs are verified with 1 client`);
  const { stdout: xml } = await guide("--reporter", "junit");
  expect(xml).toContain('<property name="withoutDriver" value="02-plain, 03-node"/>');
  const several = await guide("--reporter", "terminal", "--guide", "docs/GUIDE.md");
  expect(several.stdout).toContain(`    ${note}\n`);

  const { stdout } = await guide("export", "-", "--format", "md");
  expect(stdout).toMatch(/## Migrate[\s\S]*npx tsx steps\/01-migrate.ts\n```\n\n✓ \*Run with pg/);
  expect(stdout).toMatch(/03-node\.mjs\n```[\s\S]*✓ \*Verified\.\*/);
  const { summary } = JSON.parse((await guide("--reporter", "json")).stdout);
  expect(summary.withoutDriver).toEqual(["02-plain", "03-node"]);

  expect(stdout).toMatch(
    /## In another language\n\nIts text is next to it\.[\s\S]*```mjs\nimport pg/,
  );
  expect(stdout).toMatch(/\S*node\S* steps\/03-node\.mjs\n```\n\nIt prints:/);

  const step = await guide("--step", "1");
  expectExit(step, 2);
  expect(step.stderr).toBe(
    "01-migrate has no golden file: it is a setup step. Name another step, or run the whole guide, without --step.\n",
  );

  write("steps/01-migrate.ts", "/*\n# Migrate\n*/\nthrow new Error('no such table');\n");
  await expectReport(
    guide(),
    1,
    /✗ 01-migrate +error[\s\S]*no such table[\s\S]*look: \S.* --guide \S+ --driver pg\n/,
  );
});

const stepFile = join(root, "drivers/step.ts");

test.each([
  [
    "does its work with a library",
    `await step(async () => {
  const client = new pg.Client();
  await client.connect();
  console.log((await client.query("SELECT 1 AS n")).rows[0].n);
  await client.end();
});`,
  ],
  ["no longer calls step", 'console.log("1"); // await step(async (db) => {});'],
])("a step that %s is named as one without a driver", async (_, code) => {
  const { write, guide } = makeGuide();
  const manifest = JSON.parse(files["steps/guide.json"]);
  write("steps/guide.json", JSON.stringify({ ...manifest, drivers: ["pg", "postgres"] }));
  const imports = `import pg from "pg";\nimport { step } from ${JSON.stringify(stepFile)};`;
  write("steps/02-plain.ts", `/*\n# Plain\n*/\n${imports}\n${code}\nvoid [pg, step];\n`);
  const { stdout } = await guide("--step", "2");
  expect(stdout).toContain("Without a driver: 02-plain. A match there says nothing");
  expect(stdout).toContain("The output is verified with 2 clients");
});

test("a step that is not TypeScript does not use step: it would run pg in the place of each driver", async () => {
  const { write, guide } = makeGuide();
  const code = `const { step } = await import(${JSON.stringify(pathToFileURL(stepFile).href)});\nawait step(async (db) => console.log(await db.query("SELECT 1 AS n")));\n`;
  write("steps/03-node.mjs", code);
  const tsx = import.meta.resolve("tsx");
  const programs = { mjs: [process.execPath, "--import", tsx] };
  const manifest = JSON.parse(files["steps/guide.json"]);
  write("steps/guide.json", JSON.stringify({ ...manifest, programs }));
  const result = await guide();
  await expectReport(result, 1, /^✗ 03-node +error/m);
  expect(result.stdout).toMatch(/03-node\.mjs is not: end its name in \.ts\./);
});

test.each([
  ["steps/04-lone.md", "# Lone", /04-lone\.md is not the text of a step\. Remove it, or write/],
  ["steps/03-node.md", "no title", /03-node\.md does not begin with a title: # Title\. Add it\./],
  ["expected/01-migrate.txt", "x", /No run uses the golden file \S*01-migrate\.txt/],
])("%s with %j is refused", async (file, text, message) => {
  const { write, guide } = makeGuide();
  write(file, text);
  await expectRefused(guide("--list"), message);
});

test.each([
  [{ setup: "01-migrate" }, '"setup" is not a list of step names'],
  [{ drivers: ["mine"] }, 'names a driver "mine". There are: pg, postgres.'],
  [{ drivers: ["pg", "postgres", "pg"] }, '"drivers" names one twice'],
  [{ programs: { py: "python3" } }, '"programs" is not like { "py": ["python3"] }'],
])("a guide.json with %j is refused", async (fields, message) => {
  const { write, guide } = makeGuide();
  const manifest = JSON.parse(files["steps/guide.json"]);
  write("steps/guide.json", JSON.stringify({ ...manifest, ...fields }));
  await expectRefused(guide("--list"), message);
});

test.each([
  ["no-such-program", "no-such-program is not installed here, or not in the PATH"],
  ["./no-such-file", "there is no file ./no-such-file"],
])("a program that is not there is named, and what to do: %s", async (program, problem) => {
  const { guide, edit } = makeGuide();
  edit("steps/guide.json", JSON.stringify(process.execPath), JSON.stringify(program));
  const { stdout } = await guide();
  expect(stdout).toContain(`    pg could not be started: ${problem}.\n`);
  expect(stdout).toContain('    Install it, or change "programs" in steps/guide.json.\n');
  const { runs } = JSON.parse((await guide("--reporter", "json")).stdout);
  expect(runs.at(-1)).toMatchObject({ outcome: "failed", exitCode: null });
});
