import { expect, test } from "vitest";
import { reachesBeyond, touchesMachine } from "../../../runner/page/sql/reaches-beyond.ts";

test.each([
  "CREATE ROLE r",
  "-- why\nDROP DATABASE shop",
  "/* why */ DROP DATABASE shop",
  "/* why /* so */ */ DROP DATABASE shop",
  "CREATE -- a\n DATABASE shop",
  "ALTER /**/ SYSTEM SET work_mem = '5MB'",
  "DO $$ BEGIN CREATE ROLE r; END $$",
  "DO $$ BEGIN EXECUTE 'ALTER SYSTEM SET a = 1'; END $$",
  "CREATE OR REPLACE FUNCTION f() RETURNS void LANGUAGE plpgsql AS $$ BEGIN DROP USER r; END $$",
  "GRANT pg_monitor TO r",
  "REVOKE a, b FROM r",
  "GRANT CONNECT ON DATABASE shop TO r",
  "COMMENT ON ROLE r IS 'x'",
  "REASSIGN OWNED BY a TO b",
  "DROP OWNED BY a",
  "PREPARE TRANSACTION 'x'",
  "SELECT pg_create_physical_replication_slot('x')",
  "SELECT pg_terminate_backend(pid) FROM pg_stat_activity",
  "SELECT dblink_exec('dbname=shop', 'DROP TABLE t')",
])("%j reaches beyond its database", (statement) => {
  expect(reachesBeyond(statement)).toBe(true);
});

test.each([
  "SELECT 'DROP DATABASE shop'",
  "INSERT INTO notes VALUES ('GRANT a TO b')",
  "SELECT current_user, current_database() -- CREATE ROLE r",
  "GRANT SELECT ON TABLE t TO PUBLIC",
  "GRANT SELECT (a), UPDATE (b) ON t TO PUBLIC",
  "REVOKE ALL ON SCHEMA s FROM PUBLIC",
  "CREATE TABLE role (id int)",
  'CREATE TABLE "user" (id int)',
  "CREATE USER MAPPING FOR PUBLIC SERVER s",
  "COMMENT ON TABLE t IS 'the DATABASE'",
  "COPY t FROM STDIN",
  "COPY t TO STDOUT",
  "BEGIN TRANSACTION",
  "PREPARE q AS SELECT 1",
  "DO $$ BEGIN RAISE NOTICE 'user %', current_user; END $$",
  "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET a.b = 1', current_database()); END $$",
  "SELECT pg_size_pretty(pg_database_size(current_database()))",
])("%j does not", (statement) => {
  expect(reachesBeyond(statement)).toBe(false);
});

test.each([
  "COPY (SELECT 1) TO '/tmp/x'",
  "/* out */ COPY t FROM PROGRAM 'ls'",
  "DO $$ BEGIN EXECUTE 'COPY t TO PROGRAM ''ls'''; END $$",
  "SELECT lo_export(1, '/tmp/x')",
])("%j touches the server's machine", (statement) => {
  expect(touchesMachine(statement)).toBe(true);
  expect(reachesBeyond(statement)).toBe(false);
});

test.each(["COPY t FROM STDIN", "COPY t TO STDOUT", "SELECT 'COPY t TO PROGRAM ''ls'''"])(
  "%j does not touch it",
  (statement) => {
    expect(touchesMachine(statement)).toBe(false);
  },
);
