import pc from "picocolors";

/** Colours a line of a unified diff. */
export function paintDiff(line: string): string {
  if (line.startsWith("+")) return pc.green(line);
  if (line.startsWith("-")) return pc.red(line);
  return line.startsWith("@@") ? pc.cyan(line) : line;
}
