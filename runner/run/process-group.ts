import { spawnSync } from "node:child_process";

/** Ends a process that is running, and all that it started. */
export function endProcessGroup(pid: number): void {
  if (process.platform === "win32") {
    const options = { stdio: "ignore", windowsHide: true } as const;
    spawnSync("taskkill", ["/pid", String(pid), "/T", "/F"], options);
  } else {
    endLeftInGroup(pid);
  }
}

/**
 * Ends what a process that has ended left in its group. On Windows, what node started went with it, and
 * its pid may be somebody else's by now.
 */
export function endLeftInGroup(pid: number): void {
  if (process.platform === "win32") return;
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // nobody is left in the group
  }
}
