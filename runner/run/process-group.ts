import { spawnSync } from "node:child_process";

const isWindows = process.platform === "win32";

/** Ends a process that is running, and all that it started. */
export function endProcessGroup(pid: number): void {
  if (isWindows) {
    const options = { stdio: "ignore", windowsHide: true } as const;
    spawnSync("taskkill", ["/pid", String(pid), "/T", "/F"], options);
  } else {
    endLeftInGroup(pid);
  }
}

/**
 * Ends what a process that has ended left in its group. On Windows, what node started has ended with it,
 * and its pid may already be another process's.
 */
export function endLeftInGroup(pid: number): void {
  if (isWindows) return;
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // the group is empty
  }
}
