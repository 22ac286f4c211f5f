import { randomBytes } from "node:crypto";
import {
  constants,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { chown, copyFile } from "node:fs/promises";
import { join } from "node:path";
import { digestOf } from "../../common/digest.ts";
import { move } from "../../common/files.ts";
import { makeDirectory, type Workspace } from "../../workspace/workspace.ts";
import type { Binaries } from "./binaries.ts";
import { type Cluster, clusterDirectory, clusterSettings } from "./cluster.ts";
import type { ServerUser } from "./server-user.ts";

/** initdb takes a second. So a cluster that was shut down cleanly waits in the cache for the next run. */
const CLUSTERS_KEPT = 2;

/** One more is only ever copied, by a run that finds no other: of twenty at once, by eighteen. */
const PRISTINE = "pristine";

/** Takes a cluster from the cache. Renaming is atomic: of twenty runs, one gets it. */
export async function takeCluster(
  workspace: Workspace,
  binaries: Binaries,
): Promise<Cluster | undefined> {
  const cache = cacheOf(workspace, binaries);
  const directory = clusterDirectory(workspace);
  for (const name of clustersAtRest(cache)) {
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
export async function copyPristine(
  workspace: Workspace,
  binaries: Binaries,
  user: ServerUser,
): Promise<Cluster | undefined> {
  const pristine = join(cacheOf(workspace, binaries), PRISTINE);
  const directory = clusterDirectory(workspace);
  rmSync(directory, { recursive: true, force: true });
  try {
    const { password } = readCluster(pristine);
    makeDirectory(directory);
    writeFileSync(join(directory, "password"), password, { mode: 0o600 });
    await copyTree(join(pristine, "data"), join(directory, "data"), user);
    return { dataDirectory: join(directory, "data"), password };
  } catch {
    rmSync(directory, { recursive: true, force: true });
    return undefined;
  }
}

/** Puts a cluster that was shut down cleanly back for later runs, where there is room. */
export function keepCluster(workspace: Workspace, binaries: Binaries): void {
  const cache = cacheOf(workspace, binaries);
  const directory = clusterDirectory(workspace);
  try {
    writeFileSync(join(directory, "fingerprint"), fingerprintOf(join(directory, "data")));
    makeDirectory(cache);
    if (!list(cache).includes(PRISTINE)) move(directory, join(cache, PRISTINE));
    else if (clustersAtRest(cache).length < CLUSTERS_KEPT)
      move(directory, join(cache, randomBytes(4).toString("hex")));
  } catch {
    // a read-only cache, or another run was faster: the next run makes a cluster of its own
  }
}

/** @throws where it is not as a clean shutdown left it */
function readCluster(directory: string): Cluster {
  const dataDirectory = join(directory, "data");
  const fingerprint = readFileSync(join(directory, "fingerprint"), "utf8");
  if (fingerprint !== fingerprintOf(dataDirectory)) {
    rmSync(directory, { recursive: true, force: true });
    throw new Error("damaged");
  }
  return { dataDirectory, password: readFileSync(join(directory, "password"), "utf8") };
}

async function copyTree(from: string, to: string, user: ServerUser): Promise<void> {
  const paths = [""];
  for (const path of paths) {
    mkdirSync(join(to, path), { mode: 0o700 });
    for (const entry of readdirSync(join(from, path), { withFileTypes: true })) {
      if (entry.isDirectory()) paths.push(join(path, entry.name));
    }
  }
  const copied = paths.flatMap((path) =>
    readdirSync(join(from, path), { withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ name }) => copyOwned(join(from, path, name), join(to, path, name), user)),
  );
  await Promise.all([...copied, ...paths.map((path) => own(join(to, path), user))]);
}

async function copyOwned(from: string, to: string, user: ServerUser): Promise<void> {
  await copyFile(from, to, constants.COPYFILE_FICLONE);
  await own(to, user);
}

async function own(path: string, { uid, gid }: ServerUser): Promise<void> {
  if (uid !== undefined && gid !== undefined) await chown(path, uid, gid);
}

/** Names, sizes and times of all files. Whatever touches a cluster at rest changes it. */
function fingerprintOf(dataDirectory: string): string {
  return digestOf(described(dataDirectory).sort().join("\n"));
}

function described(root: string, directory = ""): string[] {
  return readdirSync(join(root, directory), { withFileTypes: true }).flatMap((entry) => {
    const name = `${directory}/${entry.name}`;
    if (entry.isDirectory()) return [name, ...described(root, name)];
    const { size, mtimeMs } = lstatSync(root + name);
    return [`${name} ${size} ${mtimeMs}`];
  });
}

/** The key is everything on which the files depend. */
function cacheOf(workspace: Workspace, binaries: Binaries): string {
  const settings = digestOf(clusterSettings).slice(0, 8);
  const key = `${binaries.version}-${process.platform}-${process.arch}-${settings}`;
  return join(workspace.root, "clusters", key);
}

function clustersAtRest(cache: string): string[] {
  return list(cache).filter((name) => name !== PRISTINE);
}

function list(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}
