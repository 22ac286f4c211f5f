import { randomBytes } from "node:crypto";
import {
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { attempt, Failure, messageOf } from "../common/failure.ts";
import { digestOf } from "../common/kept-texts.ts";
import { cacheDirectory, makeDirectory } from "./cache-directory.ts";
import { ourName } from "./find-cache.ts";
import { startWatchdog, sweep, type Watchdog } from "./watchdog.ts";

/** Where one run keeps everything that it writes. */
export interface Workspace {
  /** The cache directory. It outlives the run. */
  readonly root: string;
  /** Of this run: it is in the command lines or the environments of its processes. */
  readonly name: string;
  /** This run's own directory, gone when the run is over. */
  readonly directory: string;
  /** This run's directory in memory. Undefined where the system has no file system in memory. */
  readonly memoryDirectory: string | undefined;
  /** A file for a program that is not the run's, such as a browser. Its path has not the run's name. */
  readonly fileForOthers: string;
  readonly watchdog: Watchdog;
  /** @throws Failure of kind "cleanup" that names what could not be removed */
  close(): void;
}

/** Linux has a file system in memory that every user may write to. */
const sharedMemory = process.platform === "linux" ? "/dev/shm" : undefined;

/** How often a run's directories are touched: in another container, that shows that it is alive. */
const TOUCH_MS = 10 * 60_000;
const DEAD_AFTER_MS = 24 * 60 * 60_000;

/**
 * Makes the directories of a run, and removes those of runs that were killed.
 * @param root the cache directory
 * @param memory a directory in memory
 * @throws Failure of kind "database" where no directory can be written to
 */
export function openWorkspace(root = cacheDirectory(), memory = sharedMemory): Workspace {
  const runs = join(root, "runs");
  const name = `${processNamespace()}.${process.pid}.${randomBytes(4).toString("hex")}`;
  const directory = join(runs, name);
  try {
    makeDirectory(runs);
    makeDirectory(directory);
    // A library that looks for .env in the folders above finds this one, and not the reader's in the home directory.
    writeFileSync(join(directory, ".env"), "");
  } catch (error) {
    throw new Failure("database", `${runs} cannot be used: ${messageOf(error)}. Remove it.`);
  }
  const memoryDirectory = inMemory(memory, name);
  const pathsOf = (run: string) => [
    join(runs, run),
    ...[inMemory(memory, run) ?? []].flat(),
    fileForOthers(runs, run),
  ];
  const paths = pathsOf(name);
  for (const run of new Set([...readdirSync(runs), ...namesIn(memory)])) {
    if (isAbandoned(run, pathsOf(run))) sweep(pathsOf(run)); // its process and watchdog were both killed
  }
  const watchdog = startWatchdog(paths);
  const heartbeat = setInterval(touch, TOUCH_MS, paths).unref();
  return {
    root,
    name,
    directory,
    memoryDirectory,
    fileForOthers: fileForOthers(runs, name),
    watchdog,
    close() {
      clearInterval(heartbeat);
      for (const path of paths) remove(path);
      watchdog.dismiss();
    },
  };
}

function inMemory(memory: string | undefined, run: string): string | undefined {
  return memory && join(memory, `${ourName}.${run}`);
}

/** The watchdog ends every process that has the run's name in its command line. */
function fileForOthers(runs: string, run: string): string {
  return join(runs, `${digestOf(run).slice(0, 16)}.html`);
}

/** @returns what of a name in memory may be that of a run */
function namesIn(memory: string | undefined): string[] {
  const prefix = `${ourName}.`;
  const names = memory ? attempt(() => readdirSync(memory), []) : [];
  return names.filter((name) => name.startsWith(prefix)).map((name) => name.slice(prefix.length));
}

/**
 * A pid says nothing about a run in another container or machine. There, the directories' age does. What has
 * another name is not of a run: every user may write to the directory in memory.
 */
function isAbandoned(run: string, paths: readonly string[]): boolean {
  const [, namespace, pid] = /^([0-9a-f]{8})\.(\d+)\.[0-9a-f]+$/.exec(run) ?? [];
  if (namespace === undefined) return false;
  if (namespace === processNamespace()) return !isAlive(Number(pid));
  const touched = paths.map((path) => statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0);
  return Date.now() - Math.max(...touched) > DEAD_AFTER_MS;
}

function touch(paths: readonly string[]): void {
  const now = new Date();
  for (const path of paths) attempt(() => utimesSync(path, now, now), undefined);
}

/** Removes a directory. A process that was killed a moment ago may still write to it. */
function remove(path: string): void {
  for (let round = 1; ; round++) {
    try {
      rmSync(path, { recursive: true, force: true, maxRetries: 5 });
      return;
    } catch (error) {
      if (round === 10) throw new Failure("cleanup", `Not removed: ${path}. ${messageOf(error)}`);
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 50);
    }
  }
}

/**
 * Identifies the processes among which a pid is unique. Containers may share a cache directory and a
 * host name, but have their own pids. So has a machine after a restart.
 * @returns eight hex digits
 */
export function processNamespace(): string {
  const namespace = attempt(() => readlinkSync("/proc/self/ns/pid"), "");
  return digestOf([hostname(), bootId(), namespace].join("\n")).slice(0, 8);
}

/**
 * Identifies this process among all machines that use a server.
 * @returns undefined where only the host name tells machines apart: two laptops may share it
 */
export function thisProcess(): string | undefined {
  return bootId() ? `${processNamespace()}_${process.pid}` : undefined;
}

/** @param id from `thisProcess`. False for a process of another machine: it cannot be known */
export function hasEnded(id: string): boolean {
  const [namespace, pid] = id.split("_");
  return namespace === processNamespace() && !isAlive(Number(pid));
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}

/** Changes with each start of the machine. Empty on systems other than Linux. */
function bootId(): string {
  return attempt(() => readFileSync("/proc/sys/kernel/random/boot_id", "utf8"), "");
}
