import { diffLines } from "diff";
import type { ChangedLine } from "./document.ts";

/** A longer list of changes explains nothing. */
const MAX_CHANGES = 40;

/**
 * Compares a step's output with its output before.
 * @returns the removed and added lines, in order; undefined if there are more than 40
 */
export function changesBetween(before: string, now: string): ChangedLine[] | undefined {
  const parts = diffLines(before, now, { maxEditLength: MAX_CHANGES });
  return parts?.flatMap(({ added, removed, value }) => {
    if (!added && !removed) return [];
    const lines = value.replace(/\n$/, "").split("\n");
    return lines.map((text): ChangedLine => ({ sign: added ? "+" : "-", text }));
  });
}
