import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { withDatabase } from "../../runner/connection/connection-uri.ts";
import { expectExit, expectRefused, expectReport, isAlive } from "../support/command.ts";
import { makeDatabase, openDatabase } from "../support/database.ts";
import { copySmallProject, given } from "../support/project.ts";
import { fewRuns, makeShellGuide, otherGuide } from "../support/shell-guide.ts";

describe("--accept", () => {
  test("writes the named golden file, and no other", async () => {
    const project = makeShellGuide(fewRuns);
    project.edit("expected/01-create.txt", "single", "lonely");
    project.edit("expected/02-read.txt", "1984", "1985");
    await expectReport(
      project.guide(["--accept", "expected/01-create.txt"]),
      1,
      "1 golden file written",
    );
    expect(project.read("expected/01-create.txt")).toContain("single");
    expect(project.read("expected/02-read.txt")).toContain("1985");
  });

  test.each([
    ["expected/01-create.txt", "it matches already"],
    ["expected/09-gone.txt", "no run of this guide uses it"],
  ])("that matches nothing is an error: %s", async (file, reason) => {
    const project = makeShellGuide(fewRuns);
    project.edit("expected/02-read.txt", "Orwell", "Blair");
    const choices = ["--accept", "expected/02-read.txt", "--accept", file];
    await expectRefused(
      project.guide(choices),
      `There is nothing to accept for ${file}: ${reason}. Nothing was written.`,
    );
    expect(project.read("expected/02-read.txt")).toContain("Blair");
  });
});

test("a table that a program sets up is the guide's own, in place, too, and in the next run", async () => {
  const project = copySmallProject(["pg"]);
  const manifest = JSON.parse(project.read("steps/guide.json"));
  const more = { setup: ["00-tables"], programs: { mjs: ["node"] } };
  project.write("steps/guide.json", JSON.stringify({ ...manifest, ...more }));
  project.write("steps/00-tables.md", "# Set up");
  project.write(
    "steps/00-tables.mjs",
    `import pg from "pg";
const client = new pg.Client(process.env.DATABASE_URL);
await client.connect();
await client.query("CREATE TABLE IF NOT EXISTS books (id int)");
await client.end();
`,
  );
  const own = { DATABASE_URL: await makeDatabase() };
  expectExit(await project.guide(["--in-place"], own), 0);
  expectExit(await project.guide(["--in-place"], own), 0);
});

test("in place, no client is verified by the tables of another client or run", async () => {
  const project = copySmallProject(["pg"]);
  const own = { DATABASE_URL: await makeDatabase() };
  expectExit(await project.guide(["--in-place"], own), 0);
  const printed = JSON.stringify(project.read("expected/01-create.txt"));
  const [comment = ""] = project.read("steps/01-create.ts").split("import ");
  project.write("steps/01-create.ts", `${comment}process.stdout.write(${printed});\n`);
  await expectReport(project.guide(["--in-place"], own), 1, "books table is not there yet");

  // What the reader has made of it is not removed.
  const db = await openDatabase(own.DATABASE_URL);
  await db.query("CREATE TABLE books (id int); COMMENT ON TABLE books IS 'Made by the Neon guide'");
  await db.query("CREATE VIEW mine AS SELECT * FROM books");
  const refused = await project.guide(["--in-place"], own);
  expectExit(refused, 3);
  expect(refused.stderr).toContain("There is a view named mine that no guide has made");
  expect((await db.query("SELECT * FROM mine")).rows).toEqual([]);
  await db.close();
});

