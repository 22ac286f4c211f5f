import { symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, test } from "vitest";
import type { Database } from "../../drivers/driver.ts";
import { drivers } from "../../drivers/drivers.ts";
import { connect } from "../../runner/connection/connect.ts";
import { dropOwn, protectingObjects } from "../../runner/connection/guide-objects.ts";
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
      "Query failed.\nThere is a table named books that no guide has made, so nothing was run. Give the guide a database of its own: CREATE DATABASE guide.\n",
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

describe.each(Object.keys(drivers))("with %s", (driver) => {
  async function open() {
    const load = drivers[driver];
    if (!load) throw new Error(driver);
    return { db: await connect(await load(), await makeDatabase()) };
  }

  test("what the work makes gets the mark, also where it fails later", async () => {
    const { db } = await open();
    await protectingObjects(db, async () => {
      await db.query("CREATE TABLE Books (id INT)"); // whose name is books
      await db.query('CREATE TABLE "Books" (id INT)');
      await db.query('CREATE TABLE "odd ""name""" (id INT)');
    });
    const failing = protectingObjects(db, async () => {
      await db.query("DROP TABLE books");
      await db.query("CREATE TABLE books (id INT)");
      throw new Error("later");
    });
    await expect(failing).rejects.toThrow("later");
    expect((await db.query(comments)).rows).toEqual([
      { relname: "Books", comment: mark },
      { relname: "books", comment: mark },
      { relname: 'odd "name"', comment: mark },
    ]);
    await protectingObjects(db, async () => {});
    await db.close();
  });

  test("a comment that the work makes stays, and its table is the guide's until it changes", async () => {
    const { db } = await open();
    const work = async (own: Database) => {
      await own.query('DROP TABLE IF EXISTS "odd ""name"""');
      await own.query('CREATE TABLE "odd ""name""" (id INT)');
      await own.query(`COMMENT ON TABLE "odd ""name""" IS 'it''s of a step'`);
    };
    for (const _ of [1, 2]) await protectingObjects(db, work);
    const made = { relname: 'odd "name"', comment: "it's of a step" };
    expect((await db.query(comments)).rows).toEqual([made]);
    await db.query(`COMMENT ON TABLE "odd ""name""" IS 'mine'`);
    await expect(protectingObjects(db, work)).rejects.toThrow("There is a table named");
    await db.query(`COMMENT ON TABLE "odd ""name""" IS NULL`);
    await expect(protectingObjects(db, work)).rejects.toThrow("There is a table named");
    await db.close();
  });

  test("another comment is not ours", async () => {
    const { db } = await open();
    await db.query("CREATE TABLE books (id INT)");
    await db.query("COMMENT ON TABLE books IS 'mine'");
    const work = protectingObjects(db, () => Promise.reject(new Error("never")));
    await expect(work).rejects.toThrow("There is a table named books");
    await db.close();
  });
});

test("a view of the reader's own is left as it is, and the guide's own is replaced", async () => {
  const db = await openDatabase(await makeDatabase());
  await db.query("CREATE VIEW books AS SELECT 1 AS one");
  const replace = (name: string, kind: string) => async () => {
    await db.query(`DROP ${kind} IF EXISTS ${name}`);
    await db.query(`CREATE ${kind} ${name} AS SELECT 2 AS two`);
  };
  await expect(protectingObjects(db, replace("books", "VIEW"))).rejects.toThrow(
    "There is a view named books that no guide has made, so nothing was run",
  );
  await db.query("DROP VIEW books");
  for (const kind of ["VIEW", "MATERIALIZED VIEW"]) {
    const work = replace(kind === "VIEW" ? "books" : "titles", kind);
    await protectingObjects(db, work);
    await protectingObjects(db, work);
  }
});

