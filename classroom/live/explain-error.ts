import { basename } from "node:path";
import { failedLine } from "../../runner/report/findings.ts";
import { errorLines } from "../learn/learn-page.ts";
import type { Details } from "./messages.ts";

const SUMMARY_LINES = 3;

/**
 * Explains why a run failed: the message in front, and all that it wrote to stderr behind it.
 * @param file the script that failed
 * @param name as the page names it
 */
export function explainError(stderr: string, file: string, name: string): Details {
  const lines = stderr.replace(/\n+$/, "").split("\n").filter(Boolean);
  if (lines.length === 0) return { kind: "none" };
  const short = errorLines(stderr).filter((line) => !line.startsWith("in "));
  const summary = short.length <= SUMMARY_LINES ? short.join(" · ") : pythonMessage(short);
  const line = failedLine(stderr, basename(file)) ?? 0;
  return { kind: "error", summary, line, name, lines: lines.length > 1 ? lines : [] };
}

/** The last line of a traceback is its message; otherwise the first one says most. */
function pythonMessage(lines: readonly string[]): string {
  const isTraceback = lines[0]?.startsWith("Traceback") === true;
  return (isTraceback ? lines.at(-1) : lines.slice(0, SUMMARY_LINES).join(" · ")) ?? "";
}
