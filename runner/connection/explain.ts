import { basename } from "node:path";
import { oneLine } from "../common/visible.ts";
import { DatabaseError, SetupError, StepFailure } from "./errors.ts";
import { missingTableHint } from "./own-tables.ts";

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

/** The line of the step whose query failed. */
function lineOf(error: DatabaseError, file: string): string {
  const name = basename(file);
  const frame = error.stack?.split("\n").find((line) => line.includes(`${name}:`));
  const line = frame && /:(\d+):\d+\)?$/.exec(frame)?.[1];
  return line ? ` (${name}, line ${line})` : "";
}
