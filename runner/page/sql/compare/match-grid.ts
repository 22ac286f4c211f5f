import { countIn, recordLine, rule } from "../parse/psql-shapes.ts";
import type { SqlResult } from "../sql-result.ts";
import { orderOf } from "./row-order.ts";
import { isSameValue, type Shown } from "./same-value.ts";

/** Which orders of rows count: those that the query allows, or also those that it may allow. */
export type Rows = "allowed" | "unknown";

/** Rows of a page that are compared in another order. */
const MOST_ROWS = 500;
/** Lines that one row takes. */
const MOST_LINES = 60;
/** A line that stands for rows which are left out. */
export const ellipsis = /^[\s|]*(?:\.{2,}|…|\[(?:\.{2,}|…)\]|\((?:\.{2,}|…)\)|⋮)[\s|.…⋮]*$/;

/** @returns where the match ends in the lines of the page; undefined if there is none */
export type Matcher = (lines: readonly string[], from: number) => number | undefined;

/** The same header, cells and rows in any form, with a count that fits. */
export function matchValues(result: SqlResult, rows: Rows): Matcher {
  return (lines, from) => {
    const tables = [matchRecords(result, lines, from), matchGrid(result, lines, from, rows)];
    const end = tables.find((found) => found !== undefined);
    if (end === undefined) return undefined;
    const next = skipEmpty(lines, end);
    const count = countIn(lines[next] ?? "");
    if (count !== undefined) return count === result.rows.length ? next + 1 : undefined;
    return end === from ? undefined : end;
  };
}

export function skipEmpty(lines: readonly string[], from: number): number {
  let at = from;
  while (at < lines.length && lines[at] === "") at++;
  return at;
}

/** psql's expanded form. */
function matchRecords(
  { columns = [], rows }: SqlResult,
  lines: readonly string[],
  from: number,
): number | undefined {
  if (!recordLine.test(lines[from] ?? "")) return undefined;
  let at = from;
  for (const [index, row] of rows.entries()) {
    if (recordLine.exec(lines[at++] ?? "")?.[1] !== String(index + 1)) return undefined;
    for (const [column, { name, type }] of columns.entries()) {
      const cells = [
        { name, type: 0 },
        { name: row[column] ?? null, type },
      ];
      const end = matchRow(cells, lines, at);
      if (end === undefined) return undefined;
      at = end;
    }
  }
  return at;
}

/** Columns between "|", with or without a header, a rule, a border, or a first column "#". */
function matchGrid(
  result: SqlResult,
  lines: readonly string[],
  from: number,
  order: Rows,
): number | undefined {
  const { columns = [], rows } = result;
  if (columns.length === 0) return undefined;
  const isNumbered = /^\|?\s*#\s*\|/.test(lines[from] ?? "") && columns[0]?.name !== "#";
  const numbered = (cells: Shown[], number: string) =>
    isNumbered ? [{ name: number, type: 0 }, ...cells] : cells;
  const skipRule = (at: number) => (rule.test(lines[at] ?? "") ? at + 1 : at);

  // A rule without a border above it lacks its header.
  const top = lines[from]?.startsWith("+-") ? skipRule(from) : from;
  const names = columns.map(({ name }) => ({ name, type: 0 }));
  const header = matchHeader(numbered(names, "#"), lines, top);
  const hasRule = rule.test(lines[header ?? top + 1] ?? "");
  // A line above a rule is a header. Where it is another one, the page is wrong.
  if (header === undefined && (hasRule || isNumbered)) return undefined;
  const first = header === undefined ? top : skipRule(header);
  const wanted = rows.map((row, index) => {
    const cells = columns.map(({ type }, column) => ({ name: row[column] ?? null, type }));
    return numbered(cells, String(index + 1));
  });
  // Some pages have an empty line below the header.
  const isSpaced = header !== undefined && lines[first] === "" && rule.test(lines[first + 1] ?? "");
  const start = isSpaced ? first + 2 : first;
  // By itself, "..." shows nothing.
  if (header === undefined && ellipsis.test(lines[start] ?? "")) return undefined;
  const end =
    matchRows(wanted, lines, start) ??
    matchOnly(wanted, lines, start) ??
    matchReordered(result, wanted, lines, start, order);
  if (end === undefined) return undefined;
  return end > top && lines[end]?.startsWith("+-") ? end + 1 : end;
}

/** A header in Markdown may be in other letters. */
function matchHeader(names: Shown[], lines: readonly string[], at: number): number | undefined {
  const line = lines[at] ?? "";
  if (!/^\|.*\|$/.test(line.trim())) return matchRow(names, lines, at);
  const lower = names.map(({ name, type }) => ({ name: name?.toLowerCase() ?? null, type }));
  return areSame(splitRow(line.toLowerCase(), lower), lower) ? at + 1 : undefined;
}

function matchRows(rows: Shown[][], lines: readonly string[], from: number): number | undefined {
  let at = from;
  for (const [index, cells] of rows.entries()) {
    const end = matchRow(cells, lines, at);
    if (end === undefined) {
      if (!ellipsis.test(lines[at] ?? "")) return undefined;
      return matchBelowEllipsis(rows.slice(index), lines, at + 1);
    }
    at = end;
  }
  return at;
}

