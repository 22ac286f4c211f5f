import {
  cpSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { XmlDocument } from "libxml2-wasm";
import { describe, expect, inject, onTestFinished, test } from "vitest";
import { connect } from "../../drivers/connect.ts";
import { withDatabase } from "../../drivers/connection/connection-uri.ts";
import * as pg from "../../drivers/pg.ts";
import { makeDatabase, makeRole, openDatabase } from "../support/database.ts";
import { cacheRoot, sharedCache } from "../support/programs.ts";
import { copySmallProject, expectExit, sharedProject } from "../support/project.ts";
import { fewRuns, makeShellGuide } from "../support/shell-guide.ts";

const given = { DATABASE_URL: inject("databaseUrl") };

describe("--watch", () => {
  test("runs again from the touched step, and shows what changed", async () => {
    const project = copySmallProject();
    const watch = project.start(["--watch"], given);
    await watch.prints("All outputs are verified; 2 changed");

    project.edit("steps/02-read.ts", "--- Book Library", "--- Seen Library");
    const afterStep = await watch.prints(/Not verified; 1 changed, in \d+ ms/);
    expect(afterStep).toContain("+--- Seen Library");
    expect(afterStep.match(/✓ 01-create/g)).toHaveLength(1);

    project.edit("expected/02-read.txt", "--- Book Library", "--- Seen Library");
    await watch.prints(/Not verified[\s\S]*All outputs are verified; 1 changed/);

    project.edit("steps/02-read.ts", "const books", "const = books");
    await watch.prints(/02-read\.ts, line \d+: Expected identifier/);
    project.edit("steps/02-read.ts", "const = books", "const books");
    await watch.prints(/All outputs are verified; nothing changed/);

    project.edit("drivers/postgres.ts", "rows: last ?? []", "rows: [...(last ?? [])].reverse()");
    await watch.prints(/nothing changed[\s\S]*✗ 02-read +divergence[\s\S]*Not verified; 1 changed/);

    watch.child.kill("SIGINT");
    expect(await watch.ended).toBe(130);
  });

  test("shows the outcome of the very save, each time", async () => {
    const project = makeShellGuide(fewRuns);
    const watch = project.start(["--watch", "--driver", "pg"], given);
    let printed = await watch.prints("All outputs are verified; 2 changed");
    for (const [from, to, outcome] of [
      ["a single book", "a lonely book", "Not verified; 1 changed"],
      ["a lonely book", "a single book", "All outputs are verified; 1 changed"],
    ] as const) {
      const seen = printed.length;
      project.edit("steps/01-create.sh", from, to);
      printed = await watch.prints(new RegExp(`^[\\s\\S]{${seen}}[\\s\\S]*${outcome}`));
    }
  });

  test("a standalone script that is saved is run again", async () => {
    const project = copySmallProject();
    for (const file of ["package.json", "01-create.ts", "02-read.ts"])
      cpSync(join("standalone/pg", file), join(project.directory, "standalone/pg", file));
    const watch = project.start(["--watch", "--driver", "standalone/pg"], given);
    await watch.prints("All outputs are verified; 2 changed");
    project.edit("standalone/pg/02-read.ts", "--- Book Library", "--- Seen Library");
    await watch.prints("Not verified; 1 changed");
  });

  test("Enter runs everything again", async () => {
    const watch = makeShellGuide(fewRuns).start(["--watch", "--driver", "pg"], given);
    await watch.prints("All outputs are verified; 2 changed");
    watch.child.stdin?.write("\n");
    await watch.prints("All outputs are verified; nothing changed");
  });
});

describe("--accept", () => {
  test("writes the named golden file, and no other", async () => {
    const project = makeShellGuide(fewRuns);
    project.edit("expected/01-create.txt", "single", "lonely");
    project.edit("expected/02-read.txt", "1984", "1985");
    const result = await project.guide(["--accept", "expected/01-create.txt"], given);
    expectExit(result, 1);
    expect(result.stdout).toContain("1 golden file written");
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
    const result = await project.guide(choices, given);
    expectExit(result, 2);
    expect(result.stderr).toContain(
      `There is nothing to accept for ${file}: ${reason}. Nothing was written.`,
    );
    expect(project.read("expected/02-read.txt")).toContain("Blair");
  });
});

test("volatile text in a golden file matches, and --update keeps its markers", async () => {
  const project = makeShellGuide(fewRuns);
  project.edit("expected/01-create.txt", "Inserted 3 rows", "Inserted [..] rows");
  project.edit(
    "expected/02-read.txt",
    /ID: 2[\s\S]*False/.exec(project.read("expected/02-read.txt"))?.[0] ?? "",
    "...",
  );
  expectExit(await project.guide([], given), 0);

  project.edit("steps/01-create.sh", "Inserted a single book.", "Inserted one book.");
  expectExit(await project.guide(["--update"], given), 0);
  expect(project.read("expected/01-create.txt")).toContain(
    "Inserted one book.\nInserted [..] rows of data.\n",
  );
  expect(project.read("expected/02-read.txt")).toContain("\n...\n");
});

test("--keep keeps the databases until Enter", async () => {
  const keep = copySmallProject().start(["--keep", "--driver", "pg"], given);
  const printed = await keep.prints("The databases are kept. Press Enter to drop them.");
  expect(printed).not.toContain("reader-secret");
  const [, name = ""] = /pg: {2}psql "\$DATABASE_URL", then \\c (\w+)/.exec(printed) ?? [];
  const url = withDatabase(given.DATABASE_URL, name);
  const db = await openDatabase(url);
  expect(await db.query("SELECT count(*)::int AS n FROM books")).toEqual([{ n: 4 }]);
  await db.close();
  keep.child.stdin?.write("\n");
  expect(await keep.ended).toBe(0);
  await expect(openDatabase(url)).rejects.toThrow("does not exist");
});

test("--bail stops all drivers at the first failure", async () => {
  const project = makeShellGuide();
  project.edit("expected/02-read.txt", "Orwell", "Blair");
  const result = await project.guide(["--bail"], given);
  expectExit(result, 1);
  expect(result.stdout).toMatch(/✗ 02-read +drift/);
  expect(result.stdout).toContain("was skipped: --bail: 02-read failed");
});

test("db starts a server for steps and psql, until Ctrl-C", async () => {
  const project = sharedProject();
  const db = project.start(["db"]);
  const printed = await db.prints(/DATABASE_URL='.*'\n/);
  const DATABASE_URL = /DATABASE_URL='(.*)'/.exec(printed)?.[1] ?? "";
  const result = await project.step("01-create", [], { DATABASE_URL });
  expectExit(result, 0);
  expect(result.stdout).toBe(project.read("expected/01-create.txt"));
  db.child.kill("SIGINT");
  expect(await db.ended).toBe(130);
  const after = openDatabase(`${DATABASE_URL}?connect_timeout=1`);
  await expect(after).rejects.toThrow("ECONNREFUSED");
});

test("db --keep: port, name, password and data are there again, even after a kill", async () => {
  const project = sharedProject();
  const name = `kept_${process.pid}`;
  const place = join(cacheRoot(sharedCache()), "kept", name);
  onTestFinished(() => rmSync(place, { recursive: true, force: true }));
  const start = async () => {
    const db = project.start(["db", "--keep", name]);
    const printed = await db.prints(/DATABASE_URL='.*'\n/);
    return { ...db, url: /DATABASE_URL='(.*)'/.exec(printed)?.[1] ?? "" };
  };
  const first = await start();
  const answer = async (statement: string) => {
    const db = await connect(pg, first.url);
    return db.query(statement).finally(() => db.close());
  };
  await answer("CREATE TABLE kept AS SELECT 7 AS n");
  const twin = await project.guide(["db", "--keep", name]);
  expectExit(twin, 2);
  expect(twin.stderr).toMatch(/^The kept server kept_\d+ runs already, as process \d+\. End it/);
  first.child.kill("SIGINT");
  expect(await first.ended).toBe(130);

  const second = await start();
  expect(second.url).toBe(first.url);
  expect(await answer("TABLE kept")).toEqual([{ n: 7 }]);
  second.child.kill("SIGKILL");
  const isGone = () =>
    answer("TABLE kept").then(
      () => false,
      () => true,
    );
  await expect.poll(isGone, { timeout: 30_000 }).toBe(true);

  const third = await start();
  expect(await answer("TABLE kept")).toEqual([{ n: 7 }]);
  const { port } = new URL(third.url);
  const other = await project.guide(["db", "--keep", `${name}_other`, "--port", port]);
  expectExit(other, 2);
  expect(other.stderr).toMatch(/^Port \d+ is taken\. Choose another one: --port NUMBER\./);
});

describe("doctor", () => {
  test("says that the guide will run, embedded and on a server", async () => {
    const embedded = await sharedProject().guide(["doctor"]);
    expect(embedded.stdout).toContain("The guide will run here.");
    expect(embedded.stdout).toMatch(
      /✓ Server, with postgres +connects in \d+ ms, round trip [\d.]+ ms/,
    );
    expectExit(embedded, 0);

    const server = await sharedProject().guide(["doctor", "--json"], given);
    const { ready, checks } = JSON.parse(server.stdout);
    expect(ready).toBe(true);
    const names = checks.map(({ name }: { name: string }) => name);
    expect(names).toEqual([
      "Node.js",
      "Dependencies",
      "Rights",
      "Environment",
      "DATABASE_URL",
      "Server, with pg",
      "Version",
      "Databases",
      "Clock",
      "Server, with postgres",
    ]);
    expect(server.stdout + embedded.stdout).not.toContain("reader-secret");
  });

  test.each<[string, () => Promise<string> | string, RegExp]>([
    [
      "a URL that cannot be used",
      () => "postgres://h:x/d",
      /✗ DATABASE_URL +The connection string cannot be used\. Its port.*\n.*Copy it again/,
    ],
    [
      "a wrong password",
      () => given.DATABASE_URL.replace("reader-secret", "wrong"),
      /✗ Server, with pg +28P01: .*\n +Copy the connection string again/,
    ],
    [
      "a role without rights",
      () => makeRole(),
      /✗ Databases +the role may not create databases\n +Use the owner's role/,
    ],
  ])("says what to do about %s", async (_, url, line) => {
    const result = await sharedProject().guide(["doctor"], { DATABASE_URL: await url() });
    expectExit(result, 1);
    expect(result.stdout).toMatch(line);
    expect(result.stdout).toContain("The guide will not run here yet.");
  });
});

describe("new", () => {
  test("step writes a step that works at once", async () => {
    const project = copySmallProject();
    const made = await project.guide(["new", "step", "sort-books"]);
    expect(made.stdout).toMatch(
      /^Wrote .*03-sort-books\.ts, and added it to steps\/guide\.json\.\nNext: /,
    );
    const missing = await project.guide(["--driver", "pg"], given);
    expect(missing.stdout).toMatch(/✗ 03-sort-books +missing/);
    expectExit(await project.guide(["--update"], given), 0);
    expect(project.read("expected/03-sort-books.txt")).toBe("Connection established\nTables: 1\n");
    expect((await project.guide([], given)).stdout).toContain("All 3 outputs are verified");
  });

  test("driver writes a driver that works at once", async () => {
    const project = copySmallProject();
    const made = await project.guide(["new", "driver", "my-driver"]);
    expect(made.stdout).toMatch(
      /^Wrote .*my-driver\.ts, and named it in drivers\/drivers\.ts\.\nNext: /,
    );
    const result = await project.guide(["--driver", "my-driver"], given);
    expectExit(result, 0);
    expect(result.stdout).toContain("All 2 outputs are verified with 1 driver");
    expectExit(await project.guide(["new", "driver", "my-driver"]), 2);
  });

  test("guide writes a guide elsewhere that is verified at once, and grows", async () => {
    const elsewhere = mkdtempSync(join(tmpdir(), "guide elsewhere "));
    onTestFinished(() => rmSync(elsewhere, { recursive: true, force: true }));
    symlinkSync(realpathSync("node_modules"), join(elsewhere, "node_modules"), "junction");
    const { guide } = sharedProject();
    const docs = join(elsewhere, "docs");
    const read = (file: string) => readFileSync(join(elsewhere, file), "utf8");
    const repository = '{ "name": "app", "type": "commonjs" }';
    writeFileSync(join(elsewhere, "package.json"), repository);

    const made = await guide(["new", "guide", docs]);
    expect(made.stdout).toMatch(
      /^Wrote a guide of 2 steps, .*, and a workflow, .*guide\.yml\.\nNext: /,
    );
    expect(read(".github/workflows/guide.yml")).toContain("run: npx run-guide --guide docs\n");
    expect(read("docs/README.md")).toContain("\nnpx run-guide --guide docs ");
    expect(read("package.json")).toBe(repository);
    const verified = await guide(["--guide", docs], given);
    expectExit(verified, 0);
    expect(verified.stdout).toContain("All 2 outputs are verified with 2 drivers");

    const of = ["--guide", docs];
    expectExit(await guide(["new", "step", "sort-notes", ...of]), 0);
    expectExit(await guide(["new", "driver", "mine", ...of]), 0);
    const manifest = {
      ...JSON.parse(read("docs/steps/guide.json")),
      drivers: ["postgres", "mine"],
    };
    writeFileSync(join(docs, "steps/guide.json"), JSON.stringify(manifest));
    writeFileSync(join(docs, "expected/02-read.txt"), "1: first\n2: other\n");
    expectExit(await guide(["new", "golden", ...of], given), 1);
    expect(read("docs/expected/03-sort-notes.txt")).toBe("Connection established\nTables: 1\n");
    expect(read("docs/expected/02-read.txt")).toContain("other");
    expectExit(await guide(["--update", ...of], given), 0);

    const page = await guide(["export", "-", "--format", "md", ...of], given);
    expect(page.stdout).toContain("Verified with postgres and mine");
    const again = await guide(["new", "guide", docs]);
    expectExit(again, 2);
    expect(again.stderr).toMatch(/README\.md is there already\. Choose another directory/);
  });

  test.each([
    ["new", "step", "Bad Name"],
    ["new", "step", "../x"],
  ])("%s %s %s is refused", async (...words) => {
    const result = await sharedProject().guide(words.filter(Boolean));
    expectExit(result, 2);
    expect(result.stderr.trim().split("\n")).toHaveLength(1);
  });
});

describe("reporters", () => {
  test("write their files in one run", async () => {
    const project = makeShellGuide(fewRuns);
    const file = (name: string) => `${project.directory}/${name}`;
    const choices = [
      "terminal",
      `json=${file("r.json")}`,
      `junit=${file("r.xml")}`,
      `tap=${file("r.tap")}`,
    ];
    const result = await project.guide(
      choices.flatMap((choice) => ["--reporter", choice]),
      given,
    );
    expectExit(result, 0);
    expect(result.stdout).toContain("All 2 outputs are verified");
    expect(JSON.parse(project.read("r.json")).summary.verified).toBe(true);
    expect(XmlDocument.fromString(project.read("r.xml")).root.name).toBe("testsuites");
    expect(project.read("r.tap")).toMatch(/^1\.\.4$/m);
  });

  test("annotate by themselves on GitHub, and a step's output is no command there", async () => {
    const project = makeShellGuide();
    project.edit("steps/03-update.sh", "Updated", "::error::injected\nUpdated");
    const summary = `${project.directory}/summary.md`;
    const environment = {
      ...given,
      GITHUB_ACTIONS: "true",
      GITHUB_STEP_SUMMARY: summary,
      GITHUB_WORKSPACE: project.directory,
    };
    const result = await project.guide(["--driver", "pg"], environment);
    expectExit(result, 1);
    expect(result.stdout).toMatch(
      /^::error file=expected\/03-update\.txt,line=2,title=03-update%3A drift::/m,
    );
    expect(result.stdout).not.toMatch(/^\s*::error::injected/m);
    expect(project.read("summary.md")).toContain("**Not verified**");
  });

  test.each([
    [["json", "tap"], "json and tap cannot share stdout. Write --reporter NAME=FILE for one."],
    [["json=/no/such/directory/r.json"], "The report cannot be written. ENOENT"],
  ])("%j is refused", async (names, message) => {
    const result = await sharedProject().guide(
      names.flatMap((name) => ["--reporter", name]),
      given,
    );
    expectExit(result, 2);
    expect(result.stderr).toContain(message);
  });
});

test("the database of the reader's own is only connected to, by doctor and db too", async () => {
  const DATABASE_URL = await makeDatabase();
  const db = await openDatabase(DATABASE_URL);
  await db.execute("CREATE TABLE books (n INT)");
  await sharedProject().guide(["doctor"], { DATABASE_URL });
  expect(
    await db.query("SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace"),
  ).toEqual([{ relname: "books" }]);
});
