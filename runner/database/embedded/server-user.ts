import { execFileSync } from "node:child_process";
import { Failure } from "../../failure.ts";
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
  const id = /^uid=(\d+).* gid=(\d+)/.exec(run("id", "nobody"));
  if (id) return { uid: Number(id[1]), gid: Number(id[2]) };
  throw new Failure(
    "database",
    "PostgreSQL does not run as root, and there is no user named nobody. Run this as another user, or set DATABASE_URL.",
  );
}

function run(command: string, argument: string): string {
  try {
    return execFileSync(command, [argument], { encoding: "utf8", stdio: "pipe" });
  } catch {
    return "";
  }
}
