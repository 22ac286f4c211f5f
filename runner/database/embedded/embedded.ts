import { randomBytes } from "node:crypto";
import { statfsSync } from "node:fs";
import { connect } from "../../../drivers/connect.ts";
import type { Database } from "../../../drivers/driver.ts";
import * as driver from "../../../drivers/postgres.ts";
import { Failure } from "../../failure.ts";
import type { Workspace } from "../../workspace/workspace.ts";
import { quoteIdentifier } from "../quote.ts";
import { type Binaries, findBinaries } from "./binaries.ts";
import { type Cluster, makeCluster, shelveCluster, takeCluster } from "./cluster.ts";
import { type Server, startServer } from "./server.ts";
import { type ServerUser, serverUser } from "./server-user.ts";

const MEGABYTES_NEEDED = 100;

/** A PostgreSQL of the run's own. */
export interface Embedded {
  readonly version: string;
  /** With a role that may create databases and nothing else. */
  readonly url: string;
  close(): Promise<void>;
}

/**
 * Starts the embedded PostgreSQL. A cluster from the shelf that turns out damaged is replaced by
 * a new one.
 * @throws Failure of kind "database"
 */
export async function startEmbedded(workspace: Workspace): Promise<Embedded> {
  refuseFullDisk(workspace.root);
  const user = serverUser();
  const binaries = findBinaries(workspace.root, user);
  const reused = takeCluster(workspace, binaries);
  if (reused) {
    try {
      return await open(workspace, binaries, user, reused);
    } catch {
      // made anew below
    }
  }
  return open(workspace, binaries, user, await makeCluster(workspace, binaries, user));
}

/** PostgreSQL's own messages on a full disk are hard to read: "buffer is pinned", for one. */
function refuseFullDisk(directory: string): void {
  const { bavail, bsize } = statfsSync(directory);
  const free = Math.floor((bavail * bsize) / 1024 ** 2);
  if (free >= MEGABYTES_NEEDED) return;
  throw new Failure(
    "database",
    `The disk is full: ${free} MB are free in ${directory}, and the embedded PostgreSQL needs ${MEGABYTES_NEEDED}. Free some, or set DATABASE_URL.`,
  );
}

async function open(
  workspace: Workspace,
  binaries: Binaries,
  user: ServerUser,
  cluster: Cluster,
): Promise<Embedded> {
  const server = await startServer(workspace, binaries, user, cluster);
  try {
    const role = await makeRole(server, cluster);
    return {
      version: binaries.version.split("-")[0] ?? binaries.version,
      url: urlOf(server, role.name, role.password),
      async close() {
        const isAsNew = await dropRole(server, cluster, role.name);
        const isClean = await server.stop();
        if (isAsNew && isClean) shelveCluster(workspace, binaries);
      },
    };
  } catch (error) {
    await server.stop();
    throw error;
  }
}

/** The steps never act as the superuser: what they can change is gone when their role is. */
async function makeRole(server: Server, cluster: Cluster) {
  const random = randomBytes(4).toString("hex");
  const role = { name: `guide_${random}`, password: randomBytes(18).toString("base64url") };
  await asSuperuser(server, cluster, async (db) => {
    await db.execute(`CREATE ROLE ${role.name} LOGIN CREATEDB PASSWORD '${role.password}'`);
  });
  return role;
}

/** @returns whether nothing is left of the run: then the next one may use the cluster */
async function dropRole(server: Server, cluster: Cluster, role: string): Promise<boolean> {
  try {
    await asSuperuser(server, cluster, async (db) => {
      const left = await db.query(
        "SELECT datname FROM pg_database WHERE datname NOT IN ('postgres', 'template0', 'template1')",
      );
      for (const { datname } of left) {
        await db.execute(`DROP DATABASE ${quoteIdentifier(String(datname))} WITH (FORCE)`);
      }
      await db.execute(`DROP ROLE ${role}`);
    });
    return true;
  } catch {
    return false;
  }
}

async function asSuperuser(
  server: Server,
  cluster: Cluster,
  work: (db: Database) => Promise<void>,
): Promise<void> {
  const db = await connect(driver, urlOf(server, "postgres", cluster.password));
  await work(db).finally(() => db.close());
}

function urlOf({ port }: Server, user: string, password: string): string {
  return `postgresql://${user}:${password}@127.0.0.1:${port}/postgres`;
}
