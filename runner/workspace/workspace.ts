import { randomBytes } from "node:crypto";
import { chmodSync, mkdirSync, rmSync, utimesSync } from "node:fs";
import { join } from "node:path";
import { Failure, messageOf } from "../common/failure.ts";
import { removeAbandoned } from "./abandoned.ts";
import { type MemoryPlace, memoryPlace } from "./memory-place.ts";
import { ownProcessTable } from "./owner.ts";
import { workspaceRoot } from "./roots.ts";
import { startWatchdog, sweep, type Watchdog } from "./watchdog.ts";

/** How often a run's directories are touched: in another container, that shows that it is alive. */
const TOUCH_MS = 10 * 60_000;

/** Where one run keeps everything that it writes. */
export interface Workspace {
  /** Outlives the run. */
  readonly root: string;
  /** This run's own directory, gone when the run is over. */
  readonly directory: string;
  /** The same in memory, where the system has such a place. */
  readonly memory: MemoryPlace | undefined;
  readonly watchdog: Watchdog;
  /** Has every process ended that shows the name of the run's directory. */
  endWhatIsLeft(): void;
  /** @throws Failure of kind "cleanup" that names what could not be removed */
  close(): void;
}

/**
 * @param root where it is, and where other runs look for what dead runs left
 * @throws Failure of kind "database" where there is no place to write to
 */
export function openWorkspace(root = workspaceRoot()): Workspace {
  const runs = join(root, "runs");
  const name = `${ownProcessTable()}.${process.pid}.${randomBytes(4).toString("hex")}`;
  const directory = join(runs, name);
  try {
    makeDirectory(runs);
    makeDirectory(directory);
  } catch (error) {
    throw new Failure("database", `${runs} cannot be used: ${messageOf(error)}. Remove it.`);
  }
  const memory = memoryPlace(name);
  const paths = [directory, ...(memory ? [memory.directory] : [])];
  removeAbandoned(runs);
  const watchdog = startWatchdog(paths);
  const heartbeat = setInterval(touch, TOUCH_MS, paths).unref();
  return {
    root,
    directory,
    memory,
    watchdog,
    endWhatIsLeft: () => sweep(paths),
    close() {
      clearInterval(heartbeat);
      for (const path of paths) remove(path);
      watchdog.dismiss();
    },
  };
}

/** Makes a directory that other users may pass through, whatever the umask: postgres may be one. */
export function makeDirectory(directory: string): void {
  mkdirSync(directory, { recursive: true, mode: 0o711 });
  chmodSync(directory, 0o711);
}

function touch(paths: readonly string[]): void {
  const now = new Date();
  for (const path of paths) {
    try {
      utimesSync(path, now, now);
    } catch {
      // it is not there, or not any more
    }
  }
}

function remove(path: string): void {
  try {
    rmSync(path, { recursive: true, force: true, maxRetries: 5 });
  } catch (error) {
    throw new Failure("cleanup", `Not removed: ${path}. ${messageOf(error)}`);
  }
}
