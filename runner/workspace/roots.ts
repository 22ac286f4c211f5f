import {
  accessSync,
  chmodSync,
  constants,
  lstatSync,
  mkdirSync,
  readdirSync,
  statSync,
} from "node:fs";
import { homedir, tmpdir } from "node:os";
import { dirname, isAbsolute, join } from "node:path";
import { Failure } from "../common/failure.ts";

/** The name of our directories, wherever they are. */
export const ourName = "neon-typescript-guide";

/** True where postgres, which refuses to run as root, needs another user's rights. */
export const isRoot = process.getuid?.() === 0;

/** Our owner may do everything; others may pass through: postgres may be one. */
const MODE = 0o711;

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

/** May every user go there? Not below a 0700 home, nor where a directory was made under umask 077. */
export function isOpenToAll(directory: string): boolean {
  for (let place = directory; ; place = dirname(place)) {
    if ((statSync(place).mode & 0o001) === 0) return false;
    if (place === dirname(place)) return true;
  }
}

function places(): string[] {
  const { XDG_CACHE_HOME } = process.env;
  const wanted =
    XDG_CACHE_HOME && isAbsolute(XDG_CACHE_HOME) ? [join(XDG_CACHE_HOME, ourName)] : [];
  // The server's user cannot reach the home of root, and may not reach what root wants, either.
  const usual = wanted.length === 0 || isRoot ? [usualPlace()] : [];
  return [...wanted, ...usual, join(tmpdir(), `${ourName}-${process.getuid?.() ?? "user"}`)];
}

function usualPlace(): string {
  if (process.platform === "win32") return join(process.env.LOCALAPPDATA ?? tmpdir(), ourName);
  if (isRoot) return join("/var/cache", ourName);
  return join(homedir(), process.platform === "darwin" ? "Library/Caches" : ".cache", ourName);
}

/** Makes the directory where it is missing. One that somebody else owns, or may write to, is not ours. */
function isUsable(directory: string): boolean {
  try {
    mkdirSync(directory, { recursive: true, mode: MODE });
    const { uid, mode } = lstatSync(directory);
    if (process.getuid && uid !== process.getuid()) return false;
    chmodSync(directory, MODE);
    // Others could write to it until now: what is in there may be theirs.
    if (process.getuid && (mode & 0o022) !== 0 && readdirSync(directory).length > 0) {
      chmodSync(directory, mode);
      return false;
    }
    accessSync(directory, constants.R_OK | constants.W_OK | constants.X_OK);
    return !isRoot || isOpenToAll(directory);
  } catch {
    return false;
  }
}