test("in place, a step reads the comment that an earlier one gave to a table", async () => {
  const ts = (sql: string) =>
    `/*\n# Step\n*/\nimport { step } from "neon-typescript-guide/step";\nawait step(async (db) => {\n  for (const row of (await db.query(\`${sql}\`)).rows) console.log(row.said);\n});\n`;
  const guide = otherGuide({
    "steps/guide.json": JSON.stringify({
      ...{ title: "A guide", setup: ["01-a"], runs: ["02-b"] },
    }),
    "steps/01-a.ts": ts("CREATE TABLE notes (); COMMENT ON TABLE notes IS 'what I think'"),
    "steps/02-b.ts": ts("SELECT obj_description('notes'::regclass) AS said"),
    "expected/02-b.txt": "what I think\n",
  });
  const own = { DATABASE_URL: await makeDatabase() };
  for (const _ of [1, 2]) expectExit(await guide.guide(["--in-place"], own), 0);
});

test("in place, a guide replaces types, functions and schemas only if it made them", async () => {
  const create = `CREATE TYPE mood AS ENUM ('ok');
CREATE SCHEMA shop;
CREATE SEQUENCE shop.ids;
CREATE FUNCTION shop.next() RETURNS bigint LANGUAGE sql AS $$ SELECT nextval('shop.ids') $$;
CREATE TABLE shop.notes (id bigint DEFAULT shop.next(), how mood);
CREATE FUNCTION moods() RETURNS SETOF shop.notes LANGUAGE sql AS 'SELECT * FROM shop.notes';
COMMENT ON TYPE mood IS 'what I think';
INSERT INTO shop.notes (how) VALUES ('ok');`;
  const read =
    "CREATE OR REPLACE FUNCTION moods() RETURNS SETOF shop.notes LANGUAGE sql AS 'SELECT * FROM shop.notes';\nSELECT * FROM moods();";
  const guide = otherGuide({
    "steps/guide.json": JSON.stringify({
      ...{ title: "A guide", setup: ["01-a"], runs: ["02-b"] },
      ...{ programs: { sql: ["psql", "-qXtA", "-v", "ON_ERROR_STOP=1", "-f"] } },
    }),
    "steps/01-a.sql": create,
    "steps/01-a.md": "# A",
    "steps/02-b.sql": read,
    "steps/02-b.md": "# B",
    "expected/02-b.txt": "1|ok\n",
  });
  const own = { DATABASE_URL: await makeDatabase() };
  for (const _ of [1, 2]) expectExit(await guide.guide(["--in-place"], own), 0);

  const DATABASE_URL = await makeDatabase();
  const db = await openDatabase(DATABASE_URL);
  await db.query("CREATE FUNCTION moods(text) RETURNS int LANGUAGE sql AS 'SELECT 7'");
  const refused = await guide.guide(["--in-place"], { DATABASE_URL });
  expectExit(refused, 3);
  expect(refused.stderr).toContain(
    "There is a function named moods(text) that no guide has made, so nothing was run.",
  );
  await db.close();
});

test("in place, what a step that connects by itself makes is the guide's own, and its statements end", async () => {
  const guide = otherGuide({
    "steps/guide.json": JSON.stringify({ title: "A guide", runs: ["01-a"] }),
    "steps/01-a.ts": `/*
# A
*/
import pg from "pg";
const client = new pg.Client();
await client.connect();
await client.query("CREATE TABLE notes (id int)");
const other = new pg.Client();
await other.connect();
void other.query("SELECT pg_sleep(60)");
const active = "SELECT FROM pg_stat_activity WHERE query LIKE '%sleep(60)' AND datname = current_database()";
while ((await client.query(active)).rowCount === 0);
console.log("made");
process.exit();
`,
    "expected/01-a.txt": "made\n",
  });
  const own = { DATABASE_URL: await makeDatabase() };
  const db = await openDatabase(own.DATABASE_URL);
  const active =
    "SELECT FROM pg_stat_activity WHERE state = 'active' AND query LIKE '%sleep(60)' AND datname = current_database()";
  for (const _ of [1, 2]) {
    expectExit(await guide.guide(["--in-place"], own), 0);
    expect((await db.query(active)).rows).toEqual([]);
  }
  await db.close();
});

