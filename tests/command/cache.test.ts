import { readdirSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import * as pg from "../../drivers/pg.ts";
import { connect } from "../../runner/connection/connect.ts";
import { openEmbedded } from "../../runner/database/embedded/embedded.ts";
import { openWorkspace } from "../../runner/workspace/workspace.ts";
import { expectReport } from "../support/command.ts";
import { directoryForFile } from "../support/files.ts";
import { cacheRoot } from "../support/programs.ts";
import { sharedProject } from "../support/project.ts";

/** The tests of this file share a cache: each leaves one cluster in it, next to the pristine one. */
const cache = directoryForFile("cache");
const root = cacheRoot(cache);

beforeAll(async () => {
  await useServer(); // this one stays, and is copied
  await useServer();
});

/** Starts the embedded server as a run does, makes a database, and removes everything. */
async function useServer(): Promise<void> {
  const workspace = openWorkspace(root);
  try {
    const server = await openEmbedded(workspace, new AbortController().signal);
    const { url, close } = await server.createDatabase("pg");
    const db = await connect(pg, url);
    expect((await db.query("SELECT current_database() AS name")).rows).toHaveLength(1);
    await db.close();
    await close();
    await server.close();
  } finally {
    workspace.close();
  }
}

function clusters(): string[] {
  const parent = join(root, "clusters");
  return readdirSync(parent).flatMap((key) =>
    readdirSync(join(parent, key))
      .filter((name) => name !== "pristine")
      .map((name) => join(parent, key, name)),
  );
}

/** The cluster in the cache, with a file that shows it again: a new one does not have it. */
function marked(): string {
  const [cluster = ""] = clusters();
  writeFileSync(join(cluster, "mine"), "");
  return cluster;
}

describe.sequential("the cluster cache", () => {
  test("a cluster at rest is used again, and goes back", async () => {
    marked();
    const environment = { XDG_CACHE_HOME: cache, LOCALAPPDATA: cache };
    const choices = ["--step", "1", "--driver", "pg"];
    await expectReport(sharedProject().guide(choices, environment), 0, "embedded PostgreSQL");
    expect(clusters()).toHaveLength(1);
    expect(readdirSync(clusters()[0] ?? "")).toContain("mine");
    expect(readdirSync(join(root, "runs"))).toEqual([]);
  });

  test.each<[string, (cluster: string) => void]>([
    [
      "a file cut short",
      (cluster) => truncateSync(join(cluster, "data", "global", "pg_control"), 10),
    ],
    ["a file gone", (cluster) => rmSync(join(cluster, "data", "PG_VERSION"))],
    ["a directory gone", (cluster) => rmSync(join(cluster, "data", "base"), { recursive: true })],
    ["a file too many", (cluster) => writeFileSync(join(cluster, "data", "base", "surprise"), "x")],
    ["no password", (cluster) => rmSync(join(cluster, "password"))],
    ["another password", (cluster) => writeFileSync(join(cluster, "password"), "wrong")],
    ["nothing left", (cluster) => rmSync(join(cluster, "data"), { recursive: true })],
  ])("a damaged cluster is made again: %s", async (_, damage) => {
    damage(marked());
    await useServer();
    expect(clusters()).toHaveLength(1);
    expect(readdirSync(clusters()[0] ?? "")).not.toContain("mine");
  });
});
