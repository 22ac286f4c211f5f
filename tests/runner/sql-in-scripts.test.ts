import { expect, test } from "vitest";
import {
  extensionsIn,
  lostThings,
  makesShared,
  needsReader,
  othersIn,
  unnamedTable,
} from "../../runner/common/sql-in-scripts.ts";
import { loadGuide } from "../../runner/guide/load-guide.ts";
import { makeGuide } from "../support/guide.ts";

test.each([
  ['db.query("CREATE TABLE books (id int)");', undefined],
  ['db.query("DROP TABLE IF EXISTS Books, public.books");', undefined],
  ['db.query("create table\\n  if not exists notes (id int)");', "notes"],
  ['db.query("DROP TABLE books, notes");', "notes"],
  ['db.query("CREATE TABLE \\"Notes\\" (id int)");', "Notes"],
  ["db.query(`TRUNCATE TABLE library.notes`);", "library.notes"],
  ['db.query("TRUNCATE notes");', "notes"],
  ['db.query(`TRUNCATE "public"."notes"`);', "public.notes"],
  ["db.query(`DROP TABLE IF EXISTS\n books, -- mine, old\n /* and */ notes CASCADE`);", "notes"],
  ["db.query(`truncate only books, notes restart identity`);", "notes"],
  ['db.query("TRUNCATE TABLE ONLY notes");', "notes"],
  ['db.query("TRUNCATE books CASCADE; SELECT 1");', undefined],
  ["// truncate long lines\nconst truncate = 1;", undefined],
  ['db.query("CREATE UNLOGGED TABLE notes (id int)");', "notes"],
  ['db.query("CREATE OR REPLACE VIEW notes AS SELECT 1");', "notes"],
  ['db.query("DROP MATERIALIZED VIEW IF EXISTS notes");', "notes"],
  ['db.query("DROP FOREIGN TABLE notes");', "notes"],
  ['db.query("CREATE OR REPLACE RECURSIVE VIEW notes (n) AS SELECT 1");', "notes"],
  ["db.query(`TRUNCATE notes -- all of it\n;`);", "notes"],
  ['db.query("TRUNCATE books *, notes *");', "notes"],
  ['db.query("DROP /* the old */ TABLE notes");', "notes"],
  ['db.query("DROP TABLE :\\"notes\\"");', ":notes"],
  ['db.query("DROP TABLE größe");', "größe"],
  ['DROP TABLE "Shop"."notes"', "Shop.notes"],
  ["// truncate text -- as it is\nconst table = 1;", undefined],
  ['db.query("DROP VIEW books");', undefined],
  ['db.query("CREATE TEMP VIEW notes AS SELECT 1");', undefined],
  ['db.query("CREATE TEMP TABLE notes (id int)");', undefined],
  ['db.query("SELECT * FROM notes");', undefined],
])("in %s, the table that the guide does not name is %s", async (code, table) => {
  const { directory, write } = makeGuide({ runs: ["01-a"], tables: ["books"] }, ["01-a"]);
  write("steps/01-a.ts", `/*\n# A\n\nCREATE TABLE in the text is not a statement.\n*/\n${code}\n`);
  expect(unnamedTable(await loadGuide(directory))?.table).toBe(table);
});

test.each([
  ["DROP SCHEMA IF EXISTS shop, Store CASCADE;", "schema shop, schema store"],
  ['db.query("create schema\n  if not exists \\"Shop\\"");', "schema Shop"],
  ["CREATE TYPE shop.mood AS ENUM ('ok')", "type shop.mood"],
  ["DROP DOMAIN price", "type price"],
  [
    "DROP FUNCTION IF EXISTS total(numeric(6, 2), int), shop.other CASCADE",
    "routine total, routine shop.other",
  ],
  ["CREATE OR REPLACE FUNCTION total (a int) RETURNS int", "routine total"],
  ["create procedure fill() language sql", "routine fill"],
  ["DROP AGGREGATE biggest(int)", "routine biggest"],
  ['DROP ROUTINE "Shop".total(text)', "routine Shop.total"],
  ["CREATE SEQUENCE IF NOT EXISTS ids", "sequence ids"],
  ["DROP EXTENSION hstore, pg_trgm", "extension hstore, extension pg_trgm"],
  ["CREATE EXTENSION IF NOT EXISTS vector", ""],
  ["CREATE TEMP SEQUENCE ids", ""],
  ["DROP TABLE books; SELECT total(1)", ""],
])("in %s, what else is made or removed is %s", (code, found) => {
  expect(othersIn(code).join(", ")).toBe(found);
});

