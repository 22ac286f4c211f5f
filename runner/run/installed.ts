import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { withParents } from "../common/paths.ts";
import { endLeftInGroup, endProcessGroup } from "./process-group.ts";
import { neutralEnvironment } from "./step-environment.ts";

const CHECK_LIMIT_MS = 20_000;

/**
 * Finds the nearest directory, this one or one above it, in whose node_modules a package is.
 * @returns undefined if it is not installed
 */
export function directoryWith(name: string, directory: string): string | undefined {
  const has = (place: string) => existsSync(join(place, "node_modules", name, "package.json"));
  return withParents(directory).find(has);
}

/** The signals of a terminal do not reach the groups of the processes that are checked. */
const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
const checked = new Set<number>();
const endChecked = () => checked.forEach(endProcessGroup);

/**
 * True if a program is there, and succeeds with these arguments. Steps have the same environment. Nothing that it
 * starts is left.
 * @param limit in milliseconds
 */
export function succeeds(
  file: string,
  choices: readonly string[],
  directory?: string,
  limit = CHECK_LIMIT_MS,
): Promise<boolean> {
  const env = neutralEnvironment(); // what only the reader's own makes available, no script has
  const detached = process.platform !== "win32"; // a group of its own, with all that it starts
  const child = spawn(file, choices, { cwd: directory, env, stdio: "ignore", detached });
  const { pid } = child;
  if (pid === undefined) return new Promise((resolve) => child.on("error", () => resolve(false)));
  const timer = setTimeout(() => endProcessGroup(pid), limit);
  if (checked.size === 0) for (const signal of signals) process.on(signal, endChecked);
  checked.add(pid);
  return new Promise((resolve) => {
    child.on("close", (code) => {
      clearTimeout(timer);
      checked.delete(pid);
      if (checked.size === 0) for (const signal of signals) process.off(signal, endChecked);
      endLeftInGroup(pid);
      resolve(code === 0);
    });
  });
}
