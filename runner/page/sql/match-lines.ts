import { countLine, type Display, formatResult } from "./psql-format.ts";
import { formatMessage } from "./server-message.ts";
import type { SqlError, SqlResult } from "./sql-result.ts";
import { layOut } from "./table-cell.ts";

/** @returns where the match ends in the lines of the page; undefined if there is none */
export type Matcher = (lines: readonly string[], from: number) => number | undefined;

const boolType = 16;
/** How clients show NULL, in lower case. */
const nulls = new Set(["", "null", "(null)", "<null>", "[null]", "\\n", "ø", "¤"]);
export const rule = /^[\s|+:]*-[\s|+:-]*$/;
export const recordLine = /^-\[ RECORD (\d+) \]/i;
const shownCount = /^\((\d+) rows?\)$/i;

/** Every line, as it is. */
export function matchText(text: string): Matcher {
  const wanted = linesOf(text);
  return (lines, from) =>
    wanted.every((line, index) => lines[from + index] === line) ? from + wanted.length : undefined;
}

/** Split into lines without blanks at their ends, and without empty lines around. */
export function linesOf(text: string): string[] {
  const lines = text.split("\n").map((line) => line.trimEnd());
  const first = lines.findIndex((line) => line !== "");
  return first < 0 ? [] : lines.slice(first, lines.findLastIndex((line) => line !== "") + 1);
}

/** The table, as psql prints it. Without a count only where the page shows none. */
export function matchTable(result: SqlResult, display: Display, showsCounts: boolean): Matcher {
  const text = formatResult({ ...result, notices: [], tag: "" }, display);
  const whole = matchText(text);
  if (showsCounts) return whole;
  const bare = matchText(withoutCount(text, result.rows.length));
  return (lines, from) => whole(lines, from) ?? (text === "" ? undefined : bare(lines, from));
}

/** Leave `(2 rows)` out. */
export function withoutCount(text: string, rows: number): string {
  const lines = linesOf(text);
  return (lines.at(-1) === countLine(rows) ? lines.slice(0, -1) : lines).join("\n");
}

export function isCount(line: string): boolean {
  return shownCount.test(line.trim());
}

/** The same header, cells and rows in any form, with a count that fits. */
export function matchValues(result: SqlResult): Matcher {
  return (lines, from) => {
    const tables = [matchRecords(result, lines, from), matchGrid(result, lines, from)];
    const end = tables.find((found) => found !== undefined);
    if (end === undefined) return undefined;
    const next = skipEmpty(lines, end);
    const count = shownCount.exec(lines[next]?.trim() ?? "")?.[1];
    if (count !== undefined) return Number(count) === result.rows.length ? next + 1 : undefined;
    return end === from ? undefined : end;
  };
}

/** Severity and message; LINE, DETAIL, HINT and CONTEXT where the page shows them. */
export function matchError(error: SqlError, statement: string, isLoose: boolean): Matcher {
  const normal = (text = "") => (isLoose ? text.trim().replace(/\s+/g, " ") : text);
  const shown = linesOf(formatMessage(error, statement));
  const starts = shown.map(
    (line, index) => index === 0 || /^(LINE \d+|DETAIL|HINT|QUERY|CONTEXT):/.test(line),
  );
  const groups: string[][] = [];
  shown.forEach((line, index) => {
    if (starts[index]) groups.push([line]);
    else groups.at(-1)?.push(line);
  });
  return (lines, from) => {
    let at = from;
    for (const [index, group] of groups.entries()) {
      const isCaret = (line: string) => /^LINE /.test(group[0] ?? "") && line.trim() === "^";
      const wanted = isLoose ? group.filter((line) => !isCaret(line)) : group;
      const isThere = wanted.every((line, offset) => normal(lines[at + offset]) === normal(line));
      if (isThere) at += wanted.length;
      else if (index === 0) return undefined;
      if (isThere && isLoose && lines[at]?.trim() === "^") at++;
    }
    while (isLoose && isErrorField(lines[at] ?? "", error)) at++;
    return at;
  };
}

