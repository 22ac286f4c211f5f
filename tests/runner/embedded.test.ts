import { mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, onTestFinished, test } from "vitest";
import type { GuideDatabase } from "../../runner/database/guide-database.ts";
import { openEmbeddedDatabase } from "../../runner/database/open-database.ts";
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

async function open(workspace: Workspace): Promise<GuideDatabase> {
  const database = await openEmbeddedDatabase(workspace);
  onTestFinished(() => database.close());
  return database;
}

/** Where the catalog of a lane's database is, and where a table, an index and a temporary table go. */
async function placesOf(database: GuideDatabase): Promise<Record<string, unknown>> {
  const lane = await database.openLane("pg");
  const db = await openDatabase(lane.url);
  await db.execute("CREATE TABLE written (id INT PRIMARY KEY, wide TEXT)");
  await db.execute("CREATE TEMPORARY TABLE passing (id INT)");
  const [row] = await db.query(
    `SELECT pg_relation_filepath('pg_class') AS catalog, pg_relation_filepath('written') AS "table",
            pg_relation_filepath('written_pkey') AS index, pg_relation_filepath('passing') AS temporary`,
  );
  await db.close();
  await lane.close();
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
  const database = await openEmbeddedDatabase(workspace);
  await database.openLane("pg");
  await database.close();
  workspace.close();
  const { place, directory } = workspace.memory ?? { place: tmpdir(), directory: "none" };
  expect(readdirSync(place).map((name) => join(place, name))).not.toContain(directory);
});
