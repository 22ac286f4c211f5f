import { readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { attempt } from "../common/failure.ts";
import { readRecord } from "../common/json.ts";
import { realPath } from "../common/paths.ts";
import { oneLine } from "../common/visible.ts";
import { DatabaseError, SetupError, StepFailure } from "./errors.ts";

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

/**
 * What to try if a step misses a table that the first step of its guide creates.
 * @returns "" for any other error
 */
function missingTableHint({ code, message }: DatabaseError, file: string): string {
  const missing = code === "42P01" && /"([^"]+)"/.exec(message)?.[1];
  if (!missing || file === "") return "";
  const folder = dirname(realPath(file));
  const { runs = [], setup = [] } = readRecord(join(folder, "guide.json"));
  const first = String([setup, runs].flat()[0]);
  const text = attempt(() => readFileSync(join(folder, `${first}.ts`), "utf8"), "");
  return text.includes(missing) ? `The ${missing} table is not there yet. Run ${first} first.` : "";
}
