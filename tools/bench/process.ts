import { spawn } from "node:child_process";
import { delimiter, dirname, join } from "node:path";
import { text } from "node:stream/consumers";
import { NotVerified } from "./series.ts";

/** The project's directory: every command is started there, as a reader would. */
export const root = join(import.meta.dirname, "../..");

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
export async function runProcess({ program, choices, environment }: Command): Promise<Ended> {
  const started = performance.now();
  const child = spawn(program, choices, {
    cwd: root,
    env: { ...quietEnvironment(), ...environment },
    stdio: ["ignore", "pipe", "pipe"],
    shell: process.platform === "win32" && program === "npx", // there, npx is a script
  });
  const ended = new Promise<Pick<Ended, "code" | "wall">>((resolve, reject) => {
    child.on("exit", (code) => resolve({ code, wall: performance.now() - started }));
    child.on("error", reject);
  });
  const [end, stdout, stderr] = await Promise.all([ended, text(child.stdout), text(child.stderr)]);
  return { ...end, stdout, stderr };
}

/** A program that does one step, and what it must print. */
export interface Script extends Command {
  readonly name: string;
  readonly expected: string;
}

/**
 * Runs databases of scripts side by side, and those of one database one after the other. Outputs are
 * compared when the time has been taken.
 * @returns milliseconds from the first start to the last end
 * @throws NotVerified
 */
export async function runScripts(databases: readonly (readonly Script[])[]): Promise<number> {
  const started = performance.now();
  const ended = await Promise.all(
    databases.map(async (scripts) => {
      const results = [];
      for (const script of scripts) results.push({ script, ...(await runProcess(script)) });
      return results;
    }),
  );
  const wall = performance.now() - started;
  for (const { script, code, stdout, stderr } of ended.flat()) {
    if (code !== 0) throw new NotVerified(`${script.name} exited with ${code}.`, stderr);
    if (stdout !== script.expected) throw new NotVerified(`${script.name} printed something else.`);
  }
  return wall;
}

/**
 * Only what programs need to be found and to find their files. Variables such as NODE_OPTIONS,
 * NODE_EXTRA_CA_CERTS or npm_config_* would slow down only some of the cases.
 */
export function quietEnvironment(): NodeJS.ProcessEnv {
  const kept = [
    ...["HOME", "LANG", "TMPDIR", "XDG_CACHE_HOME"],
    ...["SystemRoot", "ComSpec", "PATHEXT", "TEMP", "USERPROFILE", "APPDATA", "LOCALAPPDATA"],
  ];
  const entries = kept.map((name) => [name, process.env[name]] as const);
  // npx runs the first node that it finds: it must be the one that runs everything else.
  const path = [dirname(process.execPath), process.env.PATH ?? ""].join(delimiter);
  return { ...Object.fromEntries(entries.filter(([, value]) => value !== undefined)), PATH: path };
}
