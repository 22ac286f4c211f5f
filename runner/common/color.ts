import pc from "picocolors";

/** Colours on a terminal, unless the reader wants none: https://no-color.org */
export function useColor(stream: { readonly isTTY?: boolean }): boolean {
  const { FORCE_COLOR, NO_COLOR, TERM } = process.env;
  if (NO_COLOR) return false;
  if (FORCE_COLOR) return FORCE_COLOR !== "0";
  return stream.isTTY === true && TERM !== "dumb";
}

/** For what is written to stdout. picocolors itself takes every Windows, and every CI, for a terminal. */
export const color = pc.createColors(useColor(process.stdout));
