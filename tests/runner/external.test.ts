import pg from "pg";
import { expect, inject, onTestFinished, test } from "vitest";
import type { Database } from "../../drivers/driver.ts";
import { openExternal, type ReadersRights } from "../../runner/database/external.ts";
import { openPool } from "../../runner/database/pool.ts";
import { createScratch, dropScratch, scratchName } from "../../runner/database/scratch.ts";
import { startProxy } from "../faults/support/proxy.ts";
import { makeDatabase, makeRole, openDatabase } from "../support/database.ts";

/** Opens a server as a run does, and keeps what it says. */
async function open(url: string, inPlace: boolean, rights?: ReadersRights) {
  const notes: string[] = [];
  const { signal } = new AbortController();
  const note = (message: string) => void notes.push(message);
  return { notes, ...(await openExternal(url, { inPlace, signal, note, rights })) };
}

test("a server that does not answer is not waited for", async () => {
  const pool = openPool(inject("databaseUrl"), undefined, 300);
  const slow = (db: Database) => db.query("SELECT pg_sleep(20)");
  const message = "The server did not answer within 0.3 s.";
  await expect(pool.withConnection(slow)).rejects.toMatchObject({ kind: "database", message });
  const inside = await pool.openIn("postgres");
  await expect(slow(inside)).rejects.toThrow(message);
  await inside.close();
  await pool.withConnection((db) => db.query("SELECT 1"));
  await pool.close();
});

test("databases and roles that steps made or renamed are named at the end, and stay", async () => {
  const url = await makeRole("CREATEDB CREATEROLE");
  const db = await openDatabase(url);
  const names = ["left_made", "left_renamed", "left_before"].map(
    (name) => `${name}_${process.pid}`,
  );
  const [made = "", renamed = "", before = ""] = names;
  const role = `left_role_${process.pid}`;
  onTestFinished(async () => {
    await db.query(`DROP ROLE IF EXISTS ${role}`);
    for (const name of names) await db.query(`DROP DATABASE IF EXISTS ${name}`);
  });
  await db.query(`CREATE DATABASE ${before}`);

  const server = await open(url, false, {
    needRole: true,
    makeDatabaseOrRole: true,
    extensions: [],
  });
  const first = await server.createDatabase("pg");
  const second = await server.createDatabase("postgres");
  await db.query(`ALTER DATABASE ${first.name} RENAME TO ${renamed}`);
  await db.query(`CREATE DATABASE ${made}`);
  await db.query(`CREATE ROLE ${role}`);
  const ofAnotherRun = scratchName("pg");
  await createScratch(db, ofAnotherRun);
  await server.close();
  expect(server.notes).toEqual([
    `New or changed on your server since the run began: database ${made}, database ${renamed}, role ${role}. Drop or reset what a step left there.`,
  ]);

  const { rows } = await db.query("SELECT datname FROM pg_database");
  const there = rows.map(({ datname }) => datname);
  expect(there).toEqual(expect.arrayContaining([...names, ofAnotherRun]));
  expect(there).not.toContain(second.name);
  await dropScratch(db, ofAnotherRun);
});

