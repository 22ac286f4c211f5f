/** Counts what somebody does within a time, and says when it is enough. */
export interface Limit {
  /** Counts once more. @returns false where it is too much */
  allows(key: string): boolean;
  /** Whether it was too much already. Counts nothing. */
  isReached(key: string): boolean;
}

/** So many keys are remembered at most; then all are forgotten, and everybody begins anew. */
const KEYS = 10_000;

/** @param window milliseconds */
export function openLimit(most: number, window: number, now = () => performance.now()): Limit {
  const counts = new Map<string, { since: number; count: number }>();

  function current(key: string) {
    const known = counts.get(key);
    if (known && now() - known.since < window) return known;
    if (counts.size >= KEYS) counts.clear();
    const fresh = { since: now(), count: 0 };
    counts.set(key, fresh);
    return fresh;
  }

  return {
    allows(key) {
      const one = current(key);
      one.count++;
      return one.count <= most;
    },
    isReached: (key) => current(key).count >= most,
  };
}
