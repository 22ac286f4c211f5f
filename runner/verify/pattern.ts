import { Failure } from "../common/failure.ts";
import { type Bindings, isAnyLines, type LinePattern, linePattern } from "./line-pattern.ts";

/** Comparing takes about a second then. Only a golden file made for it takes more. */
const MOST_COMPARISONS = 20_000_000;

/**
 * Does the text match the golden file, markers included?
 * @param name of the golden file, for the message
 * @throws Failure of kind "layout" for markers that would take too long to compare
 */
export function matchesPattern(golden: string, text: string, name = "the golden file"): boolean {
  const segments = segmentsOf(golden.split("\n"));
  const lines = text.split("\n");
  const [first = [], ...rest] = segments;
  const last = rest.pop();
  const comparisons = { left: MOST_COMPARISONS, name };
  let known: Bindings | undefined = new Map<string, string>();
  if (!last) {
    return (
      first.length === lines.length && matchAt(first, lines, 0, known, comparisons) !== undefined
    );
  }

  // As in a shell's `*`: what is between two markers is taken where it is first found.
  let at = first.length;
  const end = lines.length - last.length;
  known = at > end ? undefined : matchAt(first, lines, 0, known, comparisons);
  // What the last lines demand may depend on what the lines before them bind.
  const isBound = last.some(({ binds }) => binds);
  if (!known || (!isBound && !matchAt(last, lines, end, known, comparisons))) return false;
  for (const segment of rest) {
    const found = find(segment, lines, at, end, known, comparisons);
    if (!found) return false;
    at = found.at + segment.length;
    known = found.known;
  }
  return !isBound || matchAt(last, lines, end, known, comparisons) !== undefined;
}

/** What is between the lines `...`: always one segment more than there are such lines. */
function segmentsOf(patterns: readonly string[]): LinePattern[][] {
  const segments: LinePattern[][] = [];
  let current: LinePattern[] = [];
  for (const pattern of patterns) {
    if (isAnyLines(pattern)) {
      segments.push(current);
      current = [];
    } else {
      current.push(linePattern(pattern));
    }
  }
  return [...segments, current];
}

interface Comparisons {
  left: number;
  readonly name: string;
}

/** @returns what is known after these lines; undefined where they do not match */
function matchAt(
  segment: readonly LinePattern[],
  lines: readonly string[],
  at: number,
  before: Bindings,
  comparisons: Comparisons,
): Bindings | undefined {
  let known = before;
  for (const [index, pattern] of segment.entries()) {
    if (comparisons.left-- === 0) {
      const advice = "Put fewer markers into it, or print less.";
      throw new Failure("layout", `Comparing with ${comparisons.name} takes too long. ${advice}`);
    }
    const after = pattern.match(lines[at + index] ?? "", known);
    if (!after) return undefined;
    known = after;
  }
  return known;
}

/** The first place of a segment, from one line to before another. */
function find(
  segment: readonly LinePattern[],
  lines: readonly string[],
  from: number,
  end: number,
  before: Bindings,
  comparisons: Comparisons,
): { at: number; known: Bindings } | undefined {
  const exact = segment.flatMap((pattern) => pattern.exact ?? []);
  if (exact.length === segment.length) {
    const at = findExact(exact, lines, from, end);
    return at === undefined ? undefined : { at, known: before };
  }
  for (let at = from; at + segment.length <= end; at++) {
    const known = matchAt(segment, lines, at, before, comparisons);
    if (known) return { at, known };
  }
  return undefined;
}

/** Knuth, Morris and Pratt: no line is looked at twice, however the lines repeat. */
function findExact(
  wanted: readonly string[],
  lines: readonly string[],
  from: number,
  end: number,
): number | undefined {
  if (wanted.length === 0) return from;
  const fallback = [0];
  for (let at = 1, length = 0; at < wanted.length; at++) {
    while (length > 0 && wanted[at] !== wanted[length]) length = fallback[length - 1] ?? 0;
    if (wanted[at] === wanted[length]) length++;
    fallback.push(length);
  }
  let length = 0;
  for (let at = from; at < end; at++) {
    while (length > 0 && lines[at] !== wanted[length]) length = fallback[length - 1] ?? 0;
    if (lines[at] === wanted[length]) length++;
    if (length === wanted.length) return at + 1 - length;
  }
  return undefined;
}
