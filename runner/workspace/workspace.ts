import { randomBytes } from "node:crypto";
import { chmodSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { workspaceRoot } from "./roots.ts";
import { startWatchdog, type Watchdog } from "./watchdog.ts";

/** Where one run keeps everything that it writes. */
export interface Workspace {
  /** Outlives the run. */
  readonly root: string;
  /** This run's own directory, gone when the run is over. */
  readonly directory: string;
  readonly watchdog: Watchdog;
  close(): void;
}

/**
 * @param root where it is, and where other runs look for what dead runs left
 * @throws Failure of kind "database" where there is no place to write to
 */
export function openWorkspace(root = workspaceRoot()): Workspace {
  const runs = join(root, "runs");
  makeDirectory(runs);
  removeAbandoned(runs);

  const random = randomBytes(4).toString("hex");
  const directory = join(runs, `${machine()}.${process.pid}.${random}`);
  makeDirectory(directory);
  const watchdog = startWatchdog(directory);
  return {
    root,
    directory,
    watchdog,
    close() {
      rmSync(directory, { recursive: true, force: true, maxRetries: 5 });
      watchdog.dismiss();
    },
  };
}

/** Makes a directory that other users may pass through, whatever the umask: postgres may be one. */
export function makeDirectory(directory: string): void {
  mkdirSync(directory, { recursive: true });
  chmodSync(directory, 0o711);
}

/** Removes what runs left whose process and watchdog were both killed. */
function removeAbandoned(runs: string): void {
  for (const name of readdirSync(runs)) {
    const [owner, pid] = name.split(".");
    if (owner !== machine() || isAlive(Number(pid))) continue;
    rmSync(join(runs, name), { recursive: true, force: true, maxRetries: 5 });
  }
}

/** Containers may share a home directory, and then each has process ids of its own. */
function machine(): string {
  return hostname().replace(/[^\w-]/g, "-") || "localhost";
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}
