import { existsSync, writeFileSync } from "node:fs";
import { showable } from "../common/secrets.ts";
import type { Failed, Finished, Reason } from "../guide/outcome.ts";
import { type Golden, isGoldenText } from "../verify/golden.ts";
import { type Ended, type StepProcess, usedFile } from "./step-process.ts";

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
  /** True for a client that is a driver. */
  readonly hasDriver: boolean;
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
    if (failure) return { kind: "failed", ...ran, reason: failure };
    const documented = wanted.stderr === "any" ? undefined : wanted.stderr;
    if (!documented || (!isCut && isGoldenText(documented, printed))) {
      const withoutDriver = wanted.hasDriver && !existsSync(usedFile(outputFile));
      return { kind: "finished", ...ran, ...(withoutDriver && { withoutDriver }) };
    }
    const text = `did not write to stderr what ${documented.name} says`;
    const reason: Reason = { kind: "other", text };
    // A golden file is updated from a whole one.
    if (printed === "" || isCut) return { kind: "failed", ...ran, reason };
    const stderrFile = `${outputFile}.stderr.txt`;
    writeFileSync(stderrFile, printed, { mode: 0o600 });
    return { kind: "failed", ...ran, reason, stderrFile };
  } finally {
    stdout.close();
    stderr.close();
  }
}

const emptied: Reason = {
  kind: "other",
  text: "emptied what it had printed, by opening /dev/stdout or /dev/stderr again: append to it (>>), or write to the open one (>&1)",
};

function reasonOf(
  { failure, exitCode }: Ended,
  stderr: string,
  wanted: Wanted,
): Reason | undefined {
  if (failure) return failure;
  if (exitCode !== wanted.exitCode) return { kind: "exited", wanted: wanted.exitCode };
  if (wanted.stderr || stderr === "") return undefined;
  return { kind: "other", text: "wrote to stderr" };
}
