import {
  isCount,
  linesOf,
  type Matcher,
  matchError,
  matchTable,
  matchText,
  matchValues,
  skipEmpty,
  withoutCount,
} from "./match-lines.ts";
import { formOf } from "./output-form.ts";
import type { Display } from "./psql-format.ts";
import type { SqlResult } from "./sql-result.ts";

export { isVolatileStatement } from "./volatile-statement.ts";

/** `printed` is the rendition that is nearest to the page's text, for a diff. */
export type Comparison =
  | { readonly kind: "exact" }
  | { readonly kind: "values" }
  | { readonly kind: "differs"; readonly printed: string };

/** What psql says about its own commands: they have no results here. */
const ofPsql =
  /^(?:Expanded display is (?:on|off|used automatically)|Tuples only is (?:on|off)|Timing is (?:on|off)|Null display is ".*"|Time: [\d.]+ ms.*)\.?$/;

/** Where psql reads a file, and as other clients begin an error. */
const prefix = /^(?:psql:[^:]+:\d+: |\[Err\] )(?=[A-Z]+:)/;

/** A part of what a result prints. A page may leave optional ones out. */
interface Piece {
  readonly match: Matcher;
  readonly isOptional: boolean;
}

/**
 * Compare what a page shows with results that follow one another: all of them, the last one, or any stretch.
 * A page may leave out command tags, notices, and `(2 rows)` if it does so everywhere.
 * @param results of one block, in their order
 * @param display what the page has set by then
 */
export function compareOutput(
  documented: string,
  results: readonly SqlResult[],
  display: Display,
): Comparison {
  const shown = linesOf(documented.replaceAll("\r\n", "\n"));
  const lines = shown.filter((line) => !ofPsql.test(line)).map((line) => line.replace(prefix, ""));
  const showsCounts = lines.some(isCount);
  const exact = results.map((result) => piecesOf(result, display, showsCounts, false));
  if (hasStretch(lines, exact)) return { kind: "exact" };
  const drawn = lines.map(withoutDrawing);
  const loose = results.map((result) => piecesOf(result, display, showsCounts, true));
  if (hasStretch(drawn, loose)) return { kind: "values" };
  return { kind: "differs", printed: nearest(lines, results, display) };
}

function piecesOf(
  result: SqlResult,
  display: Display,
  showsCounts: boolean,
  isLoose: boolean,
): Piece[] {
  const { notices, columns, tag, error, statement } = result;
  const table = matchTable(result, display, showsCounts);
  const values = matchValues(result);
  const match: Matcher = (lines, at) =>
    table(lines, at) ?? (isLoose ? values(lines, at) : undefined);
  const normal = (text: string) => matchText(isLoose ? text.replace(/^(\w+): +/, "$1: ") : text);
  return [
    ...notices.map((notice): Piece => {
      const spaced: Matcher = (lines, at) =>
        matchText(notice)(lines, at) ?? (isLoose ? normal(notice)(lines, at) : undefined);
      return { match: spaced, isOptional: true };
    }),
    ...(columns && !error ? [{ match, isOptional: false }] : []),
    ...(tag ? [{ match: matchText(tag), isOptional: true }] : []),
    ...(error ? [{ match: matchError(error, statement, isLoose), isOptional: false }] : []),
  ];
}

/** True if successive results print all lines. */
function hasStretch(lines: readonly string[], results: readonly Piece[][]): boolean {
  if (lines.length === 0) return results.flat().length === 0;
  return results.some((_, first) => {
    let at = 0;
    for (const { match, isOptional } of walk(results, first)) {
      const start = skipEmpty(lines, at);
      if (start >= lines.length) return true;
      const end = match(lines, start);
      if (end !== undefined) at = end;
      else if (!isOptional) return false;
    }
    return skipEmpty(lines, at) >= lines.length;
  });
}

function* walk(results: readonly Piece[][], first: number): Generator<Piece> {
  for (let index = first; index < results.length; index++) yield* results[index] ?? [];
}

/** `\pset linestyle unicode` draws other lines. */
function withoutDrawing(line: string): string {
  return line
    .replace(/│/g, "|")
    .replace(/─/g, "-")
    .replace(/[┼├┤┬┴┌┐└┘]/g, "+");
}

/** More results than this are compared one by one, and all together. */
const MOST_STRETCHES = 40;

function nearest(
  lines: readonly string[],
  results: readonly SqlResult[],
  display: Display,
): string {
  const showsCounts = lines.some(isCount);
  const showsTags = results.some(({ tag }) => tag !== "" && lines.includes(tag));
  const showsNotices = lines.some((line) => /^(NOTICE|WARNING):/.test(line));
  const render = formOf(lines, display);
  const texts = results.map((result) => {
    const text = render({
      ...result,
      ...(!showsTags && result.columns && { tag: "" }),
      ...(!showsNotices && { notices: [] }),
    });
    return showsCounts || result.error ? text : withoutCount(text, result.rows.length);
  });
  const stretches =
    texts.length <= MOST_STRETCHES
      ? texts.flatMap((_, first) => texts.map((_, last) => texts.slice(first, last + 1)))
      : [texts, ...texts.map((text) => [text])];
  const candidates = [texts, ...stretches].map((parts) =>
    parts.flatMap((text, index) => [...(index > 0 ? [""] : []), ...linesOf(text)]),
  );
  const best = candidates.reduce(
    (found, candidate) => {
      const score = likeness(lines, candidate);
      return score > found.score ? { score, candidate } : found;
    },
    { score: -1, candidate: [""] },
  );
  return best.candidate.join("\n");
}

/** From 0 to 1: how many lines are in both, with their blanks left out. */
function likeness(one: readonly string[], other: readonly string[]): number {
  const tight = (lines: readonly string[]) =>
    lines.map((line) => line.replace(/\s+/g, "")).filter(Boolean);
  const left = tight(one);
  const right = tight(other);
  const counts = new Map<string, number>();
  for (const line of left) counts.set(line, (counts.get(line) ?? 0) + 1);
  let common = 0;
  for (const line of right) {
    const count = counts.get(line) ?? 0;
    if (count > 0) common++;
    counts.set(line, count - 1);
  }
  return (2 * common) / Math.max(1, left.length + right.length);
}
