import { spawnSync } from "node:child_process";
import { chmodSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Failure } from "../../common/failure.ts";
import { isAlive } from "../../workspace/owner.ts";

/** The exit code by which flock says that somebody else has the lock. */
const HELD = 75;

/**
 * Two servers with the same files destroy them. PostgreSQL itself would ask for a pid, which means
 * another process in another container. A lock means the same in all of them, and the server's own
 * processes hold it, for as long as one of them lives.
 * @param directory the server's own. The lock stands beside it
 * @returns the words through which to start the server. None where there is no flock, as on macOS and
 *   on Windows: containers that share files with them run in a machine of their own
 * @throws Failure where the server runs
 */
export function lockKept(name: string, directory: string): readonly string[] {
  const lock = `${directory}.lock`;
  const pidFile = join(directory, "cluster", "data", "postmaster.pid");
  writeFileSync(lock, "");
  chmodSync(lock, 0o644); // the server's user opens it
  const { status, error } = spawnSync("flock", ["-n", "-F", "-E", `${HELD}`, lock, "true"]);
  const canLock = error === undefined && (status === 0 || status === HELD);
  const pid = pidIn(pidFile);
  if (status === HELD || (!canLock && pid)) {
    const place = pid ? `as process ${pid}` : "in another container, or of another user";
    const message = `The kept server ${name} runs already, ${place}. End it there, or keep another name.`;
    throw new Failure("usage", message);
  }
  if (!canLock) return [];
  // With the lock, a pid that was left behind is nobody's, whoever has it now.
  return ["flock", "-n", "-F", lock, "/bin/sh", "-c", 'rm -f "$0"; exec "$@"', pidFile];
}

/** @returns undefined where no process has it */
function pidIn(file: string): number | undefined {
  try {
    const pid = Number.parseInt(readFileSync(file, "utf8"), 10);
    return pid > 0 && isAlive(pid) ? pid : undefined;
  } catch {
    return undefined;
  }
}
