import { symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, test } from "vitest";
import type { Database } from "../../drivers/driver.ts";
import { drivers } from "../../drivers/drivers.ts";
import { connect } from "../../runner/connection/connect.ts";
import { guideObjectsOf, protectingObjects } from "../../runner/connection/guide-objects.ts";
import { runNode } from "../support/command.ts";
import { makeDatabase, openDatabase } from "../support/database.ts";
import { makeDirectory, makeFiles } from "../support/files.ts";
import { root } from "../support/programs.ts";
import { sharedProject } from "../support/project.ts";

const comments =
  "SELECT relname, obj_description(oid, 'pg_class') AS comment FROM pg_class WHERE relkind = 'r' AND relnamespace = current_schema()::regnamespace ORDER BY 1";
const mark = "Made by the Neon guide";

test.each(["01-create", "02-read", "03-update", "04-delete"])(
  "%s, run by hand, leaves a books table of the reader's own as it is",
  async (name) => {
    const url = await makeDatabase();
    const db = await openDatabase(url);
    await db.query("CREATE TABLE books (title TEXT, in_stock BOOLEAN)");
    await db.query("INSERT INTO books VALUES ('Dune', false), ('1984', true)");
    const { code, stdout, stderr } = await sharedProject().step(name, [], { DATABASE_URL: url });
    expect(code, stderr).toBe(1);
    expect(stdout).toBe("");
    expect(stderr).toBe(
      "Query failed.\nThere is a table named books that this guide did not make. It was left as it is. Rename it, or use another database.\n",
    );
    expect((await db.query("SELECT * FROM books ORDER BY title")).rows).toEqual([
      { title: "1984", in_stock: true },
      { title: "Dune", in_stock: false },
    ]);
  },
);

const createStep = join(root, "steps/01-create.ts");
const started: Readonly<Record<string, (directory: string) => string[]>> = {
  "imported by another file": (directory) => {
    const file = join(directory, "all.mts");
    writeFileSync(file, `await import(${JSON.stringify(createStep)});`);
    return [file];
  },
  "imported by code": () => ["-e", `import(${JSON.stringify(createStep)})`],
  "started by a link": (directory) => {
    const file = join(directory, "first.ts");
    symlinkSync(createStep, file);
    return [file];
  },
};

test.each(Object.keys(started))("a step that is %s leaves the reader's table", async (how) => {
  const directory = makeDirectory("guide-objects");
  const words = ["--import", import.meta.resolve("tsx"), ...(started[how]?.(directory) ?? [])];
  const url = await makeDatabase();
  const db = await openDatabase(url);
  await db.query("CREATE TABLE books (title TEXT)");
  const { code, stderr } = await runNode(words, { DATABASE_URL: url });
  expect(code, stderr).toBe(1);
  expect(stderr).toMatch(/^Query failed\.\nThere is a table named books/);
  expect((await db.query("SELECT * FROM books")).rows).toEqual([]);
  // What it made itself, it may make again.
  await db.query("DROP TABLE books");
  for (const _ of [1, 2]) expect((await runNode(words, { DATABASE_URL: url })).code).toBe(0);
});

test("a step run by hand leaves a table that only it names, unless the guide made it", async () => {
  const guide = makeFiles("guide-objects", {
    "package.json": '{ "type": "module" }',
    "steps/guide.json": '{ "title": "A guide", "runs": ["01-a"] }',
    "steps/01-a.ts": `/*\n# A\n\nDROP TABLE kept in the text is not code.\n*/\nimport { step } from ${JSON.stringify(pathToFileURL(join(root, "drivers/step.ts")).href)};\nawait step(async (db) => {\n  await db.query("DROP TABLE IF EXISTS notes");\n  await db.query("CREATE TABLE notes (id int)");\n});\n`,
  });
  const words = ["--import", import.meta.resolve("tsx"), join(guide.directory, "steps/01-a.ts")];
  const url = await makeDatabase();
  const db = await openDatabase(url);
  await db.query("CREATE TABLE kept (); CREATE TABLE notes (id int); INSERT INTO notes VALUES (7)");
  const { code, stderr } = await runNode(words, { DATABASE_URL: url });
  expect(code, stderr).toBe(1);
  expect(stderr).toContain("There is a table named notes that this guide did not make.");
  expect((await db.query("SELECT * FROM notes")).rows).toEqual([{ id: 7 }]);
  await db.query("DROP TABLE notes");
  for (const _ of [1, 2]) expect((await runNode(words, { DATABASE_URL: url })).code).toBe(0);
  const short = words.map((one) => one.replace(/\.ts$/, ""));
  await db.query("COMMENT ON TABLE notes IS NULL");
  const again = await runNode(short, { DATABASE_URL: url });
  expect(again.stderr).toContain("There is a table named notes that this guide did not make.");
});

