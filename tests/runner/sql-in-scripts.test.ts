import { expect, test } from "vitest";
import {
  extensionsIn,
  makesDatabaseOrRole,
  needsReadersRole,
  outsideObjectsIn,
} from "../../runner/common/sql-in-scripts.ts";

test.each([
  ["DROP DATABASE IF EXISTS shop", "database shop"],
  ['await db.query("alter\\n  database \\"Shop\\" RENAME TO other");', "database Shop"],
  ["DROP ROLE IF EXISTS ann, bob;", "role ann, role bob"],
  ["drop /* a /* b */ c */ database shop", "database shop"],
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
  ['subprocess.run(["psql", "-qc", "DROP TABLE t", "shop"], check=True)', "database shop"],
  ['p.add_argument("--db", default="shop")', "database shop"],
  ['const [, , name = "shop"] = process.argv;', "database shop"],
  ["db=shop; psql -q $db", "database shop"],
  [`DB=$\{1:-shop}; psql -d "$DB"`, "database shop"],
  ['url.pathname = "shop";', "database shop"],
  ["DB_NAME=shop node app.js", "database shop"],
  [`psql "\${DATABASE_URL%/*}/shop" -c 'TRUNCATE orders'`, "database shop"],
  [`postgres(\`$\{dbServer}/shop?sslmode=require\`)`, "database shop"],
  ['new pg.Client(process.env.DATABASE_URL.replace(/\\/[^/]*$/, "/shop"))', "database shop"],
  ['export const shop = pgTable("shop", { id: integer() });', ""],
  ['import postgres from "postgres";\nconst db = postgres(process.env.DATABASE_URL);', ""],
  [`await fetch(\`$\{base}/shop\`);`, ""],
  ['import { shop } from "../db/shop";', ""],
  ["DROP USER MAPPING FOR ann SERVER s", ""],
  ["GRANT SELECT ON books TO ann", ""],
  ["CREATE DATABASE shop", ""],
  ["SELECT current_database() AS database", ""],
])("%s would change or connect to %s", (code, expected) => {
  const found = outsideObjectsIn(code).map(({ kind, name }) => `${kind} ${name}`);
  expect(found.filter((one) => / \w/.test(one)).join(", ")).toBe(expected);
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
])("that %s makes a database or a role is %s", (code, expected) => {
  expect(makesDatabaseOrRole(code)).toBe(expected);
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
  expect(needsReadersRole(code)).toBe(expected);
});

test("extensions are found by their names", () => {
  const code = `CREATE EXTENSION hstore; create extension if not exists "uuid-ossp"; CREATE EXTENSION PostGIS`;
  expect(extensionsIn(code)).toEqual(["hstore", "uuid-ossp", "postgis"]);
});
