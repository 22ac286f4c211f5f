import { spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { $ } from "zx/core";
import { shellWord } from "../common/project.ts";
import { showable } from "../common/secrets.ts";
import type { Failed, Finished } from "../guide/outcome.ts";
import { type Golden, isGoldenText } from "../verify/golden.ts";
import type { Watchdog } from "../workspace/watchdog.ts";
import { type OutputFile, openOutputFile } from "./output-file.ts";
import { endLeftInGroup, endProcessGroup } from "./process-group.ts";
import { neutralEnvironment } from "./step-environment.ts";

/** How a process is started: all that a client is to the runner. */
export interface Command {
  readonly program: string;
  readonly arguments: readonly string[];
  /** What is added to the environment. */
  readonly environment?: Readonly<Record<string, string>>;
  /** The directory in which it works. */
  readonly directory: string;
}

export interface StepProcess {
  readonly command: Command;
  /** Milliseconds. */
  readonly timeout: number;
  /** Takes stdout while the process runs. Its directory gets more files, named after it. */
  readonly outputFile: string;
  /** Where compiled programs and their source maps are. */
  readonly programs: string;
  /** With what it is to end. */
  readonly exitCode: number;
  /** What it is to write to stderr; undefined for nothing. */
  readonly stderr: Golden | "any" | undefined;
}

const STDERR_SHOWN = 64 * 1024;
const OUTPUT_LIMIT = 1024 ** 3;
const isWindows = process.platform === "win32";

/**
 * Runs a step as a process of its own, and ends its whole process group when it is over.
 * @param signal ends the process early
 */
export async function runStep(
  step: StepProcess,
  watchdog: Watchdog,
  signal: AbortSignal,
): Promise<Finished | Failed> {
  const { outputFile } = step;
  const stdout = openOutputFile(outputFile);
  const stderr = openOutputFile(`${outputFile}.stderr`);
  try {
    const started = performance.now();
    const ended = await runProcess(step, stdout, stderr, watchdog, signal);
    const duration = Math.round(performance.now() - started);
    const stdoutFile = `${outputFile}.stdout`;
    stdout.copyTo(stdoutFile);
    const { exitCode } = ended;
    const written = stderr.readStart(STDERR_SHOWN);
    const printed =
      written && (await import("./source-lines.ts")).withSourceLines(written, step.programs);
    const isCut = stderr.size() > STDERR_SHOWN;
    const shown = showable(printed, isCut);
    const ran = { duration, stdoutFile, stderr: shown, exitCode };
    const isDamaged = stdout.isDamaged() || stderr.isDamaged();
    const reason = reasonOf(ended, printed, step) ?? (isDamaged ? emptied : undefined);
    if (reason) return { kind: "failed", ...ran, reason };
    const documented = step.stderr === "any" ? undefined : step.stderr;
    const isDocumented = !documented || (!isCut && isGoldenText(documented, printed));
    if (isDocumented) return { kind: "finished", ...ran };
    const other = `did not write to stderr what ${documented.name} says`;
    // A golden file is updated from a whole one.
    if (printed === "" || isCut) return { kind: "failed", ...ran, reason: other };
    const stderrFile = `${outputFile}.stderr.txt`;
    writeFileSync(stderrFile, printed, { mode: 0o600 });
    return { kind: "failed", ...ran, reason: other, stderrFile };
  } finally {
    stdout.close();
    stderr.close();
  }
}

const emptied =
  "emptied what it had printed, by opening /dev/stdout or /dev/stderr again: append to it (>>), or write to the open one (>&1)";

/** How a process ended, in zx's words. */
interface Ended {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  /** Why it could not be started. */
  readonly cause?: unknown;
  /** Why the runner ended it. */
  readonly because?: string | undefined;
}

async function runProcess(
  { command, timeout }: StepProcess,
  stdout: OutputFile,
  stderr: OutputFile,
  watchdog: Watchdog,
  signal: AbortSignal,
): Promise<Ended> {
  let because: string | undefined;
  const end = (reason: string) => {
    because ??= reason;
    if (run.pid) endProcessGroup(run.pid);
  };
  const run = $({
    ...settings,
    ...(isWindows ? { spawn: withoutShell(command) } : {}),
    env: { ...neutralEnvironment(), ...command.environment },
    cwd: command.directory,
    stdio: ["ignore", stdout.descriptor, stderr.descriptor],
    timeout,
    kill: async () => end(`timed out after ${timeout / 1000} s`),
  })`${command.program} ${command.arguments}`;
  const { pid } = run;
  if (pid) watchdog.began(pid);

  // zx's own `signal` sends SIGTERM, which a step may ignore.
  const onAbort = () => end("was interrupted");
  signal.addEventListener("abort", onAbort);
  if (signal.aborted) onAbort();
  const meter = setInterval(() => {
    if (Math.max(stdout.size(), stderr.size()) > OUTPUT_LIMIT) end("printed more than 1 GiB");
  }, 250);
  try {
    const { exitCode, signal: killedBy, cause } = await run;
    return { exitCode, signal: killedBy, cause, because };
  } finally {
    clearInterval(meter);
    signal.removeEventListener("abort", onAbort);
    if (pid) {
      endLeftInGroup(pid);
      watchdog.ended(pid);
    }
  }
}

/**
 * zx looks for bash, which not every machine has. The shell that every machine has is replaced by the
 * step's program, so that the process is the step's own. The rest zx would otherwise take from variables
 * such as ZX_TIMEOUT.
 */
const settings = {
  shell: "/bin/sh",
  quote: (word: string) => shellWord(word),
  prefix: "exec ",
  postfix: "",
  detached: !isWindows, // a process group of its own
  nothrow: true,
  quiet: true,
  preferLocal: false,
} as const;

/**
 * Starts a program for zx without cmd.exe, which would read a % in a path as a variable's. And Windows
 * ends a process with the runner only if the runner itself started it.
 */
function withoutShell(command: Command): typeof spawn {
  return new Proxy(spawn, {
    apply: (start, self, [, , options]) =>
      Reflect.apply(start, self, [
        command.program,
        command.arguments,
        { ...options, shell: false },
      ]),
  });
}

function reasonOf(
  { because, exitCode, signal, cause }: Ended,
  stderr: string,
  wanted: StepProcess,
): string | undefined {
  if (because) return because;
  if (signal) return `was ended by ${signal}`;
  if (cause && exitCode === null) return `could not be started: ${cause}`;
  if (exitCode !== wanted.exitCode) {
    return `exited with ${exitCode}${wanted.exitCode === 0 ? "" : `, not with ${wanted.exitCode}`}`;
  }
  if (wanted.stderr === "any") return undefined;
  return wanted.stderr || stderr === "" ? undefined : "wrote to stderr";
}