test("what is on the server already is not dropped by a step", async () => {
  const project = makeShellGuide(fewRuns);
  const url = await makeDatabase();
  const name = new URL(url).pathname.slice(1);
  const script = project.read("steps/02-read.sh");
  for (const [statement, code] of [
    [`DROP DATABASE IF EXISTS ${name};`, 3],
    [`alter  database "${name}" RENAME TO x`, 3],
    [`\\c ${name}`, 3],
    [`dropdb --if-exists ${name}`, 3],
    [`dropuser ${name}`, 0],
    ["DROP DATABASE IF EXISTS not_there_yet", 0],
    [`DROP USER IF EXISTS ${name}`, 0], // there is no such role
  ] as const) {
    project.write("steps/02-read.sh", `${script}: '\n${statement}\n'\n`);
    const result = await project.guide([]);
    expectExit(result, code);
    if (code === 3) {
      expect(result.stderr).toContain(
        `02-read.sh would change or connect to the database ${name}, which already exists on this server, so nothing was run.`,
      );
    }
  }
  await (await openDatabase(url)).close();
});

test("neither is it dropped by a file that a step is made of", async () => {
  const name = new URL(await makeDatabase()).pathname.slice(1);
  const statement = `DROP DATABASE ${name}`;
  const text = "# First\n\nDROP DATABASE postgres is not said in code here.\n";
  const ts = (code: string) => `/*\n${text}*/\n${code}`;
  const files = {
    "steps/guide.json": JSON.stringify({
      ...{ title: "A guide", runs: ["01-a"], drivers: ["pg"] },
      programs: { sh: ["sh"], py: ["python3"] },
    }),
    "expected/01-a.txt": "1\n",
    "lib/index.ts": `export const reset = "${statement}";`,
    "sql/all.sql": statement,
  };
  for (const [step, code, helper, of, culprit] of [
    ["01-a.ts", ts('import "./reset.js";'), "reset.ts", 'import "../lib";', "lib/index.ts"],
    ["01-a.ts", ts('await import("./reset.js");'), "reset.ts", `"${statement}"`, "steps/reset.ts"],
    ["01-a.ts", ts('readFileSync("sql/all.sql");'), "01-a.json", "{}", "sql/all.sql"],
    ["01-a.py", "from lib.reset import reset", "lib/reset.py", statement, "lib/reset.py"],
    ["01-a.sh", ". steps/reset.sh", "reset.sh", `dropdb ${name}`, "steps/reset.sh"],
    ["01-a.ts", ts("console.log(1); // notes.md"), "notes.md", statement, undefined],
  ] as const) {
    const texts = step.endsWith(".ts") ? {} : { "steps/01-a.md": text };
    const own = { [`steps/${step}`]: code, [`steps/${helper}`]: of };
    const result = await otherGuide({ ...files, ...texts, ...own }).guide();
    expectExit(result, culprit ? 3 : 0);
    const message = `${culprit} would change or connect to the database ${name}`;
    if (culprit) expect(result.stderr).toContain(message);
  }
});

test("a table that a step made before it was killed may be replaced", async () => {
  const project = copySmallProject(["pg"]);
  const own = { DATABASE_URL: await makeDatabase() };
  const before = project.read("steps/01-create.ts");
  const work = "await step(async (db) => {";
  project.edit(
    "steps/01-create.ts",
    work,
    `${work} await db.query("CREATE TABLE books (id int)"); await new Promise((resolve) => setTimeout(resolve, 60_000));`,
  );
  expectExit(await project.guide(["--in-place", "--timeout", "3"], own), 1);
  project.write("steps/01-create.ts", before);
  expectExit(await project.guide(["--in-place"], own), 0);
});

