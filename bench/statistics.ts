/** Where the values of a case lie. */
export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/** @param values at least one */
export function spread(values: readonly number[]): Spread {
  return { median: median(values), min: Math.min(...values), max: Math.max(...values) };
}

/** The value in the middle, or the mean of the two there. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const upper = sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
  const lower = sorted[Math.floor((sorted.length - 1) / 2)] ?? Number.NaN;
  return (lower + upper) / 2;
}

/**
 * The median of what each round says by itself. A round in which the machine was slow is slow on
 * both sides, which a quotient of two medians does not know.
 * @returns null where there is nothing to pair
 */
export function paired(
  a: readonly number[],
  b: readonly number[],
  combine: (a: number, b: number) => number,
): number | null {
  const pairs = a.flatMap((value, round) => {
    const other = b[round];
    return other === undefined ? [] : [combine(value, other)];
  });
  return pairs.length > 0 ? median(pairs) : null;
}
