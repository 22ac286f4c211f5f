import { Failure } from "../failure.ts";

/**
 * Volatile text in golden files: `[..]` stands for any text within a line, and a line `...` for any
 * lines, none included. A backslash before either takes its meaning away: of several, one is taken
 * off, so that any text can be written down.
 */
const within = /(?<!\\)\[\.\.\]/;
const anyLines = /^\.\.\.\r?$/;

/** What has to be read as a pattern, even if only to take backslashes off. */
const special = /\[\.\.\]|^\\*\.\.\.\r?$/m;

/** Comparing takes about a second then. Only a golden file made for it takes more. */
const MOST_COMPARISONS = 20_000_000;

/** Most golden files have no such marker, and are compared byte by byte. */
export function hasMarkers(text: string): boolean {
  return special.test(text);
}

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
  if (!last) return first.length === lines.length && matchesAt(first, lines, 0, comparisons);

  // As in a shell's `*`: what is between two markers is taken where it is first found.
  let at = first.length;
  const end = lines.length - last.length;
  if (at > end || !matchesAt(first, lines, 0, comparisons)) return false;
  if (!matchesAt(last, lines, end, comparisons)) return false;
  for (const segment of rest) {
    const found = find(segment, lines, at, end, comparisons);
    if (found === undefined) return false;
    at = found + segment.length;
  }
  return true;
}

/** Writes what a step printed so that it stands for itself alone. */
export function escapeMarkers(line: string): string {
  const text = line.replaceAll("[..]", "\\[..]");
  return /^\\*\.\.\.\r?$/.test(text) ? `\\${text}` : text;
}

/** A line of a golden file, ready to be compared. */
export interface LinePattern {
  /** Set where only this line matches. */
  readonly exact: string | undefined;
  matches(line: string): boolean;
}

export function isAnyLines(line: string): boolean {
  return anyLines.test(line);
}

export function linePattern(pattern: string): LinePattern {
  const [first = "", ...rest] = pattern.split(within).map(unescapeMarkers);
  if (rest.length === 0) {
    const exact = /^\\+\.\.\.\r?$/.test(first) ? first.slice(1) : first;
    return { exact, matches: (line) => line === exact };
  }
  const last = rest.pop() ?? "";
  const matches = (line: string) => {
    if (!line.startsWith(first) || line.length < first.length + last.length) return false;
    let at = first.length;
    for (const part of rest) {
      const found = line.indexOf(part, at);
      if (found === -1) return false;
      at = found + part.length;
    }
    return line.length - last.length >= at && line.endsWith(last);
  };
  return { exact: undefined, matches };
}

function unescapeMarkers(text: string): string {
  return text.replaceAll("\\[..]", "[..]");
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

function matchesAt(
  segment: readonly LinePattern[],
  lines: readonly string[],
  at: number,
  comparisons: Comparisons,
): boolean {
  for (const [index, pattern] of segment.entries()) {
    if (comparisons.left-- === 0) {
      const advice = "Put fewer markers into it, or print less.";
      throw new Failure("layout", `Comparing with ${comparisons.name} takes too long. ${advice}`);
    }
    if (!pattern.matches(lines[at + index] ?? "")) return false;
  }
  return true;
}

/** The first place of a segment, from one line to before another. */
function find(
  segment: readonly LinePattern[],
  lines: readonly string[],
  from: number,
  end: number,
  comparisons: Comparisons,
): number | undefined {
  const exact = segment.flatMap((pattern) => pattern.exact ?? []);
  if (exact.length === segment.length) return findExact(exact, lines, from, end);
  for (let at = from; at + segment.length <= end; at++) {
    if (matchesAt(segment, lines, at, comparisons)) return at;
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
  const fallback = [0];
  for (let at = 1, length = 0; at < wanted.length; at++) {
    while (length > 0 && wanted[at] !== wanted[length]) length = fallback[length - 1] ?? 0;
    if (wanted[at] === wanted[length]) length++;
    fallback.push(length);
  }
  let length = 0;
  for (let at = from; at < end && length < wanted.length; at++) {
    while (length > 0 && lines[at] !== wanted[length]) length = fallback[length - 1] ?? 0;
    if (lines[at] === wanted[length]) length++;
    if (length === wanted.length) return at + 1 - length;
  }
  return wanted.length === 0 ? from : undefined;
}
