import { chmodSync, existsSync, lstatSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Failure } from "../common/failure.ts";
import { makeDirectories } from "../common/write-files.ts";
import { cacheCandidates, isReady, MODE } from "./find-cache.ts";

/**
 * Finds the directory that outlives a run: it holds compiled programs, database clusters, and the
 * directories of runs. The temporary directory is the last resort.
 * @returns undefined where none can be written to
 */
export function findCacheDirectory(): string | undefined {
  return cacheCandidates().find(isUsable);
}

/** @throws Failure of kind "database" where no directory can be written to */
export function cacheDirectory(): string {
  const directory = findCacheDirectory();
  if (directory) return directory;
  throw new Failure(
    "database",
    `The guide has no directory to work in. It cannot write to ${cacheCandidates().join(" or ")}. Set TMPDIR to a directory of yours.`,
  );
}

/**
 * Makes a directory, and those above it. Other users may pass through it, whatever the umask is.
 * @throws where it cannot be made, or a file has its name
 */
export function makeDirectory(directory: string): void {
  makeDirectories(directory, MODE);
  chmodSync(directory, MODE);
}

/**
 * Makes a directory a package, if it is not one. Node.js would ask a package above, such as one in the reader's home,
 * how to load what is run here, and npm would install there.
 */
export function makePackage(directory: string): void {
  const file = join(directory, "package.json");
  if (!existsSync(file)) writeFileSync(file, "{}\n");
}

/** Makes the directory if it is missing. It must be ours, and closed to other users' writing. */
function isUsable(directory: string): boolean {
  try {
    makeDirectories(directory, MODE);
    const { uid, mode } = lstatSync(directory);
    if (process.getuid && uid !== process.getuid()) return false;
    chmodSync(directory, MODE);
    // Others could write to it until now: what is in there may be theirs.
    if (process.getuid && (mode & 0o022) !== 0 && readdirSync(directory).length > 0) {
      chmodSync(directory, mode);
      return false;
    }
    makePackage(directory);
    return isReady(directory);
  } catch {
    return false;
  }
}
