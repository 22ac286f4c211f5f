import { spawn } from "node:child_process";
import type { Writable } from "node:stream";
import { fileURLToPath } from "node:url";

/** Tells the watchdog, a process of its own, what to end should this process be killed. */
export interface Watchdog {
  /**
   * For a process to say by itself that it has begun, before this one could be killed: a line with
   * a plus sign and its pid. It must close its end then. "ignore" where the watchdog is gone, and on
   * Windows, where nothing would close it.
   */
  readonly line: Writable | "ignore";
  /** A process group has begun. */
  began(pid: number): void;
  ended(pid: number): void;
  /** All is cleaned up: the watchdog may go. */
  dismiss(): void;
}

/** Starts the watchdog of a run's directory. See `watchdog.mjs`. */
export function startWatchdog(directory: string): Watchdog {
  const program = fileURLToPath(new URL("./watchdog.mjs", import.meta.url));
  const child = spawn(process.execPath, [program, directory], {
    detached: true, // out of the reach of Ctrl-C
    windowsHide: true,
    stdio: ["pipe", "ignore", "ignore"],
    env: {},
    cwd: "/",
  });
  child.unref();
  child.on("error", () => {});
  child.stdin.on("error", () => {});
  const tell = (line: string) => child.stdin.write(`${line}\n`);

  return {
    get line() {
      return child.stdin.destroyed || process.platform === "win32" ? "ignore" : child.stdin;
    },
    began: (pid) => tell(`+${pid}`),
    ended: (pid) => tell(`-${pid}`),
    dismiss: () => {
      tell("done");
      child.stdin.end();
    },
  };
}
