import { color } from "./color.ts";

/** Colours a line of a unified diff. */
export function paintDiff(
  line: string,
  paint: Pick<typeof color, "green" | "red" | "cyan"> = color,
): string {
  if (line.startsWith("+")) return paint.green(line);
  if (line.startsWith("-")) return paint.red(line);
  return line.startsWith("@@") ? paint.cyan(line) : line;
}
