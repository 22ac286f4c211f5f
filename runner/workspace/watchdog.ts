import { type ChildProcess, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

export type Watchdog = ReturnType<typeof startWatchdog>;

/**
 * Starts a process that ends and removes what a run left, should the runner be killed. See `watchdog.mjs`.
 * @param paths the run's directories. The name of the first is in its processes' command lines
 */
export function startWatchdog(paths: readonly string[]) {
  const { stdin } = launch("watch", paths);
  stdin?.on("error", () => {});
  const tell = (line: string): void => void stdin?.write(`${line}\n`);

  return {
    /** A process group has begun. */
    began: (pid: number) => tell(`+${pid}`),
    ended: (pid: number) => tell(`-${pid}`),
    /** Ends the watchdog: everything is removed. */
    dismiss: () => {
      tell("done");
      stdin?.end();
    },
  };
}

/** Ends and removes what is left of a run. Does not wait until that is done. */
export function sweep(paths: readonly string[]): void {
  launch("sweep", paths);
}

/**
 * Ends what is left of a server that was killed. Does not wait until that is done. Not on Windows, where its processes
 * end with it.
 * @param name of the server, with the run's: it is in the command lines of its processes
 */
export function endProcesses(name: string): void {
  launch("end", [name]);
}

/**
 * Keeps the lines, and starts the program only if they end without "done", or if a process of the run is
 * left. Node.js takes a tenth of a second of processor time to start, when the first steps do too.
 */
const WAIT = `
while IFS= read -r line; do
  [ "$line" = done ] && { grep -qs "\${4##*/}" /proc/[0-9]*/environ || exit; break; }
  lines="$lines$line
"
done
printf %s "$lines" | "$@"`;

function launch(mode: "watch" | "sweep" | "end", targets: readonly string[]): ChildProcess {
  const program = fileURLToPath(new URL("./watchdog.mjs", import.meta.url));
  const own = [process.execPath, program, mode, ...targets] as const;
  const waits = mode === "watch" && process.platform !== "win32";
  const [command, ...choices] = waits
    ? (["/bin/sh", "-c", WAIT, "watchdog", ...own] as const)
    : own;
  const child = spawn(command, choices, {
    detached: true, // Ctrl-C does not reach it
    windowsHide: true,
    stdio: [mode === "watch" ? "pipe" : "ignore", "ignore", "ignore"],
    env: {},
    cwd: "/",
  });
  child.unref();
  return child.on("error", () => {});
}
