/** Texts that differ in more lines are not compared to the end: it takes long. */
const MOST_EDITS = 1000;
const MOST_SIMILAR = 200;

/** What became of an old item, or where new ones are from. Both sides are indexes. */
export interface Edit {
  /** A "gap" is an old item that matches any number of new ones, and "changed" pairs what differs. */
  readonly kind: "same" | "gap" | "changed" | "removed" | "added";
  readonly old: number;
  readonly from: number;
  readonly to: number;
}

/** How items compare, by their indexes. */
export interface Rules {
  isGap(old: number): boolean;
  isSame(old: number, now: number): boolean;
  /** True where the new item is a changed old one, and not another. */
  isSimilar(old: number, now: number): boolean;
}

interface Part {
  readonly old: number;
  readonly oldEnd: number;
  readonly now: number;
  readonly nowEnd: number;
}

/**
 * Compares old items with new ones: lines of a text, or words of a line.
 * @returns what became of each, in their order
 */
export async function align(
  oldCount: number,
  newCount: number,
  { isGap, isSame, isSimilar }: Rules,
): Promise<Edit[]> {
  const { diffArrays } = await import("diff");
  const edits: Edit[] = [];
  const add = (kind: Edit["kind"], at: number, from: number, to: number) => {
    edits.push({ kind, old: at, from, to });
  };

  /** Pairs the items that are alike, and hands on what is between two pairs. */
  function pairUp(
    part: Part,
    kind: Edit["kind"],
    isAlike: (old: number, now: number) => boolean,
    between: (part: Part) => void,
  ): void {
    const olds = range(part.old, part.oldEnd).filter((at) => !isGap(at));
    const changes = diffArrays(olds, range(part.now, part.nowEnd), {
      comparator: isAlike,
      maxEditLength: kind === "same" ? MOST_EDITS : MOST_SIMILAR,
    });
    let [at, place] = [0, part.now];
    let rest = part;
    for (const { added, removed, count } of changes ?? []) {
      for (let index = 0; index < count; index++) {
        if (added) place++;
        else if (removed) at++;
        else {
          const pair = olds[at++] ?? 0;
          between({ ...rest, oldEnd: pair, nowEnd: place });
          add(kind, pair, place, ++place);
          rest = { ...part, old: pair + 1, now: place };
        }
      }
    }
    between(rest);
  }

  /** Items are paired from both ends, and what is left in the middle is for the gap. */
  function settle({ old: start, oldEnd, now: from, nowEnd }: Part): void {
    const gaps = range(start, oldEnd).filter(isGap);
    const first = gaps[0] ?? oldEnd;
    const last = gaps.at(-1) ?? oldEnd - 1;
    const before = Math.min(first - start, nowEnd - from);
    const after = Math.min(oldEnd - 1 - last, nowEnd - from - before);
    const [gapStart, gapEnd] = [from + before, nowEnd - after];
    for (let at = start; at < oldEnd; at++) {
      const [head, tail] = [at - start, oldEnd - at];
      if (head < before) add("changed", at, from + head, from + head + 1);
      else if (tail <= after) add("changed", at, nowEnd - tail, nowEnd - tail + 1);
      else if (at === first) add("gap", at, gapStart, gapEnd);
      else add(isGap(at) ? "gap" : "removed", at, gapEnd, gapEnd);
    }
    if (gaps.length > 0) return;
    for (let at = gapStart; at < gapEnd; at++) add("added", oldEnd, at, at + 1);
  }

  const whole = { old: 0, oldEnd: oldCount, now: 0, nowEnd: newCount };
  pairUp(whole, "same", isSame, (part) => pairUp(part, "changed", isSimilar, settle));
  return edits;
}

function range(start: number, end: number): number[] {
  return Array.from({ length: end - start }, (_, index) => start + index);
}

/** True if at least half of the words of a golden file's line are in the new one. */
export function isSimilar(golden: string, printed: string): boolean {
  const known = wordsOf(golden.replace(/\[\.\.[\w-]*\]/g, " "));
  const found = new Set(wordsOf(printed));
  return known.length > 0 && 2 * known.filter((word) => found.has(word)).length >= known.length;
}

function wordsOf(line: string): string[] {
  return line.match(/[\p{L}\p{N}_]+/gu) ?? [];
}
