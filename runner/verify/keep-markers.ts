import { escapeMarkers, isAnyLines, linePattern } from "./line-pattern.ts";
import { matchesPattern } from "./pattern.ts";

/** Outputs that differ in more lines are written as they are: looking for what is alike takes long. */
const MOST_EDITS = 2000;

const unbound = new Map<string, string>();

/**
 * The new text of a golden file: what was printed, with the old markers where they still match. A line
 * `...` stays where the lines before and after it stay.
 */
export async function keepMarkers(golden: string, printed: string): Promise<string> {
  const { diffArrays } = await import("diff");
  const lines = printed.split("\n");
  const { kept, gaps } = readOld(golden.split("\n"));
  const patterns = kept.map(linePattern);
  const changes =
    diffArrays(
      patterns.map((_, index) => index),
      lines.map((_, index) => index),
      {
        comparator: (index, line) =>
          patterns[index]?.match(lines[line] ?? "", unbound) !== undefined,
        maxEditLength: MOST_EDITS,
      },
    ) ?? [];

  /** The printed line that an old one matches. Both have an end at -1 and after their last line. */
  const placeOf = new Map([
    [-1, -1],
    [kept.length, lines.length],
  ]);
  let old = 0;
  let place = 0;
  for (const { added, removed, count } of changes) {
    for (let i = 0; i < count; i++) {
      if (added) place++;
      else if (removed) old++;
      else placeOf.set(old++, place++);
    }
  }
  const merged = merge(kept, gaps, lines, placeOf).join("\n");
  if (matchesPattern(merged, printed)) return merged;
  // A name stands for one text no longer. Without names, what is kept always matches.
  const nameless = kept.map((line, index) => (patterns[index]?.binds ? undefined : line));
  return merge(nameless, gaps, lines, placeOf).join("\n");
}

/** The old lines without those `...`, and the lines before which one stood. */
function readOld(golden: readonly string[]) {
  const kept: string[] = [];
  const gaps = new Map<number, string>();
  for (const line of golden) {
    if (isAnyLines(line)) gaps.set(kept.length, line);
    else kept.push(line);
  }
  return { kept, gaps };
}

function merge(
  kept: readonly (string | undefined)[],
  gaps: ReadonlyMap<number, string>,
  lines: readonly string[],
  placeOf: ReadonlyMap<number, number>,
): string[] {
  const merged = lines.map<string | undefined>(escapeMarkers);
  for (const [old, place] of placeOf) if (kept[old] !== undefined) merged[place] = kept[old];
  const markers = new Map<number, string>();
  for (const [next, marker] of gaps) {
    const before = placeOf.get(next - 1);
    const after = placeOf.get(next);
    if (before === undefined || after === undefined) continue;
    merged.fill(undefined, before + 1, after);
    markers.set(after, marker);
  }
  const withMarkers = [...merged, undefined].flatMap((line, place) => [markers.get(place), line]);
  return withMarkers.filter((line) => line !== undefined);
}
