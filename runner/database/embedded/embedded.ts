import { randomBytes } from "node:crypto";
import { afterAbort } from "../../common/abort.ts";
import { withDatabase } from "../../connection/connection-uri.ts";
import type { Workspace } from "../../workspace/workspace.ts";
import type { ClientDatabase, GuideServer } from "../guide-database.ts";
import { openPool, type Pool } from "../pool.ts";
import { quoteIdentifier } from "../quote.ts";
import { dropScratch } from "../scratch.ts";
import { scratchName } from "../scratch-name.ts";
import { type Binaries, findBinaries } from "./binaries.ts";
import { type Cluster, makeCluster } from "./cluster.ts";
import { copyPristine, keepCluster, takeCluster } from "./cluster-cache.ts";
import { refuseFullDisk } from "./disk-space.ts";
import { type Memory, openMemory } from "./memory.ts";
import { type Server, startServer } from "./server-process.ts";
import { type ServerUser, serverUser } from "./server-user.ts";

/** Somebody has pressed Ctrl-C, and waits. A server that does not answer by then is killed. */
const TIDY_LIMIT_MS = 2000;

/** What a run may be given to work with. */
interface Means {
  readonly workspace: Workspace;
  readonly binaries: Binaries;
  readonly user: ServerUser;
  readonly signal: AbortSignal;
}

/**
 * Starts a PostgreSQL of the run's own, on a cluster from the cache, or else on a new one. A cluster
 * from the cache that turns out damaged is passed over.
 * @param signal nobody wants to wait any longer
 * @throws Failure of kind "database"
 */
export async function openEmbedded(
  workspace: Workspace,
  signal: AbortSignal,
): Promise<GuideServer> {
  refuseFullDisk(workspace.root);
  const user = serverUser();
  const means = { workspace, user, binaries: findBinaries(workspace.root, user), signal };
  for (const find of [takeCluster, copyPristine]) {
    const cluster = await find(workspace, means.binaries, user);
    const opened = cluster && (await open(means, cluster).catch(() => undefined));
    if (opened) return opened;
  }
  return open(means, await makeCluster(workspace, means.binaries, user));
}

async function open(means: Means, cluster: Cluster): Promise<GuideServer> {
  const { workspace, binaries, user, signal } = means;
  const server = await startServer(workspace, binaries, user, cluster);
  const pool = openPool(urlOf(server, "postgres", cluster.password));
  try {
    const role = await makeRole(pool);
    const memory = await openMemory(workspace, pool, user);
    const url = urlOf(server, role.name, role.password);
    return {
      label: `embedded PostgreSQL ${binaries.version.split("-")[0]}`,
      kind: "embedded",
      isParallel: true,
      createDatabase: (client, name = scratchName(client)) =>
        createDatabase(url, pool, role.name, memory, name),
      observe: async () => (await import("./observe.ts")).observe(pool, role.name, url, server.log),
      async close() {
        const limit = afterAbort(signal, TIDY_LIMIT_MS).then(() => "late" as const);
        const state = await Promise.race([tidy(pool, role.name, memory), limit]);
        await pool.close();
        const isClean = await server.stop(state === "late");
        if (state === "as new" && isClean) keepCluster(workspace, binaries);
      },
    };
  } catch (error) {
    await pool.close();
    await server.stop(false);
    throw error;
  }
}

/**
 * The steps never act as the superuser: what they can change is gone when their role is. Their
 * tables are in a tablespace that is not their database's own, which needs a right.
 */
async function makeRole({ withConnection }: Pool) {
  const random = randomBytes(4).toString("hex");
  const role = { name: `guide_${random}`, password: randomBytes(18).toString("base64url") };
  await withConnection((db) =>
    db.execute(
      `CREATE ROLE ${role.name} LOGIN CREATEDB PASSWORD '${role.password}';
       GRANT CREATE ON TABLESPACE pg_default TO PUBLIC`,
    ),
  );
  return role;
}

/**
 * Copying the template's files takes half as long as the default, but needs checkpoints: they
 * are cheap on a server of our own, not on one that is busy.
 */
async function createDatabase(
  url: string,
  { withConnection, openIn }: Pool,
  role: string,
  memory: Memory | undefined,
  name: string,
): Promise<ClientDatabase> {
  const create = `CREATE DATABASE ${quoteIdentifier(name)} OWNER ${role} TEMPLATE template0 STRATEGY file_copy`;
  const close = () => withConnection((db) => dropScratch(db, name, openIn));
  const database = { name, url: withDatabase(url, name), close };
  if (memory) {
    try {
      await withConnection((db) => db.execute(`${create} TABLESPACE ${memory.tablespace}`));
      if (!memory.isNearlyFull()) return database;
      await close();
    } catch {
      // no room: on the disk, then
    }
  }
  await withConnection((db) => db.execute(create));
  return database;
}

/** Leaves nothing of the run: then the next one may use the cluster. */
async function tidy(
  { withConnection, openIn }: Pool,
  role: string,
  memory: Memory | undefined,
): Promise<"as new" | "used"> {
  try {
    await withConnection(async (db) => {
      const left = await db.query(
        "SELECT datname FROM pg_database WHERE datname NOT IN ('postgres', 'template0', 'template1')",
      );
      for (const { datname } of left) await dropScratch(db, String(datname), openIn);
      if (memory) await db.execute(`DROP TABLESPACE ${memory.tablespace}`);
      const roles = await db.query(
        `SELECT rolname FROM pg_roles WHERE starts_with(rolname, '${role}')`,
      );
      for (const { rolname } of roles) await db.execute(`DROP ROLE ${rolname}`);
    });
    return "as new";
  } catch {
    return "used";
  }
}

function urlOf({ port }: Server, user: string, password: string): string {
  return `postgresql://${user}:${password}@127.0.0.1:${port}/postgres`;
}
