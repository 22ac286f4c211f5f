import { type ChildProcess, spawn } from "node:child_process";
import { randomInt } from "node:crypto";
import { closeSync, openSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { join, relative } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { attempt, Failure } from "../../common/failure.ts";
import { isRoot } from "../../workspace/find-cache.ts";
import { endProcesses } from "../../workspace/watchdog.ts";
import type { Workspace } from "../../workspace/workspace.ts";
import type { Binaries } from "./binaries.ts";
import type { Cluster } from "./cluster.ts";

/** A running server, on this machine's loopback address only. */
export interface Server {
  readonly port: number;
  /** The file that it writes its log to. */
  readonly log: string;
  /**
   * Shuts down the server.
   * @param isStuck kill it at once: it does not answer
   * @returns whether the files are as a clean shutdown leaves them
   */
  stop(isStuck?: boolean): Promise<boolean>;
}

/** The user that the server runs as, for `spawn`. Empty: the user that the runner runs as. */
export interface ServerUser {
  readonly uid?: number;
  readonly gid?: number;
}

/** How a server is unlike those that live for one run. */
export interface ServerOptions {
  /** 0 for any that is free */
  readonly port?: number;
  readonly settings?: Readonly<Record<string, string>>;
  /** A command that ends by running the command line after it, in the same process. Not on Windows. */
  readonly wrapper?: readonly string[];
}

/** A fast shutdown takes some 20 ms. */
const STOP_LIMIT_MS = 5000;
const START_LIMIT_MS = 60_000;

/** Below those that systems give to outgoing connections. To ask for a free one would take a turn of the event loop. */
const PORTS = { first: 20_000, last: 32_767 };

const PID_FILE = "postmaster.pid";
const onWindows = process.platform === "win32";

/** In `global/pg_control`: a value of PostgreSQL's `DBState`. */
const SHUT_DOWN = 1;

/**
 * The files do not outlive the run, so they need not survive a power cut, or a busy week. On Windows,
 * cmd.exe reads the values: they must not have spaces, or characters that it knows, such as |.
 */
const settings = {
  listen_addresses: "127.0.0.1",
  unix_socket_directories: "",
  fsync: "off",
  full_page_writes: "off",
  synchronous_commit: "off",
  wal_level: "minimal",
  max_wal_senders: "0",
  max_logical_replication_workers: "0",
  autovacuum: "off",
  io_method: "sync",
  max_connections: "120", // the most --jobs, each with two clients
  shared_buffers: "16MB",
  // Passwords are random and live for one run: a thousand rounds of hashing add nothing.
  scram_iterations: "1",
  timezone: "UTC",
  // A scratch database may be in memory. What steps write is not, so that a guide cannot fill the memory.
  default_tablespace: "pg_default",
  temp_tablespaces: "pg_default",
  lc_messages: "C",
  log_line_prefix: "%p,%u,%d,", // the process, the role and the database
};

/**
 * Chooses the user that the server runs as: postgres refuses to run as root, and so runs as `nobody`.
 * @throws Failure of kind "database" if there is no such user
 */
export function serverUser(): ServerUser {
  if (!isRoot) return {};
  const [, uid, gid] = /^nobody:[^:]*:(-?\d+):(-?\d+):/m.exec(readText("/etc/passwd")) ?? [];
  // macOS writes 4294967294 as -2.
  if (uid && gid) return { uid: Number(uid) >>> 0, gid: Number(gid) >>> 0 };
  throw new Failure(
    "database",
    "PostgreSQL does not run as root, and there is no user named nobody. Run the guide as another user, or set DATABASE_URL.",
  );
}

/** @throws Failure of kind "database" with what the server said */
export async function startServer(
  workspace: Workspace,
  binaries: Binaries,
  user: ServerUser,
  cluster: Cluster,
  { port: wantedPort = 0, settings: other = {}, wrapper = [] }: ServerOptions = {},
): Promise<Server> {
  const log = join(workspace.directory, "server.log");
  for (let round = 1; ; round++) {
    const port = wantedPort || randomInt(PORTS.first, PORTS.last + 1);
    // In the titles of the server's processes: by the run's name, the watchdog finds those of all servers of the run.
    const name = `${workspace.name}.${port}`;
    const all = { ...settings, ...other, port, cluster_name: name };
    const options = Object.entries(all).map((setting) => setting.join("="));
    // A wrapper removes it itself, when it has the lock.
    if (wrapper.length === 0) rmSync(join(cluster.dataDirectory, PID_FILE), { force: true });
    const child = onWindows
      ? launchOnWindows(binaries, cluster, options, log)
      : launch([...wrapper, binaries.postgres], user, cluster, options, log);
    if (await isReady(child, cluster)) {
      const stop = (isStuck = false) =>
        onWindows ? stopOnWindows(cluster, isStuck) : stopChild(child, isStuck, name);
      return { port, log, stop };
    }
    if (onWindows) await stopOnWindows(cluster, true);
    else child.kill("SIGKILL");
    const said = readText(log);
    // Another program listens on the port.
    if (round < 5 && said.includes("could not create any TCP/IP sockets")) continue;
    throw new Failure("database", `The embedded PostgreSQL did not start. ${lastError(said)}`);
  }
}

function launch(
  [program = "", ...words]: readonly string[],
  user: ServerUser,
  { dataDirectory }: Cluster,
  options: readonly string[],
  logFile: string,
): ChildProcess {
  const log = openSync(logFile, "w", 0o600);
  try {
    const choices = options.flatMap((option) => ["-c", option]);
    return spawn(program, [...words, "-D", dataDirectory, ...choices], {
      ...user,
      cwd: dataDirectory,
      detached: true, // Ctrl-C does not reach it: the runner stops it, after the steps
      stdio: ["ignore", log, log],
      env: environmentOf(options),
    }).on("error", () => {});
  } finally {
    closeSync(log);
  }
}

/** Where dblink and the like connect to, if no host is named: to the server itself, and not to one of the reader's. */
function environmentOf(options: readonly string[]): NodeJS.ProcessEnv {
  const port = options.find((option) => option.startsWith("port="))?.slice("port=".length);
  return { PATH: process.env.PATH ?? "", PGHOST: "127.0.0.1", PGPORT: port };
}

/**
 * Launches a server through pg_ctl: postgres refuses to run as an administrator, and pg_ctl drops those
 * rights. So the server is not our child, and its files say how it is.
 */
function launchOnWindows(
  { pgCtl }: Binaries,
  { dataDirectory }: Cluster,
  options: readonly string[],
  logFile: string,
): ChildProcess {
  rmSync(logFile, { force: true });
  // Relative paths: pg_ctl hands them to cmd.exe, for which a % may begin a variable.
  const files = ["-D", ".", "-l", relative(dataDirectory, logFile)];
  const wait = ["-w", "-t", String(START_LIMIT_MS / 1000)];
  const choices = options.map((option) => `-c ${option}`).join(" ");
  return spawn(pgCtl, ["start", ...files, ...wait, "-o", choices], {
    cwd: dataDirectory,
    stdio: "ignore", // the server would hold a pipe as long as it lives
    windowsHide: true,
    env: environmentOf(options),
  }).on("error", () => {});
}

/**
 * Waits for the status line of postmaster.pid, which pg_ctl reads too, but only ten times a second.
 * @param child the server, or pg_ctl on Windows
 */
async function isReady(child: ChildProcess, { dataDirectory }: Cluster): Promise<boolean> {
  const deadline = Date.now() + START_LIMIT_MS;
  while (child.pid) {
    const isOver = hasEnded(child) || Date.now() > deadline;
    const lines = readText(join(dataDirectory, PID_FILE)).split("\n");
    const isItself = onWindows || (!isOver && lines[0] === String(child.pid));
    if (isItself && lines[7]?.trim() === "ready") return true;
    if (isOver) return false;
    await sleep(3);
  }
  return false;
}

async function stopChild(child: ChildProcess, isStuck: boolean, name: string): Promise<boolean> {
  if (!child.pid || hasEnded(child)) return false;
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  child.kill(isStuck ? "SIGKILL" : "SIGINT"); // SIGINT is PostgreSQL's fast shutdown
  const timer = setTimeout(() => child.kill("SIGKILL"), STOP_LIMIT_MS);
  await ended;
  clearTimeout(timer);
  // If it was killed, its processes live on, at least those that are frozen.
  if (child.signalCode === "SIGKILL") endProcesses(name);
  return child.exitCode === 0;
}

async function stopOnWindows({ dataDirectory }: Cluster, isStuck: boolean): Promise<boolean> {
  const { shutDown } = await import("../../workspace/windows.mjs");
  await shutDown(dataDirectory, isStuck ? "immediate" : "fast");
  const control = join(dataDirectory, "global", "pg_control");
  return attempt(() => readFileSync(control).readUInt32LE(16) === SHUT_DOWN, false);
}

function hasEnded({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode !== null || signalCode !== null;
}

/**
 * Finds a port of the loopback address that no program listens on.
 * @param wanted 0 for any
 * @throws what `listen` says, if the port is taken
 */
export function freePort(wanted = 0): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer().once("error", reject);
    probe.listen(wanted, "127.0.0.1", () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === "object" && address ? address.port : 0));
    });
  });
}

function readText(file: string): string {
  return attempt(() => readFileSync(file, "utf8"), "");
}

function lastError(log: string): string {
  const lines = log.trim().split("\n");
  const error = lines.findLast((line) => /FATAL|PANIC|error/.test(line)) ?? lines.at(-1) ?? "";
  return error.replace(/^.*?(FATAL|PANIC):\s*/, "It said: ");
}
