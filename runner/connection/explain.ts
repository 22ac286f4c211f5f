import { basename } from "node:path";
import { oneLine } from "../common/visible.ts";
import { DatabaseError, SetupError, StepFailure } from "./errors.ts";
import { missingTableHint } from "./guide-objects.ts";

/**
 * Say why a step failed, and what to do.
 * @param hints what to try, by the code of an error
 * @param file the step's
 */
export function explain(
  error: unknown,
  hints: Readonly<Record<string, string>>,
  file: string,
): string {
  if (error instanceof SetupError) return error.message;
  if (error instanceof StepFailure) return `Query failed.\n${error.message}`;
  if (error instanceof DatabaseError) {
    const { phase, code, message } = error;
    const failure = phase === "connect" ? "Connection failed." : "Query failed.";
    const hint = missingTableHint(error, file) || hints[code];
    return `${failure}\n${oneLine(code)}: ${message}${lineOf(error, file)}${hint ? `\n${hint}` : ""}`;
  }
  // Not the database's fault. The stack shows where the step itself went wrong.
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

/**
 * The line of the step whose query failed. A compiled step is one file with all that it imports: the first
 * line of the stack is the caller's, and the runner puts in that of its source.
 */
function lineOf({ stack = "" }: DatabaseError, file: string): string {
  const frames = stack.split("\n").map((frame) => /([^\s(]+:(\d+):\d+)\)?$/.exec(frame) ?? []);
  const compiled = frames.find(([, position]) => position?.includes(".mjs:"))?.[1];
  if (compiled) return ` (at ${compiled})`;
  const name = basename(file);
  const line = frames.find(([, position]) => position?.includes(`${name}:`))?.[2];
  return line ? ` (${name}, line ${line})` : "";
}
