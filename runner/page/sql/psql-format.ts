import { formatMessage } from "./server-message.ts";
import type { SqlResult } from "./sql-result.ts";
import { type Cell, layOut } from "./table-cell.ts";

/** What `\x`, `\pset null`, `\t` and `\set` set. */
export interface Display {
  readonly expanded: boolean;
  readonly nullText: string;
  readonly tuplesOnly?: boolean;
  readonly variables?: ReadonlyMap<string, string>;
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
  const { columns, notices, tag, error, statement } = result;
  const hasTag = tag !== "" && (columns === undefined || changesRows.test(tag));
  return [
    ...notices.map((notice) => `${notice}\n`),
    columns && !error ? formatTable(result, columns, display) : "",
    hasTag ? `${tag}\n` : "",
    error ? `${formatMessage(error, statement)}\n` : "",
  ].join("");
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
  const rule = `-${widths.map((width) => "-".repeat(width)).join("-+-")}-`;
  const head = tuplesOnly ? [] : [...headerLines(header, widths), rule];
  return [...head, ...rows.flatMap((row) => rowLines(row, widths, isRight))];
}

function headerLines(header: Cell[], widths: number[]): string[] {
  return Array.from({ length: heightOf(header) }, (_, index) =>
    header
      .map(({ lines }, column) => {
        const { text, width } = lines[index] ?? { text: "", width: 0 };
        const blank = (widths[column] ?? 0) - width;
        const left = " ".repeat(Math.floor(blank / 2));
        const mark = index < lines.length - 1 ? "+" : " ";
        return ` ${left}${text}${" ".repeat(Math.ceil(blank / 2))}${mark}`;
      })
      .join("|"),
  );
}

function rowLines(row: Cell[], widths: number[], isRight: boolean[]): string[] {
  return Array.from({ length: heightOf(row) }, (_, index) =>
    row
      .map(({ lines }, column) => {
        const isLast = column === row.length - 1;
        const { text, width } = lines[index] ?? { text: "", width: 0 };
        const blank = " ".repeat((widths[column] ?? 0) - width);
        const goesOn = index < lines.length - 1;
        // Nothing is padded in the last column, but for a mark behind it.
        if (isLast && lines[index] === undefined) return " ";
        if (isRight[column]) return ` ${blank}${text}${goesOn ? "+" : isLast ? "" : " "}`;
        return ` ${text}${isLast && !goesOn ? "" : blank}${goesOn ? "+" : isLast ? "" : " "}`;
      })
      .join("|"),
  );
}

function expandedLines(header: Cell[], rows: Cell[][], { tuplesOnly }: Display): string[] {
  const nameWidth = Math.max(...header.map(({ width }) => width));
  const valueWidth = rows.flat().reduce((most, { width }) => Math.max(most, width), 0);
  return rows.flatMap((row, index) => {
    const rule = ruleLine(tuplesOnly ? "" : `[ RECORD ${index + 1} ]`, nameWidth, valueWidth);
    const fields = row.flatMap((cell, column) => {
      const name = header[column];
      return name ? fieldLines(name, cell, nameWidth, valueWidth) : [];
    });
    return tuplesOnly && index === 0 ? fields : [rule, ...fields];
  });
}

/** The record's number covers the rule from the left, its "+" as well. */
function ruleLine(record: string, nameWidth: number, valueWidth: number): string {
  const rule = `${"-".repeat(nameWidth + 1)}+${"-".repeat(valueWidth + 1)}`;
  const label = `-${record}`;
  return record ? label + rule.slice(label.length) : rule;
}

function fieldLines(name: Cell, value: Cell, nameWidth: number, valueWidth: number): string[] {
  return Array.from({ length: heightOf([name, value]) }, (_, index) => {
    const left = name.lines[index];
    const right = value.lines[index];
    const mark = left && index < name.lines.length - 1 ? "+" : " ";
    const start = `${left?.text ?? ""}${" ".repeat(nameWidth - (left?.width ?? 0))}${mark}|`;
    if (!right) return start;
    const goesOn = index < value.lines.length - 1;
    return `${start} ${right.text}${goesOn ? `${" ".repeat(valueWidth - right.width)}+` : ""}`;
  });
}

function heightOf(cells: Cell[]): number {
  return cells.reduce((most, { lines }) => Math.max(most, lines.length), 0);
}
