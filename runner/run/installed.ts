import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { neutralEnvironment } from "./step-environment.ts";

const CHECK_LIMIT_MS = 20_000;

/**
 * Finds the nearest directory, this one or one above it, in whose node_modules a package is.
 * @returns undefined if it is not installed
 */
export function directoryWith(name: string, directory: string): string | undefined {
  if (existsSync(join(directory, "node_modules", name, "package.json"))) return directory;
  const parent = dirname(directory);
  return parent === directory ? undefined : directoryWith(name, parent);
}

/** True if a program is there, and succeeds with these arguments. Steps have the same environment. */
export function succeeds(
  file: string,
  choices: readonly string[],
  directory?: string,
): Promise<boolean> {
  return new Promise((resolve) => {
    // Its timer lets this process end. That of the option "timeout" stays where there is no such file.
    const signal = AbortSignal.timeout(CHECK_LIMIT_MS);
    const env = neutralEnvironment(); // what only the reader's own makes available, no script has
    const child = spawn(file, choices, { cwd: directory, env, stdio: "ignore", signal });
    child.on("error", () => resolve(false));
    child.on("close", (code) => resolve(code === 0));
  });
}