test("what a superuser's steps left on the server is named, and what is only of another run is not", async () => {
  const url = inject("superuserUrl");
  const db = await openDatabase(url);
  const own = (name: string) => `left_${name}_${process.pid}`;
  const [other, group, made, origin] = ["other", "group", "made", "origin"].map(own);
  await db.query(`CREATE ROLE ${other}`);
  await db.query(`CREATE ROLE ${group}`);
  onTestFinished(async () => {
    await db.query(`DROP DATABASE IF EXISTS ${made}`);
    await db.query("ALTER SYSTEM RESET vacuum_cost_page_miss");
    await db.query(`SELECT pg_replication_origin_drop('${origin}')`).catch(() => {});
    await db.query(`DROP ROLE ${other}, ${group}`);
  });
  const server = await open(url, false);
  const { name } = await server.createDatabase("pg");
  for (const statement of [
    `CREATE DATABASE ${made} OWNER ${other}`,
    `ALTER DATABASE ${made} SET work_mem = '5MB'`,
    `ALTER DATABASE ${name} SET work_mem = '5MB'`,
    `ALTER ROLE ${other} SET work_mem = '5MB'`,
    `ALTER ROLE ${other} IN DATABASE ${name} SET work_mem = '5MB'`,
    `GRANT ${group} TO ${other}`,
    `SELECT pg_replication_origin_create('${origin}')`,
    "ALTER SYSTEM SET vacuum_cost_page_miss = 3",
  ]) {
    await db.query(statement);
  }
  await server.close();
  for (const left of [
    `database ${made}`,
    `role ${other} as a member of role ${group}`,
    `setting work_mem of role ${other}`,
    `replication origin ${origin}`,
    "setting vacuum_cost_page_miss of the server",
  ]) {
    expect(server.notes.join()).toMatch(new RegExp(`[:,] ${left}[,.]`));
  }
  expect(server.notes.join()).not.toMatch(/work_mem of database|guide_scratch|5MB/);
});

test("a statement ends when its client is gone", async () => {
  const server = await open(inject("databaseUrl"), false);
  const { name, url } = await server.createDatabase("pg");
  const client = new pg.Client(url);
  await client.connect();
  const { rows } = await client.query("SELECT pg_backend_pid() AS pid");
  client.on("error", () => {});
  void client.query("SELECT pg_sleep(60)").catch(() => {});
  await new Promise((resolve) => setTimeout(resolve, 200));
  const watcher = await openDatabase(inject("superuserUrl"));
  const isThere = async () => {
    const query = "SELECT FROM pg_stat_activity WHERE datname = $1 AND pid = $2::int";
    return (await watcher.query(query, [name, rows[0].pid])).rows.length > 0;
  };
  expect(await isThere()).toBe(true);
  client.connection.stream.destroy(); // as if it had been killed
  await expect.poll(isThere, { timeout: 10_000 }).toBe(false);
  await server.close();
});

test("nothing is said where nothing is left", async () => {
  const server = await open(inject("databaseUrl"), false);
  await server.createDatabase("pg");
  await server.close();
  expect(server.notes).toEqual([]);
});

test("a second run in place is told", async () => {
  const url = await makeDatabase();
  const first = await open(url, true);
  await expect(open(url, true)).rejects.toThrow(
    /^Another run with --in-place uses the database own_\S+\. Wait until it ends, or leave out --in-place\.$/,
  );
  await first.close();
  const next = await open(url, true);
  await next.close();
});

test("a run in place goes on when the server ends its idle transaction", async () => {
  const url = await makeDatabase();
  const server = await open(url, true);
  const db = await openDatabase(url);
  const { rows } = await db.query(
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND state = 'idle in transaction'",
  );
  expect(rows).toHaveLength(1);
  await server.close();
});

test("a run in place ends though the network is gone without a word", async () => {
  const given = new URL(await makeDatabase());
  const network = await startProxy(Number(given.port));
  onTestFinished(network.close);
  given.port = String(network.port);
  given.searchParams.set("connect_timeout", "2");
  const server = await open(given.href, true);
  await new Promise((resolve) => setTimeout(resolve, 300)); // what is idle is closed
  network.stall();
  await server.close();
}, 15_000);

test("a run in place stops at a table that the reader makes meanwhile", async () => {
  const url = await makeDatabase();
  const db = await openDatabase(url);
  const server = await open(url, true);
  const { inPlace } = await server.createDatabase("pg");
  await inPlace?.beforeRun(true);
  await db.query("CREATE TABLE books (id int)"); // as a step
  await inPlace?.afterRun();
  await db.query("CREATE SCHEMA mine; CREATE TABLE mine.notes (id int)");
  await expect(inPlace?.beforeRun(false)).rejects.toThrow("There is a table named mine.notes that");
  await expect(inPlace?.beforeRun(true)).rejects.toThrow("There is a table named mine.notes that");
  expect((await db.query("SELECT * FROM mine.notes, books")).rows).toEqual([]);
  await server.close();
});
