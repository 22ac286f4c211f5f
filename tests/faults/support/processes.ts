import { readdirSync, readFileSync } from "node:fs";
import { availableParallelism } from "node:os";

/** A command that runs, as it is looked at from time to time. */
interface Watched {
  /** The command lines of all processes, seen while it ran. */
  readonly lines: Set<string>;
  /** Milliseconds that it has left. */
  left: number;
  readonly expire: () => void;
}

const LOOK_MS = 100;

/** One look serves every command that runs: it takes its time. */
const watched = new Set<Watched>();
let timer: NodeJS.Timeout | undefined;
let lastLook = 0;

/**
 * Collects the command lines of all processes, until it is ended.
 * @param limit seconds after which `expire` is called. On a busy machine they last longer: what is
 *   limited is a wait, and not the time in which others are served.
 */
export function watchProcesses(limit: number, expire: () => void): { end(): ReadonlySet<string> } {
  const one: Watched = { lines: new Set(), left: limit * 1000, expire };
  watched.add(one);
  if (!timer) {
    lastLook = performance.now();
    timer = setInterval(look, LOOK_MS);
  }
  return {
    end() {
      watched.delete(one);
      if (watched.size === 0) {
        clearInterval(timer);
        timer = undefined;
      }
      return one.lines;
    },
  };
}

function look(): void {
  const now = performance.now();
  const passed = (now - lastLook) * shareOfMachine();
  lastLook = now;
  const processes = commandLines();
  for (const one of watched) {
    for (const { line } of processes) one.lines.add(line);
    one.left -= passed;
    if (one.left < 0) one.expire();
  }
}

/** Of a second, the part that a process gets where others want to run, too. */
function shareOfMachine(): number {
  const running = Number(/ (\d+)\/\d+ /.exec(readText("/proc/loadavg"))?.[1]) || 1;
  return Math.min(1, availableParallelism() / running);
}

/** What the processes of this machine were started with: what `ps` would show to any user. */
export function processList(): string {
  return commandLines()
    .map(({ line }) => line)
    .join("\n");
}

export function commandLines(): { pid: number; line: string }[] {
  const pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  return pids.map((pid) => ({
    pid: Number(pid),
    line: readText(`/proc/${pid}/cmdline`).replaceAll("\0", " "),
  }));
}

/** @returns nothing of a file that has gone meanwhile */
export function readText(file: string): string {
  try {
    return readFileSync(file, "latin1");
  } catch {
    return "";
  }
}
