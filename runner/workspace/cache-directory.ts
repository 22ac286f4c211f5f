import {
  accessSync,
  chmodSync,
  constants,
  existsSync,
  lstatSync,
  readdirSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { homedir, tmpdir } from "node:os";
import { isAbsolute, join } from "node:path";
import { Failure } from "../common/failure.ts";
import { withParents } from "../common/paths.ts";
import { makeDirectories } from "../common/write-files.ts";

/** The name of our directories in all cache directories. */
export const ourName = "neon-typescript-guide";

/** True where the server needs another user's rights: postgres refuses to run as root. */
export const isRoot = process.getuid?.() === 0;

/** The owner may do everything. Others may pass through: the server may run as another user. */
const MODE = 0o711;

/**
 * Finds the directory that outlives a run: it holds compiled programs, database clusters, and the
 * directories of runs. The temporary directory is the last resort.
 * @returns undefined where none can be written to
 */
export function findCacheDirectory(): string | undefined {
  return candidates().find(isUsable);
}

/** @throws Failure of kind "database" where no directory can be written to */
export function cacheDirectory(): string {
  const directory = findCacheDirectory();
  if (directory) return directory;
  throw new Failure(
    "database",
    `The guide has no directory to work in. It cannot write to ${candidates().join(" or ")}. Set TMPDIR to a directory of yours.`,
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

/** True if every user may enter it: not below a 0700 home, nor what was made under umask 077. */
export function isOpenToAll(directory: string): boolean {
  return withParents(directory).every((place) => (statSync(place).mode & 0o001) !== 0);
}

/** Node.js does not start a program below such a directory, or tsx takes a part of its path for a query. */
const unloadable = process.platform === "win32" ? /\?/ : /[?\\]/;

function candidates(): string[] {
  const { XDG_CACHE_HOME } = process.env;
  const wanted =
    XDG_CACHE_HOME && isAbsolute(XDG_CACHE_HOME) && !unloadable.test(XDG_CACHE_HOME)
      ? [join(XDG_CACHE_HOME, ourName)]
      : [];
  // The server's user may not be able to enter the directory that root asks for.
  const usual = wanted.length === 0 || isRoot ? usualDirectory() : undefined;
  const temporary = join(tmpdir(), `${ourName}-${process.getuid?.() ?? "user"}`);
  return [...wanted, ...(usual ? [usual] : []), temporary];
}

function usualDirectory(): string | undefined {
  if (process.platform === "win32") return join(process.env.LOCALAPPDATA ?? tmpdir(), ourName);
  if (isRoot) return join("/var/cache", ourName); // the server's user cannot enter root's home
  try {
    return join(homedir(), process.platform === "darwin" ? "Library/Caches" : ".cache", ourName);
  } catch {
    return undefined; // neither HOME nor an entry in /etc/passwd
  }
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
    accessSync(directory, constants.R_OK | constants.W_OK | constants.X_OK);
    makePackage(directory);
    return !isRoot || isOpenToAll(directory);
  } catch {
    return false;
  }
}
