import { randomBytes } from "node:crypto";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { Failure } from "../../common/failure.ts";
import { makeDirectory, type Workspace } from "../../workspace/workspace.ts";
import { openPool } from "../pool.ts";
import { quoteIdentifier } from "../quote.ts";
import { findBinaries } from "./binaries.ts";
import { type Cluster, makeCluster } from "./cluster.ts";
import { lockKept } from "./kept-lock.ts";
import { freePort, startServer } from "./server-process.ts";
import { serverUser } from "./server-user.ts";

/** A server whose port, name, password and data are there again the next time. */
export interface KeptServer {
  readonly label: string;
  readonly url: string;
  /** Where its files are. */
  readonly directory: string;
  close(): Promise<void>;
}

/** What is remembered beside the data. */
interface Remembered {
  readonly port: number;
  readonly password: string;
}

/** These files are worth something: they survive a power cut, and a busy week. */
const settings = {
  fsync: "on",
  full_page_writes: "on",
  synchronous_commit: "on",
  autovacuum: "on",
  scram_iterations: "4096",
};

/**
 * Starts the server of this name. The first time, it is made, with a database of the same name.
 * @param wantedPort undefined for the one that it had, and the first time for one that is free
 * @throws Failure where it runs already, or where its port is taken
 */
export async function openKept(
  workspace: Workspace,
  name: string,
  wantedPort: number | undefined,
): Promise<KeptServer> {
  const kept = join(workspace.root, "kept");
  const directory = join(kept, name);
  const memory = join(directory, "remembered.json");
  const user = serverUser();
  const binaries = findBinaries(workspace.root, user);
  makeDirectory(kept);
  const through = lockKept(name, directory);

  const before: Remembered | undefined = existsSync(memory)
    ? JSON.parse(readFileSync(memory, "utf8"))
    : undefined;
  const port = wantedPort || before?.port || (await freePort());
  await refuseTaken(port);
  const remembered = { port, password: before?.password ?? randomBytes(18).toString("base64url") };
  if (!before) {
    rmSync(directory, { recursive: true, force: true }); // of a first time that was broken off
    makeDirectory(directory);
  }
  const cluster = before
    ? clusterIn(directory)
    : await makeCluster({ ...workspace, directory }, binaries, user);

  const server = await startServer(workspace, binaries, user, cluster, { port, settings, through });
  const close = async () => void (await server.stop());
  try {
    if (!before) await makeDatabase(cluster, port, name, remembered.password);
    writeFileSync(memory, JSON.stringify(remembered), { mode: 0o600 });
  } catch (error) {
    await close();
    throw error;
  }
  return {
    label: `embedded PostgreSQL ${binaries.version.split("-")[0]}`,
    url: `postgresql://${name}:${remembered.password}@127.0.0.1:${port}/${name}`,
    directory,
    close,
  };
}

function clusterIn(directory: string): Cluster {
  const password = readFileSync(join(directory, "cluster", "password"), "utf8");
  return { dataDirectory: join(directory, "cluster", "data"), password };
}

function refuseTaken(port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const probe = createServer().once("error", () =>
      reject(new Failure("usage", `Port ${port} is taken. Choose another one: --port NUMBER.`)),
    );
    probe.listen(port, "127.0.0.1", () => probe.close(() => resolve()));
  });
}

async function makeDatabase(
  { password: superuser }: Cluster,
  port: number,
  name: string,
  password: string,
): Promise<void> {
  const pool = openPool(`postgresql://postgres:${superuser}@127.0.0.1:${port}/postgres`);
  try {
    await pool.withConnection(async (db) => {
      await db.execute(
        `CREATE ROLE ${quoteIdentifier(name)} LOGIN CREATEDB PASSWORD '${password}'`,
      );
      await db.execute(`CREATE DATABASE ${quoteIdentifier(name)} OWNER ${quoteIdentifier(name)}`);
    });
  } finally {
    await pool.close();
  }
}
