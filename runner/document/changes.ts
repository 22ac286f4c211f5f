import { diffLines } from "diff";
import type { ChangedLine } from "./document.ts";

/** Past this many changed lines, a list of them explains nothing. */
const LIMIT = 40;

/**
 * Compares what a step printed with what it printed the last time.
 * @returns the lines that went and came, in order; undefined where they are more than `LIMIT`
 */
export function changesBetween(before: string, now: string): ChangedLine[] | undefined {
  const parts = diffLines(before, now, { maxEditLength: LIMIT });
  if (!parts) return undefined;
  return parts.flatMap(({ added, removed, value }) => {
    if (!added && !removed) return [];
    const sign = added ? "+" : "-";
    return value
      .replace(/\n$/, "")
      .split("\n")
      .map((text): ChangedLine => ({ sign, text }));
  });
}
