import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import {
  chmodSync,
  chownSync,
  constants,
  cpSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { attempt, Failure } from "../../common/failure.ts";
import { digestOf } from "../../common/kept-texts.ts";
import { move } from "../../common/write-files.ts";
import { makeDirectory } from "../../workspace/cache-directory.ts";
import type { Workspace } from "../../workspace/workspace.ts";
import type { Binaries } from "./binaries.ts";
import type { ServerUser } from "./server.ts";

/** The files of a PostgreSQL server, in the run's own directory. */
export interface Cluster {
  readonly dataDirectory: string;
  /** Of the superuser `postgres`, which only the runner knows. */
  readonly password: string;
}

/**
 * The guide's roles have random passwords that live for one run, and never leave this machine.
 * Exchanging them by SCRAM would take a fifth of a step's time. All other roles use SCRAM.
 */
const guideLogin = "host all /^guide_ 127.0.0.1/32 password";

const initdbOptions = [
  ...["--username", "postgres", "--auth", "scram-sha-256", "--encoding", "UTF8", "--no-locale"],
  ...["--locale-provider", "builtin", "--builtin-locale", "C.UTF-8"],
  ...["--no-sync", "--no-instructions"],
  ...["--wal-segsize", "1"], // megabytes: a run writes little, and 16 would be filled with zeros first
  // In the cluster's own directory: in /dev/shm, a process that is killed would leave it for good.
  ...(process.platform === "win32" ? [] : ["--set", "dynamic_shared_memory_type=mmap"]),
];

/** initdb takes a second, so a cluster that was shut down cleanly goes to the cache for later runs. */
const CLUSTERS_IN_CACHE = 2;

/** One more cluster stays in the cache. Runs at the same time, which find no other, copy it. */
const PRISTINE = "pristine";

/** Where a run has its cluster. */
export function clusterDirectory(workspace: Workspace): string {
  return join(workspace.directory, "cluster");
}

/**
 * Makes a new cluster.
 * @throws Failure of kind "database" with what initdb said
 */
export async function makeCluster(
  workspace: Workspace,
  binaries: Binaries,
  user: ServerUser,
): Promise<Cluster> {
  const directory = clusterDirectory(workspace);
  rmSync(directory, { recursive: true, force: true });
  makeDirectory(directory);

  const dataDirectory = join(directory, "data");
  mkdirSync(dataDirectory, { mode: 0o700 });
  const password = randomBytes(18).toString("base64url");
  const passwordFile = join(directory, "password");
  writeFileSync(passwordFile, password, { mode: 0o600 });
  for (const path of [dataDirectory, passwordFile]) giveTo(user, path);

  await initdb(binaries, dataDirectory, passwordFile, user, workspace);
  const rules = join(dataDirectory, "pg_hba.conf");
  writeFileSync(rules, `${guideLogin}\n${readFileSync(rules, "utf8")}`);
  return { dataDirectory, password };
}

function initdb(
  binaries: Binaries,
  dataDirectory: string,
  passwordFile: string,
  user: ServerUser,
  { watchdog }: Workspace,
): Promise<void> {
  const options = ["--pgdata", dataDirectory, "--pwfile", passwordFile, ...initdbOptions];
  return new Promise((resolve, reject) => {
    const child = spawn(binaries.initdb, options, {
      ...user,
      cwd: dataDirectory,
      detached: process.platform !== "win32",
      windowsHide: true,
      stdio: ["ignore", "ignore", "pipe"],
      env: { PATH: process.env.PATH ?? "" },
    });
    if (child.pid) watchdog.began(child.pid);
    let said = "";
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      said += text;
    });
    child.on("error", (error) => reject(initdbFailure(error.message)));
    child.on("close", (code) => {
      if (child.pid) watchdog.ended(child.pid);
      if (code === 0) resolve();
      else reject(initdbFailure(said));
    });
  });
}

function initdbFailure(said: string): Failure {
  const reason = said.trim().replace(/\s+/g, " ").slice(0, 400);
  const remedy = /look up effective user ID/.test(reason)
    ? "PostgreSQL needs a user with an entry in /etc/passwd. Add one, run the guide as another user"
    : "Fix that";
  return new Failure(
    "database",
    `The embedded PostgreSQL could not make its files: ${reason} ${remedy}, or set DATABASE_URL.`,
  );
}

