import { connect } from "../drivers/connect.ts";
import { withDatabase } from "../drivers/connection-uri.ts";
import * as pg from "../drivers/pg.ts";
import { findBinaries } from "../runner/database/embedded/binaries.ts";
import { makeCluster } from "../runner/database/embedded/cluster.ts";
import { startServer } from "../runner/database/embedded/server.ts";
import { serverUser } from "../runner/database/embedded/server-user.ts";
import { createScratch, dropScratch } from "../runner/database/scratch.ts";
import type { Workspace } from "../runner/workspace/workspace.ts";

/** The running server on which all contestants work that do not bring their own. */
export interface BenchServer {
  readonly version: string;
  /** With a role that may create databases, as Neon's owner role may. */
  readonly url: string;
  /** Gives some work an empty database of its own, which is dropped afterwards. */
  withDatabase<Result>(work: (url: string) => Promise<Result>): Promise<Result>;
  close(): Promise<void>;
}

/** Starts a server that stays up for the whole benchmark, in the workspace's directory. */
export async function startBenchServer(workspace: Workspace): Promise<BenchServer> {
  const user = serverUser();
  const binaries = findBinaries(workspace.root, user);
  const cluster = await makeCluster(workspace, binaries, user);
  const server = await startServer(workspace, binaries, user, cluster);

  const place = `127.0.0.1:${server.port}/postgres?sslmode=disable`;
  const superuser = await connect(pg, `postgresql://postgres:${cluster.password}@${place}`);
  // The embedded server's passwords take one round of hashing. Any other server's take this many.
  await superuser.execute("SET scram_iterations = 4096");
  await superuser.execute("CREATE ROLE bench LOGIN CREATEDB PASSWORD 'bench-secret'");
  await superuser.close();

  const url = `postgresql://bench:bench-secret@${place}`;
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
    },
  };
}