/** What there is of the reader's, and what a step says of it. */
const objects: readonly (readonly [string, string])[] = [
  ["CREATE UNLOGGED TABLE big (id int)", "a table named big"],
  ["CREATE SCHEMA shop; CREATE TABLE shop.notes (id serial)", "a table named shop.notes"],
  ["CREATE MATERIALIZED VIEW totals AS SELECT 1", "a materialized view named totals"],
  ["CREATE SEQUENCE ids", "a sequence named ids"],
  ["CREATE TYPE mood AS ENUM ('sad')", "a type named mood"],
  ["CREATE TYPE pair AS (c text)", "a type named pair"],
  ["CREATE TYPE span AS RANGE (subtype = date)", "a type named span"],
  ["CREATE DOMAIN price AS text", "a type named price"],
  [
    "CREATE FUNCTION total(a int, b int) RETURNS int LANGUAGE sql AS 'SELECT 2'",
    "a function named total(integer,integer)",
  ],
  [
    "CREATE PROCEDURE fill(int, text) LANGUAGE sql AS 'SELECT 2'",
    "a procedure named fill(integer,text)",
  ],
  [
    "CREATE AGGREGATE biggest(int) (SFUNC = int4larger, STYPE = int)",
    "an aggregate named biggest(integer)",
  ],
];

test.each(objects)("a step runs beside nothing of the reader's: %s", async (sql, name) => {
  const db = await openDatabase(await makeDatabase());
  // An empty schema, and what belongs to an extension, may be there.
  await db.query("CREATE SCHEMA mine; CREATE EXTENSION hstore SCHEMA mine");
  const make = async () => void (await db.query(sql));
  const list = "SELECT classid, objid FROM pg_depend WHERE objid >= 16384 ORDER BY 1, 2";
  const empty = (await db.query(list)).rows;

  // What the guide made, it may replace.
  await protectingObjects(db, make);
  await protectingObjects(db, async () => {});
  await dropOwn(db);
  expect((await db.query(list)).rows).toEqual(empty);

  await db.query(sql);
  const before = (await db.query(list)).rows;
  const work = protectingObjects(db, () => Promise.reject(new Error("never")));
  await expect(work).rejects.toThrow(`There is ${name} that no guide has made`);
  await dropOwn(db);
  expect((await db.query(list)).rows).toEqual(before);
  await db.close();
});

test.each([
  ["DROP DATABASE IF EXISTS template1", "change or connect to the database template1"],
  ["DROP OWNED BY CURRENT_USER", "change the role current_user"],
  ["ALTER SYSTEM RESET work_mem", "change this server's setting work_mem"],
])("a step run by hand does not begin where it has %s", async (sql, what) => {
  const { directory, read, write } = makeFiles("outside", {
    "package.json": '{ "type": "module" }',
    "steps/01-a.ts": `/*\n# A\n\nDROP ROLE reader in the text is not code.\n*/\nimport { step } from ${JSON.stringify(pathToFileURL(join(root, "drivers/step.ts")).href)};\nawait step(async (db) => {\n  await db.query("CREATE TABLE notes ()");\n  if (process.env.WHOLE) await db.query(${JSON.stringify(sql)});\n});\n`,
  });
  const file = join(directory, "steps/01-a");
  const DATABASE_URL = await makeDatabase();
  for (const name of [file, `${file}.ts`]) {
    const words = ["--import", import.meta.resolve("tsx"), name];
    const { code, stderr } = await runNode(words, { DATABASE_URL });
    expect(stderr).toContain(`01-a${name.slice(file.length)} would ${what}`);
    expect(code).toBe(1);
  }
  const db = await openDatabase(DATABASE_URL);
  expect((await db.query(comments)).rows).toEqual([]);
  // It may name the database in which it works.
  const own = new URL(DATABASE_URL).pathname.slice(1);
  const text = read("steps/01-a.ts").replace(JSON.stringify(sql), JSON.stringify(`dbname=${own}`));
  write("steps/01-a.ts", text);
  const words = ["--import", import.meta.resolve("tsx"), `${file}.ts`];
  expect(await runNode(words, { DATABASE_URL })).toMatchObject({ code: 0, stderr: "" });
});