describe.each(Object.keys(drivers))("with %s", (driver) => {
  async function open() {
    const load = drivers[driver];
    if (!load) throw new Error(driver);
    const db = await connect(await load(), await makeDatabase());
    return { db, tables: { names: ["Books", 'odd "name"'], firstStep: "01-create" } };
  }

  test("what the work makes gets the mark, also where it fails later", async () => {
    const { db, tables } = await open();
    await protectingObjects(db, tables, async () => {
      await db.query("CREATE TABLE Books (id INT)"); // whose name is books
      await db.query('CREATE TABLE "Books" (id INT)');
      await db.query('CREATE TABLE "odd ""name""" (id INT)');
      await db.query("CREATE TABLE another (id INT)");
    });
    const failing = protectingObjects(db, tables, async () => {
      await db.query("DROP TABLE books");
      await db.query("CREATE TABLE books (id INT)");
      throw new Error("later");
    });
    await expect(failing).rejects.toThrow("later");
    expect((await db.query(comments)).rows).toEqual([
      { relname: "Books", comment: mark },
      { relname: "another", comment: null },
      { relname: "books", comment: mark },
      { relname: 'odd "name"', comment: mark },
    ]);
    await protectingObjects(db, tables, async () => {});
    await db.close();
  });

  test("where the names are not known, any table that is there stops the work", async () => {
    const { db } = await open();
    const unknown = { names: undefined, firstStep: "" };
    await protectingObjects(db, unknown, async () => {
      await db.query("CREATE TABLE others (id INT)");
    });
    await protectingObjects(db, unknown, async () => {});
    await db.query("COMMENT ON TABLE others IS NULL");
    const work = protectingObjects(db, unknown, () => Promise.reject(new Error("never")));
    await expect(work).rejects.toThrow("There is a table named others, and it is not known");
    await db.close();
  });

  test("a comment that the work makes stays, and its table is the guide's until it changes", async () => {
    const { db, tables } = await open();
    const work = async (own: Database) => {
      await own.query('DROP TABLE IF EXISTS "odd ""name"""');
      await own.query('CREATE TABLE "odd ""name""" (id INT)');
      await own.query(`COMMENT ON TABLE "odd ""name""" IS 'it''s of a step'`);
    };
    for (const _ of [1, 2]) await protectingObjects(db, tables, work);
    const made = { relname: 'odd "name"', comment: "it's of a step" };
    expect((await db.query(comments)).rows).toEqual([made]);
    await db.query(`COMMENT ON TABLE "odd ""name""" IS 'mine'`);
    await expect(protectingObjects(db, tables, work)).rejects.toThrow("There is a table named");
    await db.query(`COMMENT ON TABLE "odd ""name""" IS NULL`);
    await expect(protectingObjects(db, tables, work)).rejects.toThrow("There is a table named");
    await db.close();
  });

  test("another comment is not ours", async () => {
    const { db, tables } = await open();
    await db.query("CREATE TABLE books (id INT)");
    await db.query("COMMENT ON TABLE books IS 'mine'");
    const work = protectingObjects(db, tables, () => Promise.reject(new Error("never")));
    await expect(work).rejects.toThrow("There is a table named books");
    await db.close();
  });
});

test("a view of the reader's own is left as it is, and the guide's own is replaced", async () => {
  const db = await openDatabase(await makeDatabase());
  const tables = { names: ["books", "titles"], firstStep: "01-create" };
  await db.query("CREATE VIEW books AS SELECT 1 AS one");
  const replace = (name: string, kind: string) => async () => {
    await db.query(`DROP ${kind} IF EXISTS ${name}`);
    await db.query(`CREATE ${kind} ${name} AS SELECT 2 AS two`);
  };
  await expect(protectingObjects(db, tables, replace("books", "VIEW"))).rejects.toThrow(
    "There is a view named books that this guide did not make.",
  );
  await db.query("DROP VIEW books");
  for (const kind of ["VIEW", "MATERIALIZED VIEW"]) {
    const work = replace(kind === "VIEW" ? "books" : "titles", kind);
    await protectingObjects(db, tables, work);
    await protectingObjects(db, tables, work);
  }
});

