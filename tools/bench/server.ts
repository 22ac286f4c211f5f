import { rmSync, statfsSync } from "node:fs";
import { join } from "node:path";
import * as pg from "../../drivers/pg.ts";
import { connect } from "../../runner/connection/connect.ts";
import { withDatabase } from "../../runner/connection/connection-uri.ts";
import { findBinaries } from "../../runner/database/embedded/binaries.ts";
import { makeCluster } from "../../runner/database/embedded/cluster.ts";
import { type Server, serverUser, startServer } from "../../runner/database/embedded/server.ts";
import { createScratch, dropScratch, scratchName } from "../../runner/database/scratch.ts";
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
let directories = 0;

/** Starts a server that stays up for the whole benchmark. */
export async function startBenchServer(): Promise<BenchServer> {
  const files = await makeFiles();
  const server = await files.start();
  const url = await files.makeRole(server, "bench", "bench-secret");
  return {
    version: files.version,
    url,
    async withDatabase(work) {
      const db = await connect(pg, url);
      const name = scratchName("bench");
      await createScratch(db, name);
      try {
        return await work(withDatabase(url, name));
      } finally {
        await dropScratch(db, name);
        await db.close();
      }
    },
    async close() {
      await server.stop();
      files.remove();
    },
  };
}

/** A server that is started for a piece of work, and stopped after it. */
export interface ShortServer {
  /** @param work is given two empty databases, or what an earlier piece of work left in them */
  run<Result>(work: (urls: readonly string[]) => Promise<Result>): Promise<Result>;
  close(): void;
}

/** Makes the files of a server, with two databases. It is not running. */
export async function makeShortServer(): Promise<ShortServer> {
  const files = await makeFiles();
  const names = ["one", "two"];
  const first = await files.start();
  const db = await connect(pg, await files.makeRole(first, "guide_bench", "bench-secret"));
  for (const name of names) await createScratch(db, name);
  await db.close();
  await first.stop();
  return {
    async run(work) {
      const server = await files.start();
      try {
        const url = urlOf(server, "guide_bench", "bench-secret");
        return await work(names.map((name) => withDatabase(url, name)));
      } finally {
        await server.stop();
      }
    },
    close: files.remove,
  };
}

const urlOf = ({ port }: Server, user: string, password: string) =>
  `postgresql://${user}:${password}@127.0.0.1:${port}/postgres?sslmode=disable`;

async function makeFiles() {
  const memory = memoryDirectory();
  const workspace = openWorkspace(memory);
  const user = serverUser();
  const binaries = findBinaries(workspace.root, user);
  const cluster = await makeCluster(workspace, binaries, user);
  return {
    version: binaries.version,
    start: () => startServer(workspace, binaries, user, cluster),
    /** @returns the connection string of a role that may create databases, as Neon's owner role may */
    async makeRole(server: Server, name: string, password: string): Promise<string> {
      const superuser = await connect(pg, urlOf(server, "postgres", cluster.password));
      // The embedded server's passwords take one round of hashing. Any other server's take this many.
      await superuser.query("SET scram_iterations = 4096");
      await superuser.query(`CREATE ROLE ${name} LOGIN CREATEDB PASSWORD '${password}'`);
      await superuser.close();
      return urlOf(server, name, password);
    },
    remove() {
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
      : join("/dev/shm", `guide-bench-${process.pid}-${directories++}`);
  } catch {
    return undefined;
  }
}
