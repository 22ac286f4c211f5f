import { randomBytes } from "node:crypto";
import { statfsSync } from "node:fs";
import { withDatabase } from "../../../drivers/connection/connection-uri.ts";
import { Failure } from "../../failure.ts";
import type { Workspace } from "../../workspace/workspace.ts";
import type { GuideDatabase, Lane } from "../guide-database.ts";
import { openPool, type Pool } from "../pool.ts";
import { quoteIdentifier } from "../quote.ts";
import { dropScratch } from "../scratch.ts";
import { scratchName } from "../scratch-name.ts";
import { type Binaries, findBinaries } from "./binaries.ts";
import { type Cluster, makeCluster } from "./cluster.ts";
import { keepCluster, takeCluster } from "./cluster-cache.ts";
import { type Server, startServer } from "./server-process.ts";
import { type ServerUser, serverUser } from "./server-user.ts";

const MEGABYTES_NEEDED = 100;

/**
 * Starts a PostgreSQL of the run's own. A cluster from the cache that turns out damaged is replaced by
 * a new one.
 * @throws Failure of kind "database"
 */
export async function openEmbedded(workspace: Workspace): Promise<GuideDatabase> {
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
): Promise<GuideDatabase> {
  const server = await startServer(workspace, binaries, user, cluster);
  const pool = openPool(urlOf(server, "postgres", cluster.password));
  try {
    const role = await makeRole(pool);
    const url = urlOf(server, role.name, role.password);
    return {
      label: `embedded PostgreSQL ${binaries.version.split("-")[0]}`,
      kind: "embedded",
      isParallel: true,
      openLane: (driver, name) => openLane(url, pool, role.name, driver, name),
      async close() {
        const isAsNew = await dropRole(pool, role.name);
        await pool.close();
        const isClean = await server.stop();
        if (isAsNew && isClean) keepCluster(workspace, binaries);
      },
    };
  } catch (error) {
    await pool.close();
    await server.stop();
    throw error;
  }
}

/** The steps never act as the superuser: what they can change is gone when their role is. */
async function makeRole({ withConnection }: Pool) {
  const random = randomBytes(4).toString("hex");
  const role = { name: `guide_${random}`, password: randomBytes(18).toString("base64url") };
  await withConnection((db) =>
    db.execute(`CREATE ROLE ${role.name} LOGIN CREATEDB PASSWORD '${role.password}'`),
  );
  return role;
}

/**
 * Copying the template's files takes half as long as the default, but needs checkpoints: they
 * are cheap on a server of our own, not on one that is busy.
 */
async function openLane(
  url: string,
  { withConnection }: Pool,
  role: string,
  driver: string,
  name = scratchName(driver, Date.now()),
): Promise<Lane> {
  const database = quoteIdentifier(name);
  await withConnection((db) =>
    db.execute(`CREATE DATABASE ${database} OWNER ${role} TEMPLATE template0 STRATEGY file_copy`),
  );
  return {
    name,
    url: withDatabase(url, name),
    close: async () => {
      await withConnection((db) => dropScratch(db, name));
    },
  };
}

/** @returns whether nothing is left of the run: then the next one may use the cluster */
async function dropRole({ withConnection }: Pool, role: string): Promise<boolean> {
  try {
    await withConnection(async (db) => {
      const left = await db.query(
        "SELECT datname FROM pg_database WHERE datname NOT IN ('postgres', 'template0', 'template1')",
      );
      for (const { datname } of left) {
        await dropScratch(db, String(datname));
      }
      await db.execute(`DROP ROLE ${role}`);
    });
    return true;
  } catch {
    return false;
  }
}

function urlOf({ port }: Server, user: string, password: string): string {
  return `postgresql://${user}:${password}@127.0.0.1:${port}/postgres`;
}
