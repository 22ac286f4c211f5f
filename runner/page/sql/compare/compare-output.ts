import { countIn, errorPrefix, isTag, rule } from "../parse/psql-shapes.ts";
import { type Display, tagOf } from "../print/psql-format.ts";
import { formatMessage } from "../print/server-message.ts";
import type { SqlResult } from "../sql-result.ts";
import { type Matcher, matchValues, type Rows, skipEmpty } from "./match-grid.ts";
import {
  linesOf,
  matchError,
  matchTable,
  matchTag,
  matchText,
  withoutCount,
} from "./match-lines.ts";
import { formOf } from "./output-form.ts";

/** `printed` is the rendition that is nearest to the page's text, for a diff. */
export type Comparison =
  | { readonly kind: "exact" }
  | { readonly kind: "values" }
  | { readonly kind: "differs"; readonly printed: string };

type Match = Exclude<Comparison, { readonly kind: "differs" }>;

/** What psql says about its own commands: they have no results here. */
export const ofPsql =
  /^(?:Expanded display is (?:on|off|used automatically)|Tuples only is (?:on|off)|Timing is (?:on|off)|Null display is ".*"|Time: [\d.]+ ?m?s.*|Query returned successfully.*|Query executed successfully.*|Pager usage is off|You are now connected to database ".*" as user ".*")\.?$/;

/** What an author writes behind a row: `NULL | 900 -> the sum`. Not `Order #1`. */
export const annotation = /\s+(?:-{1,2}>|<-{1,2}|←|→|--|#\s|\/\/)\s?\S.*$/;

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
  const lines = shownLines(documented, results);
  const match = matchLines(lines, results, display, "allowed");
  if (match) return match;
  const printed = nearest(lines, results, display);
  const isRight = (text: string) => matchOutput(text, results, display) !== undefined;
  const news = [...linesOf(printed), ...results.map(({ tag }) => tag)];
  const mended = mendLine(documented, news, isRight) ?? withLinesOfPsql(documented, printed);
  return { kind: "differs", printed: mended };
}

/** Lines of a page times lines that are printed, up to which one that is wrong is looked for. */
const MOST_PAIRS = 1500;

/**
 * Change the only line that is wrong, so that what an author wrote into the others stays, and the note behind it.
 * A row only takes the place of a row, a count that of a count, and a tag that of the same command's.
 */
function mendLine(documented: string, news: readonly string[], isRight: (text: string) => boolean) {
  const lines = documented.replace(/\n$/, "").split("\n");
  if (lines.length * news.length > MOST_PAIRS) return undefined;
  for (const [at, line] of lines.entries()) {
    const kind = kindOf(line);
    const note = annotation.exec(line)?.[0] ?? "";
    for (const now of news.filter((one) => kind !== undefined && kindOf(one) === kind)) {
      const drawn = line.includes("│") ? now.replaceAll("|", "│") : now;
      const framed = line.startsWith("│") ? `│${drawn} │` : drawn;
      const text = lines.with(at, framed + note).join("\n");
      if (isRight(text)) return text;
    }
  }
  return undefined;
}

/** Puts what psql says about its own commands where it was: below as many counts and tags, or at the end. */
function withLinesOfPsql(documented: string, printed: string): string {
  const lines = linesOf(documented);
  const news = printed.split("\n");
  const isEnd = (line: string) => isTag(line) || countIn(line) !== undefined;
  const ends = news.flatMap((line, at) => (isEnd(line) ? [at + 1] : []));
  const isOwn = (line = "") => line === "" || ofPsql.test(line);
  const last = lines.findLastIndex((line) => !isOwn(line));
  for (let at = lines.length - 1; at >= 0; at--) {
    if (!ofPsql.test(lines[at] ?? "")) continue;
    const to = at + 1;
    while (at > 0 && isOwn(lines[at - 1])) at--;
    const before = lines.slice(0, at).filter(isEnd).length;
    const place = at > last ? news.length : before === 0 ? 0 : (ends[before - 1] ?? news.length);
    news.splice(place, 0, ...lines.slice(at, to));
  }
  return news.join("\n");
}

/** @returns "row", "count", or a tag without its numbers; undefined for a line that is never changed */
function kindOf(line: string): string | undefined {
  if (line.trim() === "" || rule.test(withoutDrawing(line))) return undefined;
  if (countIn(line) !== undefined) return "count";
  return isTag(line) ? line.trim().replace(/\d+/g, "") : "row";
}

/** Compare as `compareOutput` does, where the difference is not asked for. */
export function matchOutput(
  documented: string,
  results: readonly SqlResult[],
  display: Display,
  rows: Rows = "allowed",
): Match | undefined {
  return matchLines(shownLines(documented, results), results, display, rows);
}

/** The lines of a page's output that are about the results. */
function shownLines(documented: string, results: readonly SqlResult[]): readonly string[] {
  const shown = linesOf(documented.replaceAll("\r\n", "\n").replaceAll("\u200b", ""));
  const all = shown
    .filter((line) => !ofPsql.test(line))
    .map((line) => line.replace(errorPrefix, ""));
  const hasError = results.some(({ error }) => error);
  // Older versions of psql add a context to notices.
  return hasError ? all : all.filter((line) => !/^CONTEXT: /.test(line));
}

