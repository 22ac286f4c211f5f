import type { SpawnOptions } from "node:child_process";
import { closeSync, openSync, readSync, statSync } from "node:fs";
import { $ } from "zx/core";
import type { Watchdog } from "../workspace/watchdog.ts";
import type { Command } from "./command.ts";
import type { Failed, Finished } from "./outcome.ts";
import { endLeftInGroup, endProcessGroup } from "./process-group.ts";
import { startOnWindows } from "./windows-step.ts";

export interface StepProcess {
  readonly command: Command;
  /** Milliseconds. */
  readonly timeout: number;
  /** stdout goes to FILE.stdout, stderr to FILE.stderr. */
  readonly outputFile: string;
}

const OUTPUT_LIMIT = 1024 ** 3;
const STDERR_SHOWN = 64 * 1024;

/**
 * Runs a step as a process of its own, and ends its whole process group when it is over.
 * @param signal ends the process early
 */
export async function runStep(
  { command, timeout, outputFile }: StepProcess,
  watchdog: Watchdog,
  signal: AbortSignal,
): Promise<Finished | Failed> {
  const stdoutFile = `${outputFile}.stdout`;
  const stderrFile = `${outputFile}.stderr`;
  // Files, not pipes: nothing is cut off when a step calls process.exit, and nothing waits for a
  // grandchild that keeps a pipe open.
  const stdout = openSync(stdoutFile, "w", 0o600);
  const stderr = openSync(stderrFile, "w", 0o600);
  let endedBecause: string | undefined;
  const started = performance.now();
  const options = {
    env: environment(command),
    cwd: command.directory,
    stdio: ["ignore", stdout, stderr, watchdog.line],
    detached: true, // a process group of its own
  } satisfies SpawnOptions;
  const run =
    process.platform === "win32"
      ? startOnWindows(command, options)
      : $({
          ...shell,
          ...options,
          postfix: "",
          nothrow: true,
          quiet: true,
        })`${command.program} ${command.arguments}`;
  const { pid } = run;
  if (pid) watchdog.began(pid);

  const end = (reason: string) => {
    endedBecause ??= reason;
    if (pid) endProcessGroup(pid);
  };

  const timer = setTimeout(() => end(`timed out after ${timeout / 1000} s`), timeout);
  const meter = setInterval(() => {
    if (statSync(stdoutFile).size > OUTPUT_LIMIT) end("printed more than 1 GiB");
  }, 250);
  const onAbort = () => end("was interrupted");
  signal.addEventListener("abort", onAbort);
  if (signal.aborted) onAbort();

  const { exitCode, signal: killedBy, cause } = await run;
  const duration = Math.round(performance.now() - started);
  clearTimeout(timer);
  clearInterval(meter);
  signal.removeEventListener("abort", onAbort);
  if (pid) {
    endLeftInGroup(pid);
    watchdog.ended(pid);
  }
  closeSync(stdout);
  closeSync(stderr);

  const ran = { duration, stdoutFile, stderr: readStart(stderrFile), exitCode };
  const reason = endedBecause ?? reasonOf(exitCode, killedBy, ran.stderr, cause);
  return reason ? { kind: "failed", ...ran, reason } : { kind: "finished", ...ran };
}

/**
 * zx looks for bash, which not every machine has. The shell that every machine has gives its place
 * to node, so that the process is the step's own.
 */
const shell = {
  shell: "/bin/sh",
  // It tells the watchdog first. In a subshell, which a watchdog that is gone may end.
  prefix: '(echo "+$$" >&3) 2> /dev/null; exec 3>&-; exec ',
  quote: (text: string) => `'${text.replaceAll("'", "'\\''")}'`,
};

/** Variables that would make a step behave otherwise than its code and its URL say. */
const unwanted = /^(PG[A-Z]|DOTENV_|NODE_OPTIONS$|NODE_V8_COVERAGE$|FORCE_COLOR$|DATABASE_URL$)/;

function environment(command: Command): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !unwanted.test(name));
  return { ...Object.fromEntries(kept), ...command.environment };
}

function reasonOf(
  exitCode: number | null,
  killedBy: NodeJS.Signals | null,
  stderr: string,
  cause: unknown,
): string | undefined {
  if (killedBy) return `was ended by ${killedBy}`;
  if (cause && exitCode === null) return `could not be started: ${cause}`;
  if (exitCode !== 0) return `exited with ${exitCode}`;
  return stderr === "" ? undefined : "wrote to stderr";
}

function readStart(file: string): string {
  const descriptor = openSync(file, "r");
  try {
    const buffer = Buffer.alloc(STDERR_SHOWN);
    return buffer.toString("utf8", 0, readSync(descriptor, buffer));
  } finally {
    closeSync(descriptor);
  }
}