/** What a step runs, what there is of the reader's, and how to make it again. */
const objects: [sql: string, readers: string, name: string][] = [
  [
    "DROP SCHEMA IF EXISTS shop CASCADE; CREATE SCHEMA shop",
    "CREATE SCHEMA shop",
    "a schema named shop",
  ],
  [
    "DROP TYPE IF EXISTS mood CASCADE; CREATE TYPE mood AS ENUM ('ok')",
    "CREATE TYPE mood AS ENUM ('sad')",
    "a type named mood",
  ],
  [
    "DROP TYPE IF EXISTS pair; CREATE TYPE pair AS (a int, b int)",
    "CREATE TYPE pair AS (c text)",
    "a type named pair",
  ],
  [
    "DROP DOMAIN IF EXISTS price CASCADE; CREATE DOMAIN price AS int",
    "CREATE DOMAIN price AS text",
    "a type named price",
  ],
  [
    "CREATE OR REPLACE FUNCTION total(a int, b int) RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "CREATE FUNCTION total(a int, b int) RETURNS int LANGUAGE sql AS 'SELECT 2'",
    "a function named total(integer,integer)",
  ],
  [
    "DROP PROCEDURE IF EXISTS other(), fill(int, text); CREATE PROCEDURE fill(int, text) LANGUAGE sql AS ''",
    "CREATE PROCEDURE fill(int, text) LANGUAGE sql AS 'SELECT 2'",
    "a procedure named fill(integer,text)",
  ],
  [
    "DROP SEQUENCE IF EXISTS ids; CREATE SEQUENCE ids",
    "CREATE SEQUENCE ids",
    "a sequence named ids",
  ],
  [
    "DROP EXTENSION IF EXISTS pg_trgm; CREATE EXTENSION pg_trgm",
    "CREATE EXTENSION pg_trgm",
    "an extension named pg_trgm",
  ],
  [
    'DROP TYPE IF EXISTS "Shop"."Mood"; CREATE SCHEMA IF NOT EXISTS "Shop"; CREATE TYPE "Shop"."Mood" AS ENUM ()',
    'CREATE SCHEMA "Shop"; COMMENT ON SCHEMA "Shop" IS \'Made by the Neon guide\'; CREATE TYPE "Shop"."Mood" AS ENUM (\'sad\')',
    'a type named "Shop"."Mood"',
  ],
];

test.each(objects)(
  "a step run by hand replaces only what the guide made: %s",
  async (sql, ...own) => {
    const [readers, name] = own;
    const guide = makeFiles("guide-objects", {
      "package.json": '{ "type": "module" }',
      "steps/guide.json": '{ "title": "A guide", "runs": ["01-a"] }',
      "steps/01-a.ts": `/*\n# A\n*/\nimport { step } from ${JSON.stringify(pathToFileURL(join(root, "drivers/step.ts")).href)};\nawait step(async (db) => {\n  await db.query(${JSON.stringify(sql)});\n});\n`,
    });
    const words = ["--import", import.meta.resolve("tsx"), join(guide.directory, "steps/01-a.ts")];
    const DATABASE_URL = await makeDatabase();
    const db = await openDatabase(DATABASE_URL);
    await db.query(readers);
    const list = "SELECT classid, objid FROM pg_depend WHERE objid >= 16384 ORDER BY 1, 2";
    const before = (await db.query(list)).rows;
    const { code, stderr } = await runNode(words, { DATABASE_URL });
    expect(stderr).toContain(`There is ${name} that this guide did not make.`);
    expect(code).toBe(1);
    expect((await db.query(list)).rows).toEqual(before);

    const other = { DATABASE_URL: await makeDatabase() };
    for (const _ of [1, 2])
      expect(await runNode(words, other)).toMatchObject({ code: 0, stderr: "" });
  },
);

test("a step without a guide may replace any table", () => {
  expect(guideObjectsOf("/nowhere/01-step.ts")).toEqual({ names: undefined, firstStep: "" });
  const step = `${import.meta.dirname}/../../steps/02-read.ts`;
  expect(guideObjectsOf(step)).toMatchObject({ names: ["books"], others: [] });
});

test.each([
  ["{", "guide.json cannot be read"],
  ["null", "guide.json cannot be read"],
  ['{ "tables": "books" }', "guide.json cannot be read"],
  ['{ "tabels": ["books"] }', 'guide.json has an unknown field "tabels"'],
])(
  "a guide.json of %s stops a step: nobody knows which tables are the guide's",
  (text, message) => {
    const directory = makeDirectory("guide-objects");
    writeFileSync(join(directory, "guide.json"), text);
    expect(() => guideObjectsOf(join(directory, "03-update.ts"))).toThrow(message);
  },
);
