import { basename, extname } from "node:path";
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

/** The line of the step whose query failed. In a compiled step, the runner puts in that of the source. */
function lineOf({ stack = "" }: DatabaseError, file: string): string {
  const name = basename(file);
  const ofStep = new RegExp(`[\\\\/]${basename(name, extname(name))}\\.\\w+:\\d`);
  const frame = stack.split("\n").find((one) => ofStep.test(one)) ?? "";
  const [, position, ending, line] = /([^\s(]+\.(\w+):(\d+):\d+)\)?$/.exec(frame) ?? [];
  if (!position) return "";
  return ` (${name}, ${ending === "mjs" ? `at ${position}` : `line ${line}`})`;
}