/** Other clients show these below an error. */
function isErrorField(line: string, { code, position }: SqlError): boolean {
  return line === `SQL state: ${code}` || line === `Character: ${position}`;
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
  { columns = [], rows }: SqlResult,
  lines: readonly string[],
  from: number,
): number | undefined {
  if (columns.length === 0) return undefined;
  const isNumbered = /^\|?\s*#\s*\|/.test(lines[from] ?? "");
  const numbered = (cells: Shown[], number: string) =>
    isNumbered ? [{ name: number, type: 0 }, ...cells] : cells;
  const skipRule = (at: number) => (rule.test(lines[at] ?? "") ? at + 1 : at);

  // A rule without a border above it lacks its header.
  const top = lines[from]?.startsWith("+-") ? skipRule(from) : from;
  const names = columns.map(({ name }) => ({ name, type: 0 }));
  const header = matchRow(numbered(names, "#"), lines, top);
  const hasRule = rule.test(lines[header ?? top + 1] ?? "");
  // A line above a rule is a header. Where it is another one, the page is wrong.
  if (header === undefined && (hasRule || isNumbered)) return undefined;
  let at = header === undefined ? top : skipRule(header);
  for (const [index, row] of rows.entries()) {
    const cells = columns.map(({ type }, column) => ({ name: row[column] ?? null, type }));
    const end = matchRow(numbered(cells, String(index + 1)), lines, at);
    if (end === undefined) return undefined;
    at = end;
  }
  return at > top && lines[at]?.startsWith("+-") ? at + 1 : at;
}

interface Shown {
  readonly name: string | null;
  readonly type: number;
}

/** A row takes as many lines as its highest cell; Markdown has it in one. */
function matchRow(cells: Shown[], lines: readonly string[], from: number): number | undefined {
  const heights = cells.map(({ name }) => (name === null ? 1 : layOut(name).lines.length));
  const height = Math.max(...heights);
  const line = lines[from];
  if (line === undefined) return undefined;
  if (splitRow(line, cells).every((text, index) => isSame(text, cells[index]))) return from + 1;
  if (height === 1) return undefined;
  for (let offset = 0; offset < height; offset++) {
    const part = cells.map(({ name, type }, index) => {
      if (name === null) return { name: offset === 0 ? null : "", type };
      const text = layOut(name).lines[offset]?.text ?? "";
      const mark = offset < (heights[index] ?? 1) - 1 ? "+" : "";
      return { name: text.trim() === "" ? mark : `${text}${mark}`, type: 0, mark };
    });
    const texts = splitRow(lines[from + offset] ?? "", part).map((text) =>
      text.replace(/\s+\+$/, "+"),
    );
    const wanted = part.map((cell) =>
      cell.name === null ? cell : { ...cell, name: cell.name.replace(/\s+\+$/, "+") },
    );
    if (!texts.every((text, index) => isSame(text, wanted[index]))) return undefined;
  }
  return from + height;
}

/** A value may have a "|". Then the number of columns says which are between columns. */
function splitRow(line: string, cells: readonly Shown[]): string[] {
  const bare = line.trim();
  const inner = /^\|.*\|$/.test(bare) ? bare.slice(1, -1) : bare;
  if (cells.length === 1) return [inner.trim()];
  const texts = inner.split(/(?<!\\)\|/).map((text) => text.trim());
  if (texts.length === cells.length) return texts;
  const joined = cells.map(({ name }) => name ?? "").join("|");
  const tight = (text: string) => text.replace(/\s*\|\s*/g, "|").trim();
  return tight(joined) === tight(inner)
    ? cells.map(({ name }) => (name ?? "").trim())
    : [line, "\0"];
}

function isSame(text: string, cell: Shown | undefined): boolean {
  if (!cell) return false;
  if (cell.name === null) return isNullText(text);
  if (cell.type === boolType && /^(true|false)$/i.test(text))
    return text[0]?.toLowerCase() === cell.name;
  const shown = layOut(cell.name);
  const printed = shown.lines.map((line) => line.text).join("\n");
  return [cell.name.trim(), printed.trim()].some(
    (name) => text === name || fromMarkdown(text) === name,
  );
}

export function isNullText(text: string): boolean {
  return nulls.has(text.toLowerCase());
}

/** Undo what Markdown needs in a cell. */
function fromMarkdown(text: string): string {
  const code = /^`([^`]*)`$/.exec(text)?.[1] ?? text;
  return code
    .replace(/<br\s*\/?>/gi, "\n")
    .replace(/\\([\\|_*`<>[\]#~])/g, "$1")
    .replace(/&lt;/g, "<")
    .replace(/&gt;/g, ">")
    .replace(/&amp;/g, "&");
}