function giveTo({ uid, gid }: ServerUser, path: string): void {
  if (uid !== undefined && gid !== undefined) chownSync(path, uid, gid);
}

/** Takes a cluster from the cache. Renaming is atomic: of twenty runs, one gets it. */
export function takeCluster(workspace: Workspace, binaries: Binaries): Cluster | undefined {
  const cache = cacheOf(workspace, binaries);
  const directory = clusterDirectory(workspace);
  for (const name of list(cache)) {
    if (name === PRISTINE) continue;
    try {
      move(join(cache, name), directory);
      return readCluster(directory);
    } catch {
      rmSync(directory, { recursive: true, force: true, maxRetries: 5 });
    }
  }
  return undefined;
}

/** Copies the cluster that stays in the cache: a tenth of initdb's work. */
export function copyPristine(
  workspace: Workspace,
  binaries: Binaries,
  user: ServerUser,
): Cluster | undefined {
  const pristine = join(cacheOf(workspace, binaries), PRISTINE);
  const directory = clusterDirectory(workspace);
  rmSync(directory, { recursive: true, force: true });
  try {
    const { password } = readCluster(pristine);
    const dataDirectory = join(directory, "data");
    cpSync(pristine, directory, { recursive: true, mode: constants.COPYFILE_FICLONE });
    chmodSync(dataDirectory, 0o700); // not every version of Node.js copies a directory's mode
    giveTo(user, dataDirectory);
    for (const { path } of entriesIn(dataDirectory)) giveTo(user, dataDirectory + path);
    return { dataDirectory, password };
  } catch {
    rmSync(directory, { recursive: true, force: true });
    return undefined;
  }
}

/** Puts a cluster that was shut down cleanly into the cache, if there is room. */
export function returnCluster(workspace: Workspace, binaries: Binaries): void {
  const cache = cacheOf(workspace, binaries);
  const directory = clusterDirectory(workspace);
  try {
    writeFileSync(join(directory, "fingerprint"), fingerprintOf(join(directory, "data")));
    makeDirectory(cache);
    const names = list(cache);
    if (names.length > CLUSTERS_IN_CACHE) return;
    const name = names.includes(PRISTINE) ? randomBytes(4).toString("hex") : PRISTINE;
    move(directory, join(cache, name));
  } catch {
    // a read-only cache, or another run was faster: the next run makes a new cluster
  }
}

/** @throws if it is not as a clean shutdown left it */
function readCluster(directory: string): Cluster {
  const dataDirectory = join(directory, "data");
  const fingerprint = readFileSync(join(directory, "fingerprint"), "utf8");
  if (fingerprint !== fingerprintOf(dataDirectory)) {
    rmSync(directory, { recursive: true, force: true });
    throw new Error("damaged");
  }
  return { dataDirectory, password: readFileSync(join(directory, "password"), "utf8") };
}

/** Names, sizes and times of all files. Every change to a cluster in the cache changes it. */
function fingerprintOf(dataDirectory: string): string {
  const lines = [...entriesIn(dataDirectory)].map(({ path, isDirectory }) => {
    if (isDirectory) return path;
    const { size, mtimeMs } = lstatSync(dataDirectory + path);
    return `${path} ${size} ${mtimeMs}`;
  });
  return digestOf(lines.sort().join("\n"));
}

/**
 * Finds all that is below a directory, by its path from there: /base/1. `readdirSync` with `recursive` would look
 * at each of a thousand files once more.
 */
function* entriesIn(
  top: string,
  directory = "",
): Generator<{ path: string; isDirectory: boolean }> {
  for (const entry of readdirSync(top + directory, { withFileTypes: true })) {
    const path = `${directory}/${entry.name}`;
    yield { path, isDirectory: entry.isDirectory() };
    if (entry.isDirectory()) yield* entriesIn(top, path);
  }
}

/** The key is everything on which the files depend. */
function cacheOf({ root }: Workspace, { version }: Binaries): string {
  const settings = digestOf([guideLogin, ...initdbOptions].join(" ")).slice(0, 8);
  return join(root, "clusters", [version, process.platform, process.arch, settings].join("-"));
}

function list(directory: string): string[] {
  return attempt(() => readdirSync(directory), []);
}
