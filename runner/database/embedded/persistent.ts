import { spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { chmodSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { attempt, Failure } from "../../common/failure.ts";
import { isRecord } from "../../common/json.ts";
import { move, writeWhole } from "../../common/write-files.ts";
import { makeDirectory } from "../../workspace/cache-directory.ts";
import { isAlive, type Workspace } from "../../workspace/workspace.ts";
import { openPool } from "../pool.ts";
import { quoteIdentifier } from "../scratch.ts";
import { findBinaries } from "./binaries.ts";
import { type Cluster, clusterDirectory, makeCluster } from "./cluster.ts";
import { freePort, serverUser, startServer } from "./server.ts";

/** A server that has the same port, name, password and data each time. */
export interface PersistentServer {
  readonly label: string;
  readonly url: string;
  /** Where its files are. */
  readonly directory: string;
  close(): Promise<void>;
}

/** What settings.json has, next to the cluster. */
interface Settings {
  readonly port: number;
  readonly password: string;
}

/** The exit code of flock if another process has the lock. */
const LOCKED = 75;

/** These files must survive a power cut, and a busy week. */
const serverSettings = {
  fsync: "on",
  full_page_writes: "on",
  synchronous_commit: "on",
  autovacuum: "on",
  scram_iterations: "4096",
};

/**
 * Starts the server of this name. The first time, it is made, with a role and a database of the same name.
 * Its cluster is never removed.
 * @param wantedPort undefined for the port that it had, and the first time for one that is free
 * @throws Failure of kind "usage" if it runs already, its port is taken, or its files are damaged
 */
export async function openPersistent(
  workspace: Workspace,
  name: string,
  wantedPort: number | undefined,
): Promise<PersistentServer> {
  const directory = join(workspace.root, "persistent", name);
  const cluster = join(directory, "cluster");
  const user = serverUser();
  const binaries = findBinaries(workspace.root, user);
  makeDirectory(directory);
  const wrapper = lockServer(name, directory);

  const file = join(directory, "settings.json");
  const before = readSettings(file);
  const wanted = wantedPort || before?.port || 0;
  const port = await freePort(wanted).catch(() => {
    throw new Failure("usage", `Port ${wanted} is taken. Choose another one: --port NUMBER.`);
  });
  const settings = { port, password: before?.password ?? randomBytes(18).toString("base64url") };
  if (!existsSync(cluster)) {
    await makeCluster(workspace, binaries, user);
    move(clusterDirectory(workspace), cluster);
  }
  const files = readCluster(cluster);
  const options = { port, settings: serverSettings, wrapper };
  const server = await startServer(workspace, binaries, user, files, options);
  const close = async () => void (await server.stop());
  try {
    writeWhole(file, JSON.stringify(settings), 0o600); // not a port on which it cannot listen
    await makeDatabase(files, name, settings);
  } catch (error) {
    await close();
    throw error;
  }
  return {
    label: `embedded PostgreSQL ${binaries.version.split("-")[0]}`,
    url: `postgresql://${name}:${settings.password}@127.0.0.1:${port}/${name}`,
    directory,
    close,
  };
}

/**
 * Keeps a second server from the same files, which would destroy them. PostgreSQL itself asks for a pid,
 * which in another container is another process. A lock means the same in all containers, and the server's
 * processes hold it as long as one of them lives.
 * @returns the command to start the server with. Empty if there is no flock, as on macOS and Windows:
 *   containers that share files with them run in a virtual machine
 * @throws Failure of kind "usage" if the server runs
 */
function lockServer(name: string, directory: string): readonly string[] {
  const lock = `${directory}.lock`;
  const pidFile = join(directory, "cluster", "data", "postmaster.pid");
  writeFileSync(lock, "");
  chmodSync(lock, 0o644); // the server's user opens it
  const { status, error } = spawnSync("flock", ["-n", "-F", "-E", `${LOCKED}`, lock, "true"]);
  const canLock = error === undefined && (status === 0 || status === LOCKED);
  const pid = readPid(pidFile);
  if (status === LOCKED || (!canLock && pid)) {
    const where = pid ? `as process ${pid}` : "in another container, or as another user";
    const message = `The server ${name} is running ${where}. Stop it there, or use another name.`;
    throw new Failure("usage", message);
  }
  if (!canLock) return [];
  // With the lock, the pid of the last server means nothing: another process may have it now.
  return ["flock", "-n", "-F", lock, "/bin/sh", "-c", 'rm -f "$0"; exec "$@"', pidFile];
}

/** @returns undefined if no process has it */
function readPid(file: string): number | undefined {
  const text = attempt(() => readFileSync(file, "utf8"), "");
  const pid = Number.parseInt(text, 10);
  return pid > 0 && isAlive(pid) ? pid : undefined;
}

/** @returns undefined if there is no file */
function readSettings(file: string): Settings | undefined {
  if (!existsSync(file)) return undefined;
  try {
    const json: unknown = JSON.parse(readFileSync(file, "utf8"));
    const { port, password } = isRecord(json) ? json : {};
    const isPort = typeof port === "number" && Number.isInteger(port) && port > 0 && port < 65_536;
    if (isPort && typeof password === "string" && /^[\w-]+$/.test(password))
      return { port, password };
  } catch {
    // the message below serves for both
  }
  throw new Failure(
    "usage",
    `${file} is damaged. Delete it: the data stays, and the server gets a new port and password.`,
  );
}

function readCluster(directory: string): Cluster {
  const file = join(directory, "password");
  try {
    return { dataDirectory: join(directory, "data"), password: readFileSync(file, "utf8") };
  } catch {
    throw new Failure(
      "usage",
      `${file} cannot be read, and the server does not start without it. Restore it, or use another name.`,
    );
  }
}

/** Makes the role and the database of this name if they are missing, and sets the role's password. */
async function makeDatabase(
  { password: superuser }: Cluster,
  name: string,
  { port, password }: Settings,
): Promise<void> {
  const pool = openPool(`postgresql://postgres:${superuser}@127.0.0.1:${port}/postgres`);
  const quoted = quoteIdentifier(name);
  try {
    await pool.withConnection(async (db) => {
      const {
        rows: [found],
      } = await db.query(
        `SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = $1) AS role,
                EXISTS (SELECT FROM pg_database WHERE datname = $1) AS database`,
        [name],
      );
      const verb = found?.role ? "ALTER" : "CREATE";
      await db.query(`${verb} ROLE ${quoted} LOGIN CREATEDB PASSWORD '${password}'`);
      if (!found?.database) await db.query(`CREATE DATABASE ${quoted} OWNER ${quoted}`);
    });
  } finally {
    await pool.close();
  }
}