function matchLines(
  lines: readonly string[],
  results: readonly SqlResult[],
  display: Display,
  rows: Rows,
): Match | undefined {
  const showsCounts = lines.some((line) => countIn(line) !== undefined);
  const exact = results.map((result) => piecesOf(result, display, showsCounts));
  if (hasStretch(lines, exact)) return { kind: "exact" };
  const drawn = lines.map(withoutDrawing);
  const loose = results.map((result) => piecesOf(result, display, showsCounts, rows));
  const bare = drawn.map((line) => line.replace(annotation, ""));
  const isSame =
    hasStretch(drawn, loose) || hasStretch(bare, loose) || areJoined(lines, results, display);
  return isSame ? { kind: "values" } : undefined;
}

/** @param rows set where other forms than psql's count */
function piecesOf(result: SqlResult, display: Display, showsCounts: boolean, rows?: Rows): Piece[] {
  const { notices, columns, error, statement } = result;
  const tag = tagOf(result, display);
  const table = matchTable(result, display, showsCounts);
  const values = rows && matchValues(result, rows);
  const match: Matcher = (lines, at) => table(lines, at) ?? values?.(lines, at);
  const spaced = (text: string): Matcher => {
    const [exact, loose] = [matchText(text), matchText(text.replace(/^(\w+): +/, "$1: "))];
    return (lines, at) => exact(lines, at) ?? (rows ? loose(lines, at) : undefined);
  };
  return [
    ...notices.map((notice): Piece => ({ match: spaced(notice), isOptional: true })),
    ...(columns && !error ? [{ match, isOptional: false }] : []),
    ...(tag ? [{ match: rows ? matchTag(tag) : matchText(tag), isOptional: true }] : []),
    ...(error
      ? [{ match: matchError(error, statement, rows !== undefined), isOptional: false }]
      : []),
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

/** True for messages and tags whose lines a page has joined, or broken elsewhere. */
function areJoined(
  lines: readonly string[],
  results: readonly SqlResult[],
  display: Display,
): boolean {
  const spaced = (text: string) => text.replace(/\s+/g, " ").trim();
  const wanted = spaced(lines.join(" "));
  return results.some((result) => {
    const { columns, notices, error, statement } = result;
    const tag = tagOf(result, display);
    if (columns && !error) return false;
    const message = error ? [formatMessage(error, statement)] : [];
    return wanted !== "" && spaced([...notices, tag, ...message].join(" ")) === wanted;
  });
}

function* walk(results: readonly Piece[][], first: number): Generator<Piece> {
  for (let index = first; index < results.length; index++) yield* results[index] ?? [];
}

/** `\pset linestyle unicode` draws other lines. */
export function withoutDrawing(line: string): string {
  return line
    .replace(/[│║]/g, "|")
    .replace(/[─═]/g, "-")
    .replace(/[┼├┤┬┴┌┐└┘╪╫╬╔╗╚╝╠╣╦╩╤╧╟╢]/g, "+");
}

/** More results than this are compared one by one, and all together. */
const MOST_STRETCHES = 40;
const MOST_RESULTS = 500;

function nearest(
  lines: readonly string[],
  results: readonly SqlResult[],
  display: Display,
): string {
  const showsCounts = lines.some((line) => countIn(line) !== undefined);
  const showsTags = lines.some(isTag);
  const showsNotices = lines.some((line) => /^(NOTICE|WARNING):/i.test(line));
  const render = formOf(lines, display);
  const texts = results.map((result) => {
    const text = render({
      ...result,
      ...(!showsTags && result.columns && { tag: "" }),
      ...(!showsNotices && { notices: [] }),
    });
    if (showsCounts || result.error) return text;
    return withoutCount(text, result.rows.length).join("\n");
  });
  const stretches =
    texts.length <= MOST_STRETCHES
      ? texts.flatMap((_, first) => texts.map((_, last) => texts.slice(first, last + 1)))
      : [texts, ...[...new Set(texts)].slice(0, MOST_RESULTS).map((text) => [text])];
  // psql has no empty line below a tag. A page may have one.
  const spacesTags = lines.some((line, at) => isTag(line) && lines[at + 1]?.trim() === "");
  const blankBelow = (text = "") => (spacesTags || !isTag(text) ? [""] : []);
  const candidates = [texts, ...stretches].map((parts) =>
    parts.flatMap((text, index) => [
      ...(index > 0 ? blankBelow(parts[index - 1]) : []),
      ...linesOf(text),
    ]),
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
  // A tag is the same command's, whatever its numbers are.
  const textOf = (line: string) => line.replace(isTag(line) ? /[\d\s]+/g : /\s+/g, "");
  const [left = [], right = []] = [one, other].map((lines) => lines.map(textOf).filter(Boolean));
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
