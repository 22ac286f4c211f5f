import { spawnSync } from "node:child_process";

/** Ends a process and all that it started and left in its group. Harmless where none is left. */
export function endProcessGroup(pid: number): void {
  if (process.platform === "win32") {
    spawnSync("taskkill", ["/pid", String(pid), "/T", "/F"], { stdio: "ignore" });
    return;
  }
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // nobody is left in the group
  }
}
