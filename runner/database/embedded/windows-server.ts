import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync, rmSync } from "node:fs";
import { join, relative } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { shutDown } from "../../workspace/windows-shutdown.mjs";
import type { Binaries } from "./binaries.ts";
import type { Cluster } from "./cluster.ts";

const START_LIMIT_S = 60;

/** In `global/pg_control`, among the values of PostgreSQL's `DBState`. */
const SHUT_DOWN = 1;

/** A server that was launched: ready, not yet, or never. */
export interface LaunchedServer {
  isReady(): Promise<boolean>;
  /** Resolves to whether the files are as a clean shutdown leaves them. */
  stop(mode: "fast" | "immediate"): Promise<boolean>;
}

/**
 * Launches a server through pg_ctl: postgres refuses to run as an administrator, and pg_ctl drops those
 * rights. So the server is no child of ours, and its files tell how it is.
 * @param settings by name; no value has a space, or a sign that cmd.exe reads in its own way
 */
export function launchOnWindows(
  { pgCtl }: Binaries,
  { dataDirectory }: Cluster,
  settings: Readonly<Record<string, string | number>>,
  logFile: string,
): LaunchedServer {
  for (const file of [join(dataDirectory, "postmaster.pid"), logFile])
    rmSync(file, { force: true });
  const options = Object.entries(settings).map(([name, value]) => `-c ${name}=${value}`);
  // Relative paths: pg_ctl hands them to cmd.exe, for which a % may begin a variable.
  const files = ["-D", ".", "-l", relative(dataDirectory, logFile)];
  const wait = ["-w", "-t", String(START_LIMIT_S)];
  const child = spawn(pgCtl, ["start", ...files, ...wait, "-o", options.join(" ")], {
    cwd: dataDirectory,
    stdio: "ignore", // no pipe: the server would hold it as long as it lives
    windowsHide: true,
    env: { PATH: process.env.PATH ?? "" },
  }).on("error", () => {});

  return {
    isReady: () => isReady(child, dataDirectory),
    async stop(mode) {
      await shutDown(dataDirectory, mode);
      return isShutDown(dataDirectory);
    },
  };
}

/** pg_ctl looks only ten times a second. */
async function isReady(child: ChildProcess, dataDirectory: string): Promise<boolean> {
  while (child.pid) {
    const isOver = child.exitCode !== null || child.signalCode !== null;
    if (readStatus(dataDirectory) === "ready") return true;
    if (isOver) return false;
    await sleep(10);
  }
  return false;
}

function readStatus(dataDirectory: string): string | undefined {
  try {
    return readFileSync(join(dataDirectory, "postmaster.pid"), "utf8").split("\n")[7]?.trim();
  } catch {
    return undefined;
  }
}

function isShutDown(dataDirectory: string): boolean {
  try {
    const control = readFileSync(join(dataDirectory, "global", "pg_control"));
    return control.readUInt32LE(16) === SHUT_DOWN;
  } catch {
    return false;
  }
}
