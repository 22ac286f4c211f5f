import { spawn } from "node:child_process";
import { cpSync, symlinkSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { text } from "node:stream/consumers";
import { NotVerified } from "./series.ts";

/** The project's directory: every command is started there, as a reader would. */
export const root = join(import.meta.dirname, "../..");

const parts = [
  ...["steps", "drivers", "expected", "standalone", "runner", "classroom"],
  ...["run-guide.ts", "package.json", "tsconfig.json"],
];

/** Copies the project to a directory, for what changes its files. */
export function copyProject(directory: string): void {
  for (const part of parts) cpSync(join(root, part), join(directory, part), { recursive: true });
  symlinkSync(join(root, "node_modules"), join(directory, "node_modules"), "junction");
}

export interface Command {
  readonly program: string;
  readonly choices: readonly string[];
  readonly environment?: NodeJS.ProcessEnv;
}

/** A process from its start to its exit, with all that it waited for. */
export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Milliseconds. */
  readonly wall: number;
  /** Milliseconds of processor time, user and system. */
  readonly processor: number;
}

/** bash prints what a command took, in seconds, on the last line of stderr. */
const timed = 'TIMEFORMAT="%3R %3U %3S"; time "$@"';

/** Runs a command, and waits for its end. */
export async function runProcess({ program, choices, environment }: Command): Promise<Ended> {
  const child = spawn("bash", ["-c", timed, "-", program, ...choices], {
    cwd: root,
    env: { ...quietEnvironment(), ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const ended = new Promise<number | null>((resolve, reject) => {
    child.on("exit", resolve);
    child.on("error", reject);
  });
  const [code, stdout, printed] = await Promise.all([
    ended,
    text(child.stdout),
    text(child.stderr),
  ]);
  const lines = printed.trimEnd().split("\n");
  const [wall = Number.NaN, user = Number.NaN, system = Number.NaN] = (lines.pop() ?? "")
    .split(" ")
    .map((seconds) => Number(seconds) * 1000);
  return { code, stdout, stderr: lines.join("\n"), wall, processor: user + system };
}

/** @throws NotVerified where the command fails */
export async function succeed(command: Command): Promise<Ended> {
  const ended = await runProcess(command);
  if (ended.code === 0) return ended;
  throw new NotVerified(`${command.program} exited with ${ended.code}.`, ended.stderr);
}

/**
 * Only what programs need to be found and to find their files. Variables such as NODE_OPTIONS,
 * NODE_EXTRA_CA_CERTS or npm_config_* would slow down only some of the cases.
 */
export function quietEnvironment(): NodeJS.ProcessEnv {
  const kept = ["HOME", "LANG", "TMPDIR", "XDG_CACHE_HOME"];
  const entries = kept.map((name) => [name, process.env[name]] as const);
  // npx runs the first node that it finds: it must be the one that runs everything else.
  const path = [dirname(process.execPath), process.env.PATH ?? ""].join(delimiter);
  return { ...Object.fromEntries(entries.filter(([, value]) => value !== undefined)), PATH: path };
}
