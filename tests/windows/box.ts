import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { closeSync, openSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import { makeDirectory } from "../support/files.ts";

const script = join(import.meta.dirname, "box.sh");

/** The box as Linux sees it. */
export const box = process.env.WINDOWS_BOX ?? "/var/cache/neon-typescript-guide-windows";

/** A Windows program that runs in the box. */
export interface Started {
  readonly child: ChildProcess;
  readonly printed: () => { readonly stdout: string; readonly stderr: string };
  readonly ended: Promise<Ended>;
}

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Copies this project into the box.
 * @param how copied as it is, or cloned with core.autocrlf
 */
export function bring(how: "copy" | "clone", copy: string): void {
  const { status, stderr } = spawnSync("bash", [script, how, copy], { encoding: "utf8" });
  if (status !== 0) throw new Error(stderr);
}

/** Runs `run-guide.ts` in a copy of the project in the box, to its end. */
export function guide(
  copy: string,
  choices: readonly string[],
  environment: NodeJS.ProcessEnv = {},
): Promise<Ended> {
  return startGuide(copy, choices, environment).ended;
}

/** Its output goes to files: what it leaves behind would keep a pipe open. */
export function startGuide(
  copy: string,
  choices: readonly string[],
  environment: NodeJS.ProcessEnv = {},
): Started {
  const directory = makeDirectory("box-output");
  const [out, err] = [join(directory, "out"), join(directory, "err")] as const;
  const files = [openSync(out, "w"), openSync(err, "w")];
  const words = ["run", copy, "node", "--import", "tsx", "run-guide.ts", ...choices];
  const child = spawn("bash", [script, ...words], {
    env: { PATH: process.env.PATH, WINDOWS_BOX: box, ...environment },
    stdio: ["ignore", ...files],
  });
  for (const file of files) closeSync(file);
  const read = (file: string) => attempt(() => readFileSync(file, "utf8")); // a test may be over
  const printed = () => ({ stdout: read(out), stderr: read(err) });
  const ended = new Promise<Ended>((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code) => resolve({ code, ...printed() }));
  });
  return { child, printed, ended };
}

/** A process in the box that is not Wine's own. */
export interface BoxProcess {
  readonly pid: number;
  readonly line: string;
}

export function processesInBox(): BoxProcess[] {
  const pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  return pids
    .filter((pid) => attempt(() => readlinkSync(`/proc/${pid}/root`)) === box)
    .map((pid) => ({
      pid: Number(pid),
      line: attempt(() => readFileSync(`/proc/${pid}/cmdline`, "utf8")).replaceAll("\0", " "),
    }))
    .filter(({ line }) => /\b(node|postgres|pg_ctl|initdb|cmd|taskkill)\.exe\b/i.test(line));
}

function attempt(read: () => string): string {
  try {
    return read();
  } catch {
    return ""; // it has gone meanwhile
  }
}
