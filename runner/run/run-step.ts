import { writeFileSync } from "node:fs";
import { showable } from "../common/secrets.ts";
import { type Failed, type Finished, notStarted } from "../guide/outcome.ts";
import { type Golden, isGoldenText } from "../verify/golden.ts";
import type { Ended, StepProcess } from "./step-process.ts";

/** What a step is held to. */
export interface Wanted {
  /** Milliseconds. */
  readonly timeout: number;
  /** Where compiled programs and their source maps are. */
  readonly programs: string;
  /** With what it is to end. */
  readonly exitCode: number;
  /** What it is to write to stderr; undefined for nothing. */
  readonly stderr: Golden | "any" | undefined;
}

const STDERR_SHOWN = 64 * 1024;

/**
 * Runs a step whose process has been started, and ends its whole process group when it is over.
 * @param signal ends the process early
 */
export async function runStep(
  { outputFile, stdout, stderr, finish }: StepProcess,
  wanted: Wanted,
  signal: AbortSignal,
): Promise<Finished | Failed> {
  try {
    const started = performance.now();
    const ended = await finish(wanted.timeout, signal);
    const duration = Math.round(performance.now() - started);
    const stdoutFile = `${outputFile}.stdout`;
    stdout.copyTo(stdoutFile);
    const { exitCode } = ended;
    const written = stderr.readStart(STDERR_SHOWN);
    const printed =
      written && (await import("./source-lines.ts")).withSourceLines(written, wanted.programs);
    const isCut = stderr.size() > STDERR_SHOWN;
    const shown = showable(printed, isCut);
    const ran = { duration, stdoutFile, stderr: shown, exitCode };
    const isDamaged = stdout.isDamaged() || stderr.isDamaged();
    const failure = reasonOf(ended, printed, wanted) ?? (isDamaged ? emptied : undefined);
    const documented = wanted.stderr === "any" || failure ? undefined : wanted.stderr;
    const isOther = documented && (isCut || !isGoldenText(documented, printed));
    const reason = isOther ? `did not write to stderr what ${documented.name} says` : failure;
    if (!reason) return { kind: "finished", ...ran };
    // A golden file is updated from a whole one.
    if (!isOther || printed === "" || isCut) return { kind: "failed", ...ran, reason };
    const stderrFile = `${outputFile}.stderr.txt`;
    writeFileSync(stderrFile, printed, { mode: 0o600 });
    return { kind: "failed", ...ran, reason, stderrFile };
  } finally {
    stdout.close();
    stderr.close();
  }
}

const emptied =
  "emptied what it had printed, by opening /dev/stdout or /dev/stderr again: append to it (>>), or write to the open one (>&1)";

function reasonOf(
  { because, exitCode, signal, unstarted }: Ended,
  stderr: string,
  wanted: Wanted,
): string | undefined {
  if (because) return because;
  if (signal) return `was ended by ${signal}`;
  if (unstarted !== undefined) return `${notStarted}${unstarted}`;
  if (exitCode !== wanted.exitCode) {
    return `exited with ${exitCode}${wanted.exitCode === 0 ? "" : `, not with ${wanted.exitCode}`}`;
  }
  if (wanted.stderr === "any") return undefined;
  return wanted.stderr || stderr === "" ? undefined : "wrote to stderr";
}
