import { readFileSync } from "node:fs";
import { Failure } from "../../common/failure.ts";
import { isRoot } from "../../workspace/roots.ts";

/** Whom postgres runs as, for `spawn`. Empty: as we do. */
export interface ServerUser {
  readonly uid?: number;
  readonly gid?: number;
}

/**
 * postgres refuses to run as root; there it runs as `nobody`.
 * @throws Failure of kind "database" where there is no such user
 */
export function serverUser(): ServerUser {
  if (!isRoot) return {};
  const [, uid, gid] = /^nobody:[^:]*:(-?\d+):(-?\d+):/m.exec(readPasswd()) ?? [];
  // macOS writes 4294967294 as -2.
  if (uid && gid) return { uid: Number(uid) >>> 0, gid: Number(gid) >>> 0 };
  throw new Failure(
    "database",
    "PostgreSQL does not run as root, and there is no user named nobody. Run this as another user, or set DATABASE_URL.",
  );
}

function readPasswd(): string {
  try {
    return readFileSync("/etc/passwd", "utf8");
  } catch {
    return "";
  }
}
