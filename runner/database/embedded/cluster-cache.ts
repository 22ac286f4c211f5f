import { randomBytes } from "node:crypto";
import { lstatSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { digestOf } from "../../digest.ts";
import { makeDirectory, type Workspace } from "../../workspace/workspace.ts";
import type { Binaries } from "./binaries.ts";
import { type Cluster, clusterSettings } from "./cluster.ts";

/** initdb takes a second. So a cluster that was shut down cleanly waits in the cache for the next run. */
const CLUSTERS_KEPT = 2;

/** Takes a cluster from the cache. Renaming is atomic: of twenty runs, one gets it. */
export function takeCluster(workspace: Workspace, binaries: Binaries): Cluster | undefined {
  const cache = cacheOf(workspace, binaries);
  const directory = join(workspace.directory, "cluster");
  for (const name of list(cache)) {
    try {
      renameSync(join(cache, name), directory);
      const fingerprint = readFileSync(join(directory, "fingerprint"), "utf8");
      if (fingerprint !== fingerprintOf(join(directory, "data"))) throw new Error("damaged");
      return {
        dataDirectory: join(directory, "data"),
        password: readFileSync(join(directory, "password"), "utf8"),
      };
    } catch {
      rmSync(directory, { recursive: true, force: true });
    }
  }
  return undefined;
}

/** Puts a cluster that was shut down cleanly back for the next run, where there is room. */
export function keepCluster(workspace: Workspace, binaries: Binaries): void {
  const cache = cacheOf(workspace, binaries);
  if (list(cache).length >= CLUSTERS_KEPT) return;
  try {
    const directory = join(workspace.directory, "cluster");
    writeFileSync(join(directory, "fingerprint"), fingerprintOf(join(directory, "data")));
    makeDirectory(cache);
    renameSync(directory, join(cache, randomBytes(4).toString("hex")));
  } catch {
    // a read-only cache: the next run makes a cluster of its own
  }
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

function list(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}
