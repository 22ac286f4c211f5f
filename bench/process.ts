import { spawn } from "node:child_process";
import { existsSync, readFileSync, rmSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { pathToFileURL } from "node:url";

/** The project's directory: every command is started there, as a reader would. */
export const root = dirname(import.meta.dirname);

export interface Command {
  readonly program: string;
  readonly choices: readonly string[];
  readonly environment?: NodeJS.ProcessEnv;
}

/** A process from its start to its exit. */
export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Milliseconds. */
  readonly wall: number;
}

/** Runs a command, and waits for its end. */
export function runProcess({ program, choices, environment }: Command): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const started = performance.now();
    const child = spawn(program, choices, {
      cwd: root,
      env: { ...quietEnvironment(), ...environment },
      stdio: ["ignore", "pipe", "pipe"],
      shell: process.platform === "win32" && program === "npx", // there, npx is a script
    });
    let wall = 0;
    let stdout = "";
    let stderr = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      stderr += text;
    });
    child.on("exit", () => {
      wall = performance.now() - started;
    });
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, stdout, stderr, wall }));
  });
}

/**
 * Runs node, and measures its peak memory from within.
 * @param file where the process leaves the figure; gone afterwards
 */
export async function runWithMemory(
  choices: readonly string[],
  file: string,
  environment: NodeJS.ProcessEnv,
): Promise<Ended & { readonly memory: number | null }> {
  const hook = pathToFileURL(join(import.meta.dirname, "peak-memory.mjs")).href;
  const ended = await runProcess({
    program: process.execPath,
    choices: ["--import", hook, ...choices],
    environment: { ...environment, BENCH_PEAK_MEMORY_FILE: file },
  });
  if (!existsSync(file)) return { ...ended, memory: null }; // it was killed
  const memory = Number(readFileSync(file, "utf8"));
  rmSync(file);
  return { ...ended, memory };
}

/**
 * Only what programs need to be found and to find their files. Variables such as NODE_OPTIONS,
 * NODE_EXTRA_CA_CERTS or npm_config_* would make some contestants slower and others not.
 */
export function quietEnvironment(): NodeJS.ProcessEnv {
  const kept = [
    ...["HOME", "LANG", "TMPDIR", "XDG_CACHE_HOME"],
    ...["SystemRoot", "ComSpec", "PATHEXT", "TEMP", "USERPROFILE", "APPDATA", "LOCALAPPDATA"],
  ];
  const entries = kept.flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  // npx runs the first node that it finds: it must be the one that runs everything else.
  const path = [dirname(process.execPath), process.env.PATH ?? ""].join(delimiter);
  return { ...Object.fromEntries(entries), PATH: path };
}