/** One value, as it is, over all lines that are left. */
function matchOnly(rows: Shown[][], lines: readonly string[], from: number): number | undefined {
  const [cell, ...others] = rows.flat();
  if (!cell?.name || others.length > 0) return undefined;
  if (lines[from] === `'${cell.name}'`) return from + 1; // as SQL writes a text
  const isCounted = countIn(lines.at(-1) ?? "") !== undefined;
  const end = isCounted ? lines.length - 1 : lines.length;
  if (end - from < 2) return undefined;
  return isSameValue(lines.slice(from, end).join("\n").trim(), cell) ? end : undefined;
}

/** The last rows, or none: the page leaves out what is before them. */
function matchBelowEllipsis(
  rows: Shown[][],
  lines: readonly string[],
  from: number,
): number | undefined {
  for (let skipped = 1; skipped <= rows.length; skipped++) {
    const end = matchRows(rows.slice(skipped), lines, from);
    if (end !== undefined && isRowsEnd(lines, end)) return end;
  }
  return undefined;
}

function isRowsEnd(lines: readonly string[], at: number): boolean {
  const line = lines[at];
  return line === undefined || line === "" || countIn(line) !== undefined || rule.test(line);
}

/** The same rows in an order that the query allows. */
function matchReordered(
  result: SqlResult,
  wanted: Shown[][],
  lines: readonly string[],
  from: number,
  order: Rows,
): number | undefined {
  if (wanted.length < 2 || wanted.length > MOST_ROWS) return undefined;
  const left = new Set(wanted.keys());
  const found: number[] = [];
  let at = from;
  while (left.size > 0) {
    const start = at;
    for (const index of left) {
      // A web editor numbers the rows as it shows them.
      const cells = wanted[index] ?? [];
      const numbered = wanted[found.length]?.[0];
      const isNumbered = cells.length > (result.columns?.length ?? 0);
      const row = isNumbered && numbered ? [numbered, ...cells.slice(1)] : cells;
      const end = matchRow(row, lines, at);
      if (end === undefined) continue;
      found.push(index);
      left.delete(index);
      at = end;
      break;
    }
    if (at === start) return undefined;
  }
  const rows = found.map((index) => result.rows[index] ?? []);
  const shown = orderOf(result, rows);
  return shown === "allowed" || shown === order ? at : undefined;
}

/** A row has one line; or one for each line of a value, with the other cells empty below the first. */
function matchRow(cells: Shown[], lines: readonly string[], from: number): number | undefined {
  const line = lines[from];
  if (line === undefined) return undefined;
  let texts = splitRow(line, cells);
  if (areSame(texts, cells, /^\s*\|/.test(line))) return from + 1;
  if (cells.length < 2 && !/^\||\+$/.test(line)) return undefined;
  for (let at = from + 1; at < lines.length && at - from < MOST_LINES; at++) {
    if (isRowsEnd(lines, at)) return undefined;
    const more = splitRow(lines[at] ?? "", cells);
    if (more.length !== cells.length) return undefined;
    if (cells.length > 1 && !more.some((text) => text === "")) return undefined;
    texts = texts.map((text, index) => {
      const goesOn = cells[index]?.name?.includes("\n"); // psql marks such a line with "+"
      const before = goesOn ? text.replace(/\s*\+$/, "") : text;
      return [before, more[index] ?? ""].filter(Boolean).join("\n");
    });
    if (areSame(texts, cells)) return at + 1;
  }
  return undefined;
}

function areSame(texts: readonly string[], cells: readonly Shown[], isMarkdown = true): boolean {
  return (
    texts.length === cells.length &&
    texts.every((text, index) => {
      const cell = cells[index];
      return cell !== undefined && isSameValue(text, cell, isMarkdown);
    })
  );
}

/** A value may have a "|". Then the number of columns says which are between columns. */
function splitRow(line: string, cells: readonly Shown[]): string[] {
  const bare = line.trim();
  const inner = /^\|.*\|$/.test(bare) ? bare.slice(1, -1) : bare;
  if (cells.length === 1) return [inner.trim()];
  const split = (text: string) => text.split(/(?<!\\)\|/).map((part) => part.trim());
  const texts = split(inner);
  // Where the first and the last cell are empty, they look like a border.
  for (const one of [texts, split(bare)]) if (one.length === cells.length) return one;
  // Some pages leave out the border at one end only.
  if (texts.length === cells.length + 1 && texts[0] === "") return texts.slice(1);
  if (texts.length === cells.length + 1 && texts.at(-1) === "") return texts.slice(0, -1);
  const joined = cells.map(({ name }) => name ?? "").join("|");
  const tight = (text: string) => text.replace(/\s*\|\s*/g, "|").trim();
  return tight(joined) === tight(inner)
    ? cells.map(({ name }) => (name ?? "").trim())
    : [line, "\0"];
}
