import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test, vi } from "vitest";
import * as pg from "../../drivers/pg.ts";
import { connect } from "../../runner/connection/connect.ts";
import { openEmbedded } from "../../runner/database/embedded/embedded.ts";
import { openOneEach } from "../../runner/database/embedded/one-each.ts";
import type { GuideServer } from "../../runner/database/guide-server.ts";
import { makeDirectory } from "../../runner/workspace/cache-directory.ts";
import { isAlive, openWorkspace, type Workspace } from "../../runner/workspace/workspace.ts";
import { openDatabase } from "../support/database.ts";
import { directoryForFile } from "../support/files.ts";

/** For all tests here: the first one leaves a cluster to the others. */
const root = directoryForFile("embedded");
makeDirectory(root);

function makeWorkspace(): Workspace {
  const workspace = openWorkspace(root);
  onTestFinished(() => workspace.close());
  return workspace;
}

/** Not interrupted. */
const never = new AbortController().signal;

async function open(workspace: Workspace): Promise<GuideServer> {
  const server = await openEmbedded(workspace, never);
  onTestFinished(() => server.close());
  return server;
}

/** Where the catalog of a database's database is, and where a table, an index and a temporary table go. */
async function filesOf(server: GuideServer): Promise<Record<string, unknown>> {
  const database = await server.createDatabase("pg");
  const db = await openDatabase(database.url);
  await db.query("CREATE TABLE written (id INT PRIMARY KEY, wide TEXT)");
  await db.query("CREATE TEMPORARY TABLE passing (id INT)");
  const {
    rows: [row],
  } = await db.query(
    `SELECT pg_relation_filepath('pg_class') AS catalog, pg_relation_filepath('written') AS "table",
            pg_relation_filepath('written_pkey') AS index, pg_relation_filepath('passing') AS temporary`,
  );
  await db.close();
  await database.close();
  return row ?? {};
}

test("catalogs are in memory where the system has such a file system, and what a guide writes is not", async () => {
  const workspace = makeWorkspace();
  const database = await open(workspace);
  const onDisk = expect.stringMatching(/^base\//);
  expect(await filesOf(database)).toEqual({
    catalog: workspace.memoryDirectory ? expect.stringMatching(/^pg_tblspc\//) : onDisk,
    table: onDisk,
    index: onDisk,
    temporary: onDisk,
  });
});

test("without room in memory, all is on the disk", async () => {
  const workspace = makeWorkspace();
  if (workspace.memoryDirectory)
    mkdirSync(join(workspace.memoryDirectory, "tablespace"), { recursive: true });
  const { catalog } = await filesOf(await open(workspace));
  expect(catalog).toMatch(/^base\//);
});

test("nothing stays in memory", async () => {
  const workspace = makeWorkspace();
  const server = await openEmbedded(workspace, never);
  await server.createDatabase("pg");
  await server.close();
  workspace.close();
  expect(existsSync(workspace.memoryDirectory ?? "none")).toBe(false);
});

test("a server that is slow to tidy up is waited for, and its cluster used again", async () => {
  const workspace = makeWorkspace();
  const cluster = join(workspace.directory, "cluster");
  const server = await openEmbedded(workspace, never);
  const { url } = await server.createDatabase("pg");
  const password = readFileSync(join(cluster, "password"), "utf8");
  const superuser = await connect(
    pg,
    `postgresql://postgres:${password}@${new URL(url).host}/postgres`,
  );
  await superuser.query("BEGIN; LOCK pg_authid IN EXCLUSIVE MODE");
  const released = superuser.query("SELECT pg_sleep(3); COMMIT");
  await server.close();
  expect(existsSync(cluster)).toBe(false); // it is in the cache
  await released;
  await superuser.close();
});

test("with a server for each client, one that is replaced leaves no files", async () => {
  const workspace = makeWorkspace();
  const server = await openOneEach(workspace, never, "CREATEROLE");
  await server.createDatabase("pg");
  const { name } = await server.createDatabase("postgres");
  await server.createDatabase("postgres", name);
  const servers = () =>
    readdirSync(workspace.directory).filter((file) => file.startsWith("server-"));
  expect(servers()).toEqual(["server-3"]);
  await server.close();
  expect(servers()).toEqual([]);
});

test.skipIf(process.platform === "win32")(
  "a server that has to be killed takes neither another one of the run nor the run's files with it",
  async () => {
    const workspace = makeWorkspace();
    const kept = join(workspace.directory, "kept");
    writeFileSync(kept, "");
    const other = await openDatabase((await (await open(workspace)).createDatabase("pg")).url);
    const directory = join(workspace.directory, "server-2");
    makeDirectory(directory);
    const stopping = new AbortController();
    const server = await openEmbedded(
      { ...workspace, directory, memoryDirectory: undefined },
      stopping.signal,
    );
    const db = await openDatabase((await server.createDatabase("postgres")).url);
    const {
      rows: [row],
    } = await db.query("SELECT pg_backend_pid() AS pid");
    const frozen = Number(row?.pid);
    process.kill(frozen, "SIGSTOP"); // its database cannot be dropped

    stopping.abort();
    await server.close();
    await vi.waitUntil(() => !isAlive(frozen), 20_000);
    expect((await other.query("SELECT 1 AS one")).rows).toEqual([{ one: 1 }]);
    expect(existsSync(kept)).toBe(true);
  },
);
