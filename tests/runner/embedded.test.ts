import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, onTestFinished, test } from "vitest";
import * as pg from "../../drivers/pg.ts";
import { connect } from "../../runner/connection/connect.ts";
import type { GuideServer } from "../../runner/database/guide-database.ts";
import { openEmbeddedServer } from "../../runner/database/open-database.ts";
import { makeDirectory, openWorkspace, type Workspace } from "../../runner/workspace/workspace.ts";
import { openDatabase } from "../support/database.ts";

/** For all tests here: the first one leaves a cluster to the others. */
const root = mkdtempSync(join(tmpdir(), "embedded-"));
makeDirectory(root);
afterAll(() => rmSync(root, { recursive: true, force: true }));

function makeWorkspace(): Workspace {
  const workspace = openWorkspace(root);
  onTestFinished(() => workspace.close());
  return workspace;
}

/** Nobody interrupts. */
const never = new AbortController().signal;

async function open(workspace: Workspace): Promise<GuideServer> {
  const server = await openEmbeddedServer(workspace, never);
  onTestFinished(() => server.close());
  return server;
}

/** Where the catalog of a database's database is, and where a table, an index and a temporary table go. */
async function placesOf(server: GuideServer): Promise<Record<string, unknown>> {
  const database = await server.createDatabase("pg");
  const db = await openDatabase(database.url);
  await db.execute("CREATE TABLE written (id INT PRIMARY KEY, wide TEXT)");
  await db.execute("CREATE TEMPORARY TABLE passing (id INT)");
  const [row] = await db.query(
    `SELECT pg_relation_filepath('pg_class') AS catalog, pg_relation_filepath('written') AS "table",
            pg_relation_filepath('written_pkey') AS index, pg_relation_filepath('passing') AS temporary`,
  );
  await db.close();
  await database.close();
  return row ?? {};
}

test("catalogs are in memory where there is such a place, and what a guide writes is not", async () => {
  const workspace = makeWorkspace();
  const database = await open(workspace);
  const onDisk = expect.stringMatching(/^base\//);
  expect(await placesOf(database)).toEqual({
    catalog: workspace.memory ? expect.stringMatching(/^pg_tblspc\//) : onDisk,
    table: onDisk,
    index: onDisk,
    temporary: onDisk,
  });
});

test("without room in memory, all is on the disk", async () => {
  const workspace = makeWorkspace();
  if (workspace.memory)
    mkdirSync(join(workspace.memory.directory, "tablespace"), { recursive: true });
  const { catalog } = await placesOf(await open(workspace));
  expect(catalog).toMatch(/^base\//);
});

test("nothing stays in memory", async () => {
  const workspace = makeWorkspace();
  const server = await openEmbeddedServer(workspace, never);
  await server.createDatabase("pg");
  await server.close();
  workspace.close();
  const { place, directory } = workspace.memory ?? { place: tmpdir(), directory: "none" };
  expect(readdirSync(place).map((name) => join(place, name))).not.toContain(directory);
});

test("a server that is slow to tidy up is waited for, and its cluster used again", async () => {
  const workspace = makeWorkspace();
  const cluster = join(workspace.directory, "cluster");
  const server = await openEmbeddedServer(workspace, never);
  const { url } = await server.createDatabase("pg");
  const password = readFileSync(join(cluster, "password"), "utf8");
  const superuser = await connect(
    pg,
    `postgresql://postgres:${password}@${new URL(url).host}/postgres`,
  );
  await superuser.execute("BEGIN; LOCK pg_authid IN EXCLUSIVE MODE");
  const released = superuser.execute("SELECT pg_sleep(3); COMMIT");
  await server.close();
  expect(existsSync(cluster)).toBe(false); // it is in the cache
  await released;
  await superuser.close();
});
