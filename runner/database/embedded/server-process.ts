import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, openSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { basename, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Failure } from "../../common/failure.ts";
import type { Workspace } from "../../workspace/workspace.ts";
import type { Binaries } from "./binaries.ts";
import type { Cluster } from "./cluster.ts";
import type { ServerUser } from "./server-user.ts";

/** A running server, on this machine's loopback address only. */
export interface Server {
  readonly port: number;
  /** The file that it writes its log to. */
  readonly log: string;
  /**
   * Shuts down, or kills at once what does not answer.
   * @returns whether the files are as a clean shutdown leaves them
   */
  stop(isStuck?: boolean): Promise<boolean>;
}

/** A fast shutdown takes some 20 ms. */
const STOP_LIMIT_MS = 5000;

/**
 * Nothing here outlives the run, so nothing needs to survive a power cut, or a busy week. On Windows,
 * cmd.exe reads the values: no blank and none of its own signs, such as |, may be in one.
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
  max_connections: "40",
  shared_buffers: "16MB",
  // Its passwords are random and live for a run: a thousand rounds of hashing add nothing.
  scram_iterations: "1",
  timezone: "UTC",
  // A scratch database may be in memory. What is written to it is not: no guide fills the memory.
  default_tablespace: "pg_default",
  temp_tablespaces: "pg_default",
  lc_messages: "C",
  log_line_prefix: "%p,%u,%d,", // the process, the role and the database
};

/** How a server is unlike those that live for a run. */
export interface ServerChoice {
  /** 0 for any that is free */
  readonly port?: number;
  readonly settings?: Readonly<Record<string, string>>;
  /** Words that end by running what follows them, in the same process. Not on Windows */
  readonly through?: readonly string[];
}

/** @throws Failure of kind "database" with what the server said */
export async function startServer(
  workspace: Workspace,
  binaries: Binaries,
  user: ServerUser,
  cluster: Cluster,
  { port: wantedPort = 0, settings: other = {}, through = [] }: ServerChoice = {},
): Promise<Server> {
  for (let attempt = 1; ; attempt++) {
    const port = wantedPort || (await freePort());
    const logFile = join(workspace.directory, "server.log");
    // Its processes show the name of the run: by that, they are found when it is gone.
    const choices = { ...settings, ...other, port, cluster_name: basename(workspace.directory) };
    if (process.platform === "win32") {
      const { launchOnWindows } = await import("./windows-server.ts");
      const server = launchOnWindows(binaries, cluster, choices, logFile);
      const stop = (isStuck = false) => server.stop(isStuck ? "immediate" : "fast");
      if (await server.isReady()) return { port, log: logFile, stop };
      await stop(true);
    } else {
      // What it is started through does this itself, once it may.
      if (through.length === 0)
        rmSync(join(cluster.dataDirectory, "postmaster.pid"), { force: true });
      const child = launch([...through, binaries.postgres], user, cluster, choices, logFile);
      if (await isReady(child, cluster)) {
        return { port, log: logFile, stop: (isStuck = false) => stop(child, isStuck, workspace) };
      }
      child.kill("SIGKILL");
    }
    const log = readText(logFile);
    // Somebody else took the port between our finding it and the server's using it.
    if (attempt < 5 && log.includes("could not create any TCP/IP sockets")) continue;
    throw new Failure("database", `The embedded PostgreSQL did not start. ${lastError(log)}`);
  }
}

function launch(
  [program = "", ...before]: readonly string[],
  user: ServerUser,
  cluster: Cluster,
  choices: Readonly<Record<string, string | number>>,
  logFile: string,
): ChildProcess {
  const words = Object.entries(choices).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
  const log = openSync(logFile, "w", 0o600);
  try {
    return spawn(program, [...before, "-D", cluster.dataDirectory, ...words], {
      ...user,
      cwd: cluster.dataDirectory,
      detached: true, // out of the reach of Ctrl-C: the runner stops it, after the steps
      stdio: ["ignore", log, log],
      env: { PATH: process.env.PATH ?? "" },
    }).on("error", () => {});
  } finally {
    closeSync(log);
  }
}

/** Waits for the status line of postmaster.pid, which pg_ctl reads too. */
async function isReady(child: ChildProcess, { dataDirectory }: Cluster): Promise<boolean> {
  const deadline = Date.now() + 30_000;
  while (child.pid && child.exitCode === null && child.signalCode === null) {
    const lines = readText(join(dataDirectory, "postmaster.pid")).split("\n");
    if (lines[0] === String(child.pid) && lines[7]?.trim() === "ready") return true;
    if (Date.now() > deadline) return false;
    await sleep(3);
  }
  return false;
}

async function stop(
  child: ChildProcess,
  isStuck: boolean,
  { endWhatIsLeft }: Workspace,
): Promise<boolean> {
  if (child.exitCode !== null || child.signalCode !== null) return false;
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  child.kill(isStuck ? "SIGKILL" : "SIGINT"); // SIGINT is PostgreSQL's fast shutdown
  const timer = setTimeout(() => child.kill("SIGKILL"), STOP_LIMIT_MS);
  await ended;
  clearTimeout(timer);
  // Killed, it leaves its processes to themselves, and those that were frozen with it stay.
  if (child.signalCode === "SIGKILL") endWhatIsLeft();
  return child.exitCode === 0;
}

export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer().once("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === "object" && address ? address.port : 0));
    });
  });
}

function readText(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}

function lastError(log: string): string {
  const lines = log.trim().split("\n");
  const error = lines.findLast((line) => /FATAL|PANIC|error/.test(line)) ?? lines.at(-1) ?? "";
  return error.replace(/^.*?(FATAL|PANIC):\s*/, "It said: ");
}
