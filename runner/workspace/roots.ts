import { accessSync, chmodSync, constants, lstatSync, mkdirSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { Failure } from "../failure.ts";

const name = "neon-typescript-guide";

/** True where postgres, which refuses to run as root, needs another user's rights. */
export const isRoot = process.getuid?.() === 0;

/**
 * The directory that outlives a run: it holds compiled programs, database clusters at rest, and the
 * directories of runs. The first place that can be used; the temporary directory is the last resort.
 * @returns undefined where no place can be written to
 */
export function usableRoot(): string | undefined {
  return places().find(isUsable);
}

/** @throws Failure of kind "database" where no place can be written to */
export function workspaceRoot(): string {
  const root = usableRoot();
  if (root) return root;
  throw new Failure(
    "database",
    `No place to work in: neither ${places().join(" nor ")} can be written to. Set TMPDIR to a directory of yours.`,
  );
}

function places(): string[] {
  return [cacheDirectory(), join(tmpdir(), `${name}-${process.getuid?.() ?? "user"}`)];
}

function cacheDirectory(): string {
  const { XDG_CACHE_HOME, LOCALAPPDATA } = process.env;
  if (XDG_CACHE_HOME?.startsWith("/")) return join(XDG_CACHE_HOME, name);
  if (process.platform === "win32") return join(LOCALAPPDATA ?? tmpdir(), name);
  // The server's user must be able to reach it, which rules out a home directory of root's.
  if (isRoot) return join("/var/cache", name);
  return join(homedir(), process.platform === "darwin" ? "Library/Caches" : ".cache", name);
}

/** Makes the directory where it is missing. One that somebody else owns, or may write to, is not ours. */
function isUsable(directory: string): boolean {
  try {
    mkdirSync(directory, { recursive: true });
    const { uid, mode } = lstatSync(directory);
    if (process.getuid && (uid !== process.getuid() || (mode & 0o022) !== 0)) return false;
    chmodSync(directory, 0o711);
    accessSync(directory, constants.R_OK | constants.W_OK | constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
