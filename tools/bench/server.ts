import { rmSync, statfsSync } from "node:fs";
import { join } from "node:path";
import * as pg from "../../drivers/pg.ts";
import { connect } from "../../runner/connection/connect.ts";
import { withDatabase } from "../../runner/connection/connection-uri.ts";
import { findBinaries } from "../../runner/database/embedded/binaries.ts";
import { makeCluster } from "../../runner/database/embedded/cluster.ts";
import { serverUser, startServer } from "../../runner/database/embedded/server.ts";
import { createScratch, dropScratch } from "../../runner/database/scratch.ts";
import { openWorkspace } from "../../runner/workspace/workspace.ts";

/** The running server, for all cases that do not start their own. */
export interface BenchServer {
  readonly version: string;
  /** With a role that may create databases, as Neon's owner role may. */
  readonly url: string;
  /** Gives some work an empty database of its own, which is dropped afterwards. */
  withDatabase<Result>(work: (url: string) => Promise<Result>): Promise<Result>;
  close(): Promise<void>;
}

const MEGABYTES_NEEDED = 500;

/** Starts a server that stays up for the whole benchmark. */
export async function startBenchServer(): Promise<BenchServer> {
  const memory = memoryDirectory();
  const workspace = openWorkspace(memory);
  const user = serverUser();
  const binaries = findBinaries(workspace.root, user);
  const cluster = await makeCluster(workspace, binaries, user);
  const server = await startServer(workspace, binaries, user, cluster);

  const address = `127.0.0.1:${server.port}/postgres?sslmode=disable`;
  const superuser = await connect(pg, `postgresql://postgres:${cluster.password}@${address}`);
  // The embedded server's passwords take one round of hashing. Any other server's take this many.
  await superuser.query("SET scram_iterations = 4096");
  await superuser.query("CREATE ROLE bench LOGIN CREATEDB PASSWORD 'bench-secret'");
  await superuser.close();

  const url = `postgresql://bench:bench-secret@${address}`;
  return {
    version: binaries.version,
    url,
    async withDatabase(work) {
      const db = await connect(pg, url);
      const name = await createScratch(db, "bench");
      try {
        return await work(withDatabase(url, name));
      } finally {
        await dropScratch(db, name);
        await db.close();
      }
    },
    async close() {
      await server.stop();
      workspace.close();
      if (memory) rmSync(memory, { recursive: true, force: true });
    },
  };
}

/** Finds a directory in memory: on a disk, the 300 files of CREATE DATABASE would measure the disk. */
function memoryDirectory(): string | undefined {
  try {
    const { bavail, bsize } = statfsSync("/dev/shm");
    const megabytes = (bavail * bsize) / 1024 ** 2;
    return megabytes < MEGABYTES_NEEDED
      ? undefined
      : join("/dev/shm", `guide-bench-${process.pid}`);
  } catch {
    return undefined;
  }
}
