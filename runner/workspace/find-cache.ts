import { accessSync, constants, existsSync, lstatSync, statSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { dirname, isAbsolute, join } from "node:path";

// Every start loads this before the compiled runner, and Node.js takes long to strip a module of its types: it imports
// no other.

/** The name of our directories in all cache directories. */
export const ourName = "neon-typescript-guide";

/** True where the server needs another user's rights: postgres refuses to run as root. */
export const isRoot = process.getuid?.() === 0;

/** The owner may do everything. Others may pass through: the server may run as another user. */
export const MODE = 0o711;

/** Node.js does not start a program below such a directory, or tsx takes a part of its path for a query. */
const unloadable = process.platform === "win32" ? /\?/ : /[?\\]/;

/** Where the directory that outlives a run may be, the best place first. It need not be there. */
export function cacheCandidates(): string[] {
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

/** True for a directory that is there, ours, closed to other users' writing, and a package. */
export function isReady(directory: string): boolean {
  try {
    const { uid, mode } = lstatSync(directory);
    if (process.getuid && (uid !== process.getuid() || (mode & 0o777) !== MODE)) return false;
    accessSync(directory, constants.R_OK | constants.W_OK | constants.X_OK);
    return existsSync(join(directory, "package.json")) && (!isRoot || isOpenToAll(directory));
  } catch {
    return false;
  }
}

/** True if every user may enter it: not below a 0700 home, nor what was made under umask 077. */
export function isOpenToAll(directory: string): boolean {
  const parent = dirname(directory);
  const isOpen = (statSync(directory).mode & 0o001) !== 0;
  return isOpen && (parent === directory || isOpenToAll(parent));
}
