import pc from "picocolors";

/** Says whether to colour what is written to a stream. A reader can turn colours off: https://no-color.org */
export function useColor(stream: { readonly isTTY?: boolean }): boolean {
  const { FORCE_COLOR, NO_COLOR, TERM } = process.env;
  if (NO_COLOR) return false;
  if (FORCE_COLOR) return FORCE_COLOR !== "0";
  return stream.isTTY === true && TERM !== "dumb";
}

/** For what is written to stdout. picocolors itself takes every Windows, and every CI, for a terminal. */
export const color = pc.createColors(useColor(process.stdout));

/** Colours a line of a unified diff. */
export function paintDiff(
  line: string,
  paint: Pick<typeof color, "green" | "red" | "cyan"> = color,
): string {
  if (line.startsWith("+")) return paint.green(line);
  if (line.startsWith("-")) return paint.red(line);
  return line.startsWith("@@") ? paint.cyan(line) : line;
}
