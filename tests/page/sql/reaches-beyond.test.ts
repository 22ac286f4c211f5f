import { expect, test } from "vitest";
import { reachesBeyond, touchesMachine } from "../../../runner/page/sql/parse/reaches-beyond.ts";

test.each([
  "CREATE ROLE r",
  "-- why\nDROP DATABASE shop",
  "/* why */ DROP DATABASE shop",
  "/* why /* so */ */ DROP DATABASE shop",
  "/* a /* b */ c */ DROP DATABASE shop",
  "DROP /* a /* b */ c */ DATABASE shop",
  "CREATE -- a\n DATABASE shop",
  "SELECT E'\\' --', pg_reload_conf()",
  "SELECT ' /* ', $$ /* $$, pg_reload_conf()",
  "DO $$ BEGIN RAISE NOTICE '--'; DROP DATABASE shop; END $$",
  "DO 'BEGIN DROP /* x */ DATABASE shop; END'",
  "DO $$ BEGIN EXECUTE 'DROP /* x */ DATABASE shop'; END $$",
  "DO $$ BEGIN EXECUTE E'DROP\\nDATABASE shop'; END $$",
  "DO 'BEGIN EXECUTE ''DR'' || ''OP ROLE r''; END'",
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
  "DO $$ BEGIN GRANT pg_monitor TO r; END $$",
  "DO $$ BEGIN REVOKE CONNECT ON DATABASE shop FROM r; END $$",
  "DO $$ BEGIN COMMENT ON ROLE r IS 'x'; END $$",
  "CREATE PROCEDURE p() LANGUAGE sql AS $$ REASSIGN OWNED BY a TO b $$",
  "DO $$ BEGIN EXECUTE 'DROP ' || 'OWNED BY a'; END $$",
  "DO $$ BEGIN EXECUTE 'DR' || 'OP RO' || 'LE r'; END $$",
  "DO $$ BEGIN EXECUTE format('DROP %s %I', 'x', 'y'); END $$",
  "DO $$ BEGIN EXECUTE 'ALTER ' || kind || ' shop'; END $$",
  'SELECT "pg_terminate_backend"(1)',
  "SELECT pg_stat_statements_reset()",
  "SELECT pg_replication_slot_advance('x', '0/0')",
  "SELECT pg_replication_origin_create('x')",
  "SELECT pg_stat_reset_slru('x')",
  "SELECT pg_wal_replay_pause()",
  "SELECT * FROM pg_logical_slot_get_changes('x', NULL, NULL)",
])("%j reaches beyond its database", (statement) => {
  expect(reachesBeyond(statement)).toBe(true);
});

test.each([
  "SELECT 'DROP DATABASE shop'",
  "INSERT INTO notes VALUES ('GRANT a TO b')",
  "SELECT current_user, current_database() -- CREATE ROLE r",
  "/* a /* b */ CREATE ROLE r; */ SELECT current_user",
  "SELECT $a$ /* $a$, current_user /* CREATE ROLE r */",
  "DO $$ BEGIN /* CREATE ROLE r; /* a */ DROP ROLE r; */ PERFORM current_user; END $$",
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
  "DO $$ BEGIN GRANT SELECT ON t TO PUBLIC; END $$",
  "DO $$ BEGIN EXECUTE 'DROP TABLE ' || name; END $$",
  "DO $$ BEGIN EXECUTE format('CREATE INDEX ON %I (id)', 't'); END $$",
  "SELECT pg_stat_reset(), pg_get_wal_replay_pause_state(), pg_postmaster_start_time()",
  "SELECT pg_stat_get_db_stat_reset_time(1), pg_column_size(1), pg_replication_origin_oid('x')",
])("%j does not", (statement) => {
  expect(reachesBeyond(statement)).toBe(false);
});

test.each([
  "COPY (SELECT 1) TO '/tmp/x'",
  "/* out */ COPY t FROM PROGRAM 'ls'",
  "/* a /* b */ c */ COPY t FROM PROGRAM 'ls'",
  "DO $$ BEGIN EXECUTE 'COPY t TO PROGRAM ''ls'''; END $$",
  "DO $$ BEGIN EXECUTE 'CO' || 'PY t TO ' || quote_literal(file); END $$",
  "DO $$ BEGIN EXECUTE format('COPY %I TO %L', 't', file); END $$",
  "SELECT lo_export(1, '/tmp/x')",
  "SELECT pg_file_write('x', 'y', false)",
  "CREATE FOREIGN TABLE f (a text) SERVER s OPTIONS (program 'ls')",
  "CREATE FUNCTION f() RETURNS int LANGUAGE plpython3u AS $$ return 1 $$",
])("%j touches the server's machine", (statement) => {
  expect(touchesMachine(statement)).toBe(true);
  expect(reachesBeyond(statement)).toBe(false);
});

test.each([
  "SELECT dblink_exec('host=localhost dbname=shop', 'DELETE FROM t')",
  "DO $$ BEGIN PERFORM dblink('postgresql://me:p@127.0.0.1:6000/shop', 'x'); END $$",
  "CREATE SERVER s FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host 'localhost', dbname 'shop')",
  "ALTER SERVER s OPTIONS (SET host '::1')",
  "SELECT ' /* ', dblink('host=localhost', 'x'), ' */ '",
  "CREATE SUBSCRIPTION s CONNECTION 'host=/var/run/postgresql' PUBLICATION p",
  "CREATE SUBSCRIPTION s CONNECTION 'port=5433 dbname=shop' PUBLICATION p",
  "CREATE SUBSCRIPTION s CONNECTION 'host=/tmp dbname=shop' PUBLICATION p",
  "SELECT dblink_exec('dbname=shop port=5433', 'DROP TABLE t')",
  "SELECT dblink_connect('own', 'port=5433')",
  "DO $$ BEGIN PERFORM dblink('postgresql:///shop?port=5433', 'x'); END $$",
  "CREATE SERVER s FOREIGN DATA WRAPPER postgres_fdw OPTIONS (dbname 'shop', port '5433')",
  "ALTER SERVER s OPTIONS (ADD port '5433')",
])("%j connects to another server from there", (statement) => {
  expect(touchesMachine(statement)).toBe(true);
});

test("a tablespace takes a directory for itself", () => {
  expect(touchesMachine("-- a\nCREATE TABLESPACE s LOCATION '/tmp/x'")).toBe(true);
  expect(touchesMachine("/* a /* b */ c */ CREATE TABLESPACE s LOCATION '/tmp/x'")).toBe(true);
  expect(touchesMachine("CREATE TABLESPACE s LOCATION ''")).toBe(false);
});

test.each([
  "COPY t FROM STDIN",
  "COPY t TO STDOUT",
  "SELECT 'COPY t TO PROGRAM ''ls'''",
  "CREATE FUNCTION f() RETURNS int LANGUAGE plpgsql AS $$ BEGIN RETURN 1; END $$",
  "CREATE FOREIGN TABLE f (program text) SERVER s OPTIONS (filename 'x')",
  "CREATE SERVER s FOREIGN DATA WRAPPER file_fdw",
  "SELECT dblink('dbname=shop', 'SELECT 1')",
  "CREATE SERVER s FOREIGN DATA WRAPPER postgres_fdw OPTIONS (dbname 'shop')",
  "CREATE SERVER s FOREIGN DATA WRAPPER f OPTIONS (host 'a.invalid', port '5432')",
  "SELECT dblink('dbname=shop', 'SELECT 1') -- host=localhost",
  "INSERT INTO connection (at) VALUES ('localhost')",
])("%j does not touch it", (statement) => {
  expect(touchesMachine(statement)).toBe(false);
});
