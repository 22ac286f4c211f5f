import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { Writable } from "node:stream";
import { $ } from "zx/core";
import { hasCode, messageOf } from "../common/failure.ts";
import { shellWord } from "../common/project.ts";
import type { Reason } from "../guide/outcome.ts";
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

/** A process of a step. */
export interface StepProcess {
  /** Takes stdout. Its directory gets more files, named after it. */
  readonly outputFile: string;
  readonly stdout: OutputFile;
  readonly stderr: OutputFile;
  /** False where it ended before its turn, as after a lack of memory. */
  isAlive(): boolean;
  /**
   * Lets the program begin, if it waits, and ends its process group when it is over.
   * @param timeout milliseconds
   * @param signal ends the process early
   */
  finish(timeout: number, signal: AbortSignal): Promise<Ended>;
}

/** How a process ended. */
export interface Ended {
  readonly exitCode: number | null;
  /** Set where its exit code says nothing: it could not be started, or was ended. */
  readonly failure: Reason | undefined;
}

const OUTPUT_LIMIT = 1024 ** 3;
const isWindows = process.platform === "win32";
const waitForTurn = new URL("./wait-for-turn.mjs", import.meta.url).href;

/** The file that is there once a step has sent something with its driver. */
export const usedFile = (outputFile: string) => `${outputFile}.used`;

/** True if a process of it can be started before it is its turn. On Windows, it could not read the word. */
export function canWait({ program }: Pick<Command, "program">): boolean {
  return program === process.execPath && !isWindows;
}

/**
 * Starts a process of its own for a step.
 * @param waits its program begins with `finish`, and not before
 */
export function startProcess(
  command: Command,
  outputFile: string,
  watchdog: Watchdog,
  waits = false,
): StepProcess {
  const stdout = openOutputFile(outputFile);
  const stderr = openOutputFile(`${outputFile}.stderr`);
  const words = waits ? ["--import", waitForTurn, ...command.arguments] : command.arguments;
  const run = $({
    ...settings,
    spawn: withoutShell(command.program, words),
    env: { ...neutralEnvironment(), ...command.environment, GUIDE_USED: usedFile(outputFile) },
    cwd: command.directory,
    stdio: ["ignore", stdout.descriptor, stderr.descriptor, ...(waits ? ["pipe" as const] : [])],
  })`${command.program} ${words}`;
  const { pid } = run;
  if (pid) watchdog.began(pid);
  const { child } = run;
  const isAlive = () => child?.exitCode === null && child.signalCode === null;
  const turn = child?.stdio[3];
  turn?.on("error", () => {}); // it has ended already

  return {
    outputFile,
    stdout,
    stderr,
    isAlive,

    async finish(timeout, signal) {
      let failure: Reason | undefined;
      const end = (reason: Reason) => {
        failure ??= reason;
        if (pid && isAlive()) endProcessGroup(pid);
      };
      // zx's own `signal` sends SIGTERM, which a step may ignore.
      const onAbort = () => end({ kind: "other", text: "was interrupted" });
      signal.addEventListener("abort", onAbort);
      if (signal.aborted) onAbort();
      if (turn instanceof Writable) turn.end("\n");
      const limit = setTimeout(() => end({ kind: "timed out", limit: timeout }), timeout);
      const meter = setInterval(() => {
        if (Math.max(stdout.size(), stderr.size()) <= OUTPUT_LIMIT) return;
        end({ kind: "other", text: "printed more than 1 GiB" });
      }, 250);
      try {
        const { exitCode, signal: killedBy, cause } = await run;
        // Node.js gives it an exit code such as -2, which no process has.
        const hasStarted = !cause || (exitCode !== null && exitCode >= 0);
        if (!hasStarted) failure ??= { kind: "not started", why: whyUnstarted(command, cause) };
        if (killedBy) failure ??= { kind: "other", text: `was ended by ${killedBy}` };
        return { exitCode: hasStarted ? exitCode : null, failure };
      } finally {
        clearTimeout(limit);
        clearInterval(meter);
        signal.removeEventListener("abort", onAbort);
        if (pid) {
          endLeftInGroup(pid);
          watchdog.ended(pid);
        }
      }
    },
  };
}

/** @returns why a process could not be started, in a few words */
function whyUnstarted({ program, directory }: Command, cause: unknown): string {
  const isMissing = hasCode(cause, "ENOENT") && existsSync(directory);
  if (!isMissing) return messageOf(cause);
  if (!/[\\/]/.test(program)) return `${program} is not installed here, or not in the PATH`;
  return existsSync(resolve(directory, program)) ? messageOf(cause) : `there is no file ${program}`;
}

/**
 * zx would start a shell, which not every machine has, and which would have to be replaced by the step's program. cmd.exe
 * reads a % in a path as a variable's, and Windows ends a process with the runner only if the runner itself started
 * it. So the program is started without one. The rest zx would otherwise take from variables such as ZX_TIMEOUT.
 */
const settings = {
  shell: "/bin/sh",
  quote: (word: string) => shellWord(word),
  prefix: "",
  postfix: "",
  detached: !isWindows, // a process group of its own
  nothrow: true,
  quiet: true,
  preferLocal: false,
} as const;

function withoutShell(program: string, words: readonly string[]): typeof spawn {
  return new Proxy(spawn, {
    apply: (start, self, [, , options]) =>
      Reflect.apply(start, self, [program, words, { ...options, shell: false }]),
  });
}