test.each([
  ["DROP DATABASE IF EXISTS shop", "database shop"],
  ['await db.query("alter\\n  database \\"Shop\\" RENAME TO other");', "database Shop"],
  ["DROP ROLE IF EXISTS ann, bob;", "role ann, role bob"],
  ["ALTER ROLE ann PASSWORD 'x'", "role ann"],
  ["ALTER USER CURRENT_USER SET work_mem = '1MB'", "role current_user"],
  ["alter group ann rename to bob", "role ann"],
  ["REASSIGN OWNED BY ann TO bob", "role ann"],
  ["DROP OWNED BY ann, bob CASCADE", "role ann, role bob"],
  ["DROP TABLESPACE fast", "tablespace fast"],
  ["COMMENT ON DATABASE shop IS 'x'", "database shop"],
  ["REVOKE CONNECT, TEMPORARY ON DATABASE shop FROM PUBLIC", "database shop"],
  ["ALTER SYSTEM SET work_mem = '1MB'", "setting work_mem"],
  ["ALTER SYSTEM RESET ALL", "setting all"],
  ["dropdb --if-exists -h localhost -U ann shop", "database shop"],
  ['execFileSync("dropuser", ["-U", "ann", "bob"]);', "role bob"],
  ['await dropUser("ann");', ""],
  ["psql -qX shop -c 'TRUNCATE books'", "database shop"],
  ["psql -c 'TRUNCATE books' -d shop", "database shop"],
  ["psql -qX -c 'DROP TABLE orders; SELECT 1' shop", "database shop"],
  ["psql -qX -dshop -c 'TRUNCATE orders'", "database shop"],
  ["psql -qX postgresql://127.0.0.1/shop -c 'TRUNCATE orders'", "database shop"],
  ['postgres(process.env.DATABASE_URL, { db: "shop" })', "database shop"],
  ['new URL("/shop", process.env.DATABASE_URL)', "database shop"],
  ['config["database"] = "shop"', "database shop"],
  ['params["dbname"] = "shop"', "database shop"],
  ['subprocess.run(["pg_restore", "--clean", "-d", "shop", "x"])', "database shop"],
  ["\\c shop", "database shop"],
  ['  \\connect -reuse-previous=on "shop"', "database shop"],
  ["SELECT dblink_exec('host=localhost dbname=shop', 'DROP TABLE t')", "database shop"],
  ["CREATE SERVER s FOREIGN DATA WRAPPER postgres_fdw OPTIONS (dbname 'shop')", "database shop"],
  ["PGDATABASE=shop node app.js", "database shop"],
  ['os.environ["PGDATABASE"] = "shop"', "database shop"],
  ['new pg.Client({ database: "shop" })', "database shop"],
  ['psycopg2.connect(dbname="shop")', "database shop"],
  ['url.pathname = "/shop";', "database shop"],
  ["DROP USER MAPPING FOR ann SERVER s", ""],
  ["GRANT SELECT ON books TO ann", ""],
  ["CREATE DATABASE shop", ""],
  ["SELECT current_database() AS database", ""],
])("%s takes %s", (code, lost) => {
  const found = lostThings(code).map(({ kind, name }) => `${kind} ${name}`);
  expect(found.filter((one) => / \w/.test(one)).join(", ")).toBe(lost);
});

test.each([
  ["CREATE DATABASE shop", true],
  ['db.query("create role clerk login");', true],
  ["CREATE USER clerk\n  WITH PASSWORD 'x';", true],
  [`db.query(\`CREATE DATABASE $\{name}\`);`, true],
  ['cursor.execute("CREATE DATABASE " + name)', true],
  ["EXECUTE format('CREATE ROLE %I', name);", true],
  ['CREATE DATABASE :"name" TEMPLATE template0;', true],
  ["createdb shop", true],
  ['spawnSync("createuser", ["clerk"]);', true],
  ['await createUser("Ada");', false],
  ["// Create user accounts first\n// Create database connection pool\n", false],
  ["CREATE USER MAPPING FOR clerk SERVER s;", false],
  ["CREATE TABLE role (id int);", false],
])("that clients share what %s makes is %s", (code, isShared) => {
  expect(makesShared(code)).toBe(isShared);
});

test.each([
  ["SET LOCAL ROLE clerk", true],
  ["UPDATE users SET role = 'admin'", false],
  ["UPDATE users SET role  = 'admin'", false],
  ["set session authorization clerk", true],
  ["SET session_replication_role = replica", true],
  ["CREATE EVENT TRIGGER t ON ddl_command_start", true],
  ["CREATE TRIGGER t BEFORE UPDATE ON books", false],
  ["CREATE PUBLICATION p FOR ALL TABLES", true],
  ["CREATE FUNCTION f() RETURNS int LANGUAGE plpython3u", true],
  ["CREATE FUNCTION f() RETURNS int LANGUAGE plpgsql", false],
  ["COPY books FROM '/tmp/books.csv'", true],
  ["COPY books TO PROGRAM 'cat'", true],
  ["COPY books FROM STDIN", false],
  ["// a copy\nimport { copyFile } from 'node:fs';", false],
])("needs the reader's role or not: %s", (code, expected) => {
  expect(needsReader(code)).toBe(expected);
});

test("extensions are found by their names", () => {
  const code = `CREATE EXTENSION hstore; create extension if not exists "uuid-ossp"; CREATE EXTENSION PostGIS`;
  expect(extensionsIn(code)).toEqual(["hstore", "uuid-ossp", "postgis"]);
});