test("volatile text in a golden file matches, and --update keeps its markers", async () => {
  const project = makeShellGuide(fewRuns);
  project.edit("expected/01-create.txt", "Inserted 3 rows", "Inserted [..] rows");
  project.edit(
    "expected/02-read.txt",
    /ID: 2[\s\S]*False/.exec(project.read("expected/02-read.txt"))?.[0] ?? "",
    "...",
  );
  expectExit(await project.guide(), 0);

  project.edit("steps/01-create.sh", "Inserted a single book.", "Inserted one book.");
  expectExit(await project.guide(["--update"]), 0);
  expect(project.read("expected/01-create.txt")).toContain(
    "Inserted one book.\nInserted [..] rows of data.\n",
  );
  expect(project.read("expected/02-read.txt")).toContain("\n...\n");
});

test("--require-clients asks for a client that is not there", async () => {
  const project = makeShellGuide(fewRuns);
  await expectRefused(
    project.guide(["--standalone", "--require-clients"]),
    "standalone cannot run here: it needs a folder of scripts, such as ",
  );
  const { stdout } = await project.guide(["--standalone", "--step", "1"]);
  expect(stdout).toMatch(
    /^standalone cannot run here: it needs a folder of scripts, such as \S*pg$/m,
  );
  project.write("standalone/01-create.sh", "");
  await expectRefused(
    project.guide(["--standalone"]),
    /No client uses \S*01-create\.sh\. Put it into a folder for its client, such as \S*pg\./,
  );
});

test("--keep keeps the databases until Enter", async () => {
  const keep = copySmallProject(["pg"]).start(["--keep"], given);
  const printed = await keep.prints("The databases are kept. Press Enter to drop them.");
  expect(printed).not.toContain("reader-secret");
  const [, name = ""] = /pg: {2}psql '\S+@\S+\/(\w+)'/.exec(printed) ?? [];
  const url = withDatabase(given.DATABASE_URL, name);
  const db = await openDatabase(url);
  expect((await db.query("SELECT count(*)::int AS n FROM books")).rows).toEqual([{ n: 4 }]);
  await db.close();
  keep.child.stdin?.write("\n");
  expect(await keep.ended).toBe(0);
  await expect(openDatabase(url)).rejects.toThrow("does not exist");
});

test("--bail stops all drivers at the first failure", async () => {
  const project = makeShellGuide();
  project.edit("expected/02-read.txt", "Orwell", "Blair");
  const result = await project.guide(["--bail"]);
  await expectReport(result, 1, /✗ 02-read +drift/);
  expect(result.stdout).toContain("was skipped: --bail: 02-read failed");
});

/** zx, which starts the steps, takes options from there. */
test("no variable of zx's changes how a step is run", async () => {
  const guide = makeShellGuide(fewRuns);
  const script = guide.read("steps/02-read.sh");
  guide.write("steps/02-read.sh", `case "$PATH" in *nowhere*) exit 1; esac\n${script}`);
  const environment = { ...given, ZX_TIMEOUT: "1ms", ZX_PREFER_LOCAL: "/nowhere" };
  expectExit(await guide.command([], environment), 0);
});

test.skipIf(process.platform !== "linux").each([
  ["ends", ""],
  ["is killed", "sleep 77\n"],
])("what a step detached ends with a run that %s", async (_, last) => {
  const guide = makeShellGuide(fewRuns);
  const file = join(guide.directory, "pid");
  const child = `setsid sh -c 'echo $$. > ${file}; exec sleep 77' > /dev/null 2>&1 &`;
  const script = `${child}\nuntil grep -qs '[.]' ${file}; do :; done\n`;
  guide.write("steps/01-create.sh", script + guide.read("steps/01-create.sh") + last);
  const running = guide.start(["--driver", "pg"]);
  const isThere = () => existsSync(file) && guide.read("pid").includes(".");
  await expect.poll(isThere, { timeout: 20_000 }).toBe(true);
  const pid = Number(guide.read("pid"));
  if (last) running.child.kill("SIGKILL");
  else expect(await running.ended).toBe(0);
  await expect.poll(() => isAlive(pid), { timeout: 20_000 }).toBe(false);
});
