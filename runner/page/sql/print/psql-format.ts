import type { SqlResult } from "../sql-result.ts";
import { formatMessage } from "./server-message.ts";
import { type Cell, layOut } from "./table-cell.ts";

/** What `\x`, `\pset null`, `\t` and `\set QUIET` set. */
export interface Display {
  readonly expanded: boolean;
  readonly nullText: string;
  readonly tuplesOnly?: boolean;
  /** True where psql prints no tags. */
  readonly isQuiet?: boolean;
}

/** The oids of the types that psql aligns to the right: numbers, money, oid, xid and cid. */
const rightAligned = new Set([20, 21, 23, 26, 28, 29, 700, 701, 790, 1700, 5069]);

/** These print their tag below the rows of RETURNING. */
const changesRows = /^(INSERT|UPDATE|DELETE|MERGE)\b/;

/** Format results that follow one another. */
export function formatResults(results: readonly SqlResult[], display: Display): string {
  return results.map((result) => formatResult(result, display)).join("");
}

/**
 * Format a result exactly as psql prints it: notices, the table with the blank line below it, the tag, the
 * error. It ends with a line end, or is empty.
 */
export function formatResult(result: SqlResult, display: Display): string {
  const { columns, notices, error, statement } = result;
  const tag = tagOf(result, display);
  const hasTag = tag !== "" && (columns === undefined || changesRows.test(tag));
  return [
    ...notices.map((notice) => `${notice}\n`),
    columns && !error ? formatTable(result, columns, display) : "",
    hasTag ? `${tag}\n` : "",
    error ? `${formatMessage(error, statement)}\n` : "",
  ].join("");
}

/** The tag that psql prints. A text without a statement is that of `\echo`. */
export function tagOf({ tag, statement }: SqlResult, { isQuiet }: Display): string {
  return isQuiet && statement !== "" ? "" : tag;
}

/** The last line of a table: `(2 rows)`. */
export function countLine(rows: number): string {
  return rows === 1 ? "(1 row)" : `(${rows} rows)`;
}

function formatTable(
  { rows }: SqlResult,
  columns: NonNullable<SqlResult["columns"]>,
  display: Display,
): string {
  const header = columns.map(({ name }) => layOut(name));
  const cells = rows.map((row) => row.map((value) => layOut(value ?? display.nullText)));
  const isRight = columns.map(({ type }) => rightAligned.has(type));
  const footer = display.tuplesOnly ? [] : [countLine(rows.length)];
  const isExpanded = display.expanded && rows.length > 0 && columns.length > 0;
  const lines = isExpanded
    ? expandedLines(header, cells, display)
    : display.expanded
      ? footer
      : [...alignedLines(header, cells, isRight, display), ...footer];
  return [...lines, "", ""].join("\n");
}

function alignedLines(
  header: Cell[],
  rows: Cell[][],
  isRight: boolean[],
  { tuplesOnly }: Display,
): string[] {
  const widths = header.map((name, column) =>
    rows.reduce((most, row) => Math.max(most, row[column]?.width ?? 0), name.width),
  );
  const blank = (width: number, column: number) => (widths[column] ?? 0) - width;
  const head = linesOfRow(header, ({ text, width } = none, goesOn, column) => {
    const left = " ".repeat(Math.floor(blank(width, column) / 2));
    const right = " ".repeat(Math.ceil(blank(width, column) / 2));
    return ` ${left}${text}${right}${goesOn ? "+" : " "}`;
  });
  const body = rows.flatMap((row) =>
    linesOfRow(row, (line, goesOn, column) => {
      const isLast = column === row.length - 1;
      // Nothing is padded in the last column, but for a mark behind it.
      if (isLast && !line) return " ";
      const { text, width } = line ?? none;
      const padding = " ".repeat(blank(width, column));
      const end = goesOn ? "+" : isLast ? "" : " ";
      if (isRight[column]) return ` ${padding}${text}${end}`;
      return ` ${text}${isLast && !goesOn ? "" : padding}${end}`;
    }),
  );
  const rule = `-${widths.map((width) => "-".repeat(width)).join("-+-")}-`;
  return tuplesOnly ? body : [...head, rule, ...body];
}

const none = { text: "", width: 0 };

/**
 * Draws the lines that a row takes.
 * @param draw gives a cell's part of a line; `goesOn` is true if the cell has more below it
 */
function linesOfRow(
  cells: Cell[],
  draw: (line: Cell["lines"][number] | undefined, goesOn: boolean, column: number) => string,
): string[] {
  const height = cells.reduce((most, { lines }) => Math.max(most, lines.length), 0);
  return Array.from({ length: height }, (_, index) =>
    cells
      .map(({ lines }, column) => draw(lines[index], index < lines.length - 1, column))
      .join("|"),
  );
}

function expandedLines(header: Cell[], rows: Cell[][], { tuplesOnly }: Display): string[] {
  const nameWidth = Math.max(...header.map(({ width }) => width));
  const valueWidth = rows.flat().reduce((most, { width }) => Math.max(most, width), 0);
  return rows.flatMap((row, index) => {
    const rule = ruleLine(tuplesOnly ? "" : `[ RECORD ${index + 1} ]`, nameWidth, valueWidth);
    const fields = row.flatMap((cell, column) =>
      linesOfRow([header[column] ?? cell, cell], (line, goesOn, side) => {
        const { text, width } = line ?? none;
        if (side === 0) return text + " ".repeat(nameWidth - width) + (goesOn ? "+" : " ");
        return line ? ` ${text}${goesOn ? `${" ".repeat(valueWidth - width)}+` : ""}` : "";
      }),
    );
    return tuplesOnly && index === 0 ? fields : [rule, ...fields];
  });
}

/** The record's number covers the rule from the left, its "+" as well. */
function ruleLine(record: string, nameWidth: number, valueWidth: number): string {
  const rule = `${"-".repeat(nameWidth + 1)}+${"-".repeat(valueWidth + 1)}`;
  const label = `-${record}`;
  return record ? label + rule.slice(label.length) : rule;
}
