import type { SpawnOptions } from "node:child_process";
import { $ } from "zx/core";
import { readStart } from "../common/files.ts";
import type { Failed, Finished } from "../guide/outcome.ts";
import type { Watchdog } from "../workspace/watchdog.ts";
import type { Capture, CaptureInto } from "./capture.ts";
import type { Command } from "./command.ts";
import { endLeftInGroup, endProcessGroup } from "./process-group.ts";
import { startOnWindows } from "./windows-step.ts";

export interface StepProcess {
  readonly command: Command;
  /** Milliseconds. */
  readonly timeout: number;
  /** stdout goes to FILE.stdout, stderr to FILE.stderr. */
  readonly outputFile: string;
}

const STDERR_SHOWN = 64 * 1024;

/**
 * Runs a step as a process of its own, and ends its whole process group when it is over.
 * @param capture keeps what it prints
 * @param signal ends the process early
 */
export async function runStep(
  { command, timeout, outputFile }: StepProcess,
  capture: CaptureInto,
  watchdog: Watchdog,
  signal: AbortSignal,
): Promise<Finished | Failed> {
  const files = [`${outputFile}.stdout`, `${outputFile}.stderr`] as const;
  let pid: number | undefined;
  let endedBecause: string | undefined;
  const end = (reason: string) => {
    endedBecause ??= reason;
    if (pid) endProcessGroup(pid);
  };

  const captures: Capture[] = [];
  let forget = () => {};
  let hasEnded = false;
  const close = () => {
    forget();
    if (pid) {
      if (hasEnded) endLeftInGroup(pid);
      else endProcessGroup(pid);
      watchdog.ended(pid);
      pid = undefined;
    }
    for (const { finish } of captures.splice(0)) finish();
  };

  const started = performance.now();
  try {
    for (const file of files) captures.push(await capture(file, end));
    const run = start(command, captures, watchdog);
    pid = run.pid;
    if (pid) watchdog.began(pid);
    forget = endEarly(end, timeout, signal);

    const { exitCode, signal: killedBy, cause } = await run;
    const duration = Math.round(performance.now() - started);
    hasEnded = true;
    close();
    const [stdoutFile, stderrFile] = files;
    const ran = { duration, stdoutFile, stderr: readStart(stderrFile, STDERR_SHOWN), exitCode };
    const reason = endedBecause ?? reasonOf(exitCode, killedBy, ran.stderr, cause);
    return reason ? { kind: "failed", ...ran, reason } : { kind: "finished", ...ran };
  } finally {
    close();
  }
}

function start(command: Command, captures: readonly Capture[], watchdog: Watchdog) {
  try {
    const options = {
      env: environment(command),
      cwd: command.directory,
      stdio: ["ignore", ...captures.map(({ descriptor }) => descriptor), watchdog.line],
      detached: true, // a process group of its own
    } satisfies SpawnOptions;
    if (process.platform === "win32") return startOnWindows(command, options);
    const run = { ...shell, ...options, ...fixed };
    return $(run)`${command.program} ${command.arguments}`;
  } finally {
    for (const { handOver } of captures) handOver();
  }
}

/** Ends a run at its time limit or with the signal. @returns a function that lets it be */
function endEarly(end: (reason: string) => void, timeout: number, signal: AbortSignal): () => void {
  const timer = setTimeout(() => end(`timed out after ${timeout / 1000} s`), timeout);
  const onAbort = () => end("was interrupted");
  signal.addEventListener("abort", onAbort);
  if (signal.aborted) onAbort();
  return () => {
    clearTimeout(timer);
    signal.removeEventListener("abort", onAbort);
  };
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

/** What zx would otherwise take from variables such as ZX_TIMEOUT. */
const fixed = { nothrow: true, quiet: true, postfix: "", timeout: 0, preferLocal: false };

/**
 * Variables that would make a step behave otherwise than its code and its URL say. Of Node's own, they
 * silence a warning (NODE_NO_WARNINGS), add one (NODE_DEBUG), load code (NODE_OPTIONS), or trust any
 * server (NODE_TLS_REJECT_UNAUTHORIZED).
 */
const unwanted =
  /^(PG[A-Z]|DOTENV_|NODE_|TSX_|DATABASE_URL$|FORCE_COLOR$|NO_COLOR$|CLICOLOR|SSLKEYLOGFILE$)/i;

/** A company's certificate authorities: without them, its server cannot be verified. */
const wanted = /^(NODE_EXTRA_CA_CERTS|NODE_USE_SYSTEM_CA)$/i;

function environment(command: Command): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(
    ([name]) => wanted.test(name) || !unwanted.test(name),
  );
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
