import pc from "picocolors";

/** Colours a line of a unified diff. */
export function paintDiff(line: string, color: Pick<typeof pc, "green" | "red" | "cyan"> = pc) {
  if (line.startsWith("+")) return color.green(line);
  if (line.startsWith("-")) return color.red(line);
  return line.startsWith("@@") ? color.cyan(line) : line;
}
