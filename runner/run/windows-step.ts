import { type SpawnOptions, spawn } from "node:child_process";
import type { Command } from "./command.ts";

/** How a process ended, in zx's words. */
interface Ended {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  /** Why it could not be started. */
  readonly cause?: unknown;
}

/**
 * Starts a step without a shell: cmd.exe would read a % in a path as a variable's. node ties the process
 * to this one, and it ends with it.
 */
export function startOnWindows(
  command: Command,
  options: SpawnOptions,
): PromiseLike<Ended> & { readonly pid: number | undefined } {
  const child = spawn(command.program, command.arguments, {
    ...options,
    detached: false,
    windowsHide: true,
  });
  const ended = new Promise<Ended>((resolve) => {
    child.once("exit", (exitCode, signal) => resolve({ exitCode, signal }));
    child.once("error", (cause) => resolve({ exitCode: null, signal: null, cause }));
  });
  return Object.assign(ended, { pid: child.pid });
}
