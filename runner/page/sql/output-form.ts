import { countLine, type Display, formatResult } from "./psql-format.ts";
import { countIn, recordLine, rule } from "./psql-shapes.ts";
import { numbers } from "./row-order.ts";
import { isNullText } from "./same-value.ts";
import { formatMessage } from "./server-message.ts";
import type { SqlResult } from "./sql-result.ts";
import { layOut } from "./table-cell.ts";

/** Prints a result in the form of a page. */
export type Render = (result: SqlResult) => string;

/** How a page draws its tables. */
interface Grid {
  /** `| a | b |`, rather than `a | b`. */
  readonly hasBorder: boolean;
  /** A rule below the header. */
  readonly hasRule: boolean;
  /** The rule of each column in Markdown: `:--`, `---:`; empty where it has none. */
  readonly aligns: readonly string[];
  /** The rule itself. */
  readonly rule: string;
  /** `| --- |` rather than `|---|`. */
  readonly hasSpacedRule: boolean;
  /** A first column with the numbers of the rows. */
  readonly isNumbered: boolean;
  /** Cells are as wide as their columns. */
  readonly isPadded: boolean;
  /** `+---+---+` above and below. */
  readonly frame: string | undefined;
}

const boolType = 16;

/**
 * Tell in which form a page shows its results: Markdown, with or without numbers, in a frame, expanded,
 * aligned as psql does it, or only values; with its text for NULL, and as much of an error as it shows.
 * @param lines of the page's output
 * @returns what prints a result in that form
 */
export function formOf(lines: readonly string[], display: Display): Render {
  const cells = lines.flatMap((line) => line.split("|")).map((text) => text.trim());
  const nullText = cells.find((text) => text !== "" && isNullText(text)) ?? display.nullText;
  const grid = gridOf(lines);
  const expanded = lines.some((line) => recordLine.test(line));
  const isAligned = lines.some((line) => rule.test(line));
  const form = { ...display, nullText, expanded: expanded || (display.expanded && !isAligned) };
  const hasWords = cells.some((text) => /^(true|false)$/i.test(text));
  const showsCounts = lines.some((line) => countIn(line) !== undefined);
  const isBare = lines.length > 0 && !isAligned && !expanded && !showsCounts && !grid;

  return (result) => {
    const { columns, error, rows } = result;
    if (error) return formatErrorAs(lines, result);
    if (!columns) return formatResult(result, form);
    if (grid) {
      const table = drawGrid(result, grid, nullText, hasWords);
      const count = showsCounts ? ["", countLine(rows.length)] : [];
      return [...table, ...count].join("\n");
    }
    if (isBare && columns.length === 1 && looksLikeValues(lines, result)) {
      return rows.map(([value]) => value ?? nullText).join("\n");
    }
    return formatResult(result, form);
  };
}

/** One line a row, and no header. */
function looksLikeValues(lines: readonly string[], { columns, rows }: SqlResult): boolean {
  return lines[0]?.trim() !== columns?.[0]?.name && Math.abs(lines.length - rows.length) <= 1;
}

/** LINE, DETAIL, HINT and CONTEXT are only there where the page has them. */
function formatErrorAs(lines: readonly string[], { error, statement }: SqlResult): string {
  if (!error) return "";
  const first = lines.findIndex((line) => /^[A-Z]+: /.test(line));
  if (first < 0) return formatMessage(error, statement);
  const has = (field: RegExp) => lines.some((line) => field.test(line));
  const { detail, hint, context, position, internalQuery, ...rest } = error;
  const shown = {
    ...rest,
    ...(has(/^LINE \d+:/) && position !== undefined && { position }),
    ...(has(/^DETAIL:/) && detail !== undefined && { detail }),
    ...(has(/^HINT:/) && hint !== undefined && { hint }),
    ...(has(/^QUERY:/) && internalQuery !== undefined && { internalQuery }),
    ...(has(/^CONTEXT:/) && context !== undefined && { context }),
  };
  const hasCode = / \(SQLSTATE \w{5}\)$/.test(lines[first] ?? "");
  const code = hasCode ? ` (SQLSTATE ${error.code})` : "";
  const text = formatMessage(shown, statement).replace(/$/m, code);
  const hasOneBlank = /^[A-Z]+: \S/.test(lines[first] ?? "");
  return hasOneBlank ? text.replace(/^([A-Z]+: ) /gm, "$1") : text;
}

/** @returns undefined for psql's own form */
function gridOf(lines: readonly string[]): Grid | undefined {
  const isNumbered = lines.some((line) => /^\|?\s*#\s*\|/.test(line));
  const table = lines.filter((line) => line.includes("|") || /^\+-/.test(line));
  const rules = table.filter((line) => rule.test(line));
  const frame = rules.find((line) => /^\+-/.test(line));
  const bordered = table.find((line) => /^\|.*\|$/.test(line.trim()) && !rule.test(line));
  const markdown = rules.find((line) => line.includes("|"));
  if (!isNumbered && frame === undefined && markdown === undefined) return undefined;
  const rows = table.filter((line) => !rule.test(line));
  const widths = new Set(rows.map((line) => line.length));
  return {
    hasBorder: bordered !== undefined,
    hasRule: rules.length > 0,
    aligns: markdown ? splitCells(markdown).map((text) => text.trim()) : [],
    rule: markdown?.trim() ?? "",
    hasSpacedRule: /^\|?\s/.test(markdown ?? ""),
    isNumbered,
    isPadded: frame !== undefined || (rows.length > 1 && widths.size === 1),
    frame,
  };
}

function splitCells(line: string): string[] {
  return line
    .trim()
    .replace(/^[|+]|[|+]$/g, "")
    .split(/[|+]/);
}

function drawGrid(
  { columns = [], rows }: SqlResult,
  grid: Grid,
  nullText: string,
  hasWords: boolean,
): string[] {
  const { hasBorder, hasRule, isNumbered, isPadded, frame } = grid;
  const textOf = (value: string | null, type: number) => {
    if (value === null) return nullText;
    if (type === boolType && hasWords) return value === "t" ? "true" : "false";
    return value.replaceAll("|", "\\|").replaceAll("\n", frame === undefined ? "<br>" : " ");
  };
  const numbered = (cells: string[], number: string) => (isNumbered ? [number, ...cells] : cells);
  const names = numbered(
    columns.map(({ name }) => name),
    "#",
  );
  const body = rows.map((row, index) =>
    numbered(
      columns.map(({ type }, column) => textOf(row[column] ?? null, type)),
      `${index + 1}`,
    ),
  );
  const widths = names.map((name, column) =>
    Math.max(3, layOut(name).width, ...body.map((cells) => layOut(cells[column] ?? "").width)),
  );
  const isRight = isNumbered ? [true] : [];
  const rights = [...isRight, ...columns.map(({ type }) => numbers.has(type))];
  const pad = (text: string, column: number, right: boolean) => {
    const blank = " ".repeat(Math.max(0, (widths[column] ?? 0) - layOut(text).width));
    if (!isPadded) return text;
    return right ? blank + text : text + blank;
  };
  const draw = (cells: string[], isHeader = false) => {
    const all = cells.map((text, column) =>
      pad(text, column, !isHeader && frame !== undefined && (rights[column] ?? false)),
    );
    return hasBorder ? `| ${all.join(" | ")} |` : all.join(" | ").trimEnd();
  };
  const frameLine = `+${widths.map((width) => "-".repeat(width + 2)).join("+")}+`;
  const frames = frame === undefined ? [] : [frameLine];
  return [
    ...frames,
    draw(names, true),
    ...(hasRule
      ? [frame === undefined ? ruleOf(widths, names, grid) : innerRule(grid, frameLine)]
      : []),
    ...body.map((cells) => draw(cells)),
    ...frames,
  ];
}

/** pgcli draws the rule below the header with "|" at both ends. */
function innerRule({ aligns }: Grid, frameLine: string): string {
  return aligns.length > 0 ? `|${frameLine.slice(1, -1)}|` : frameLine;
}

function ruleOf(widths: number[], names: string[], grid: Grid): string {
  const { aligns, hasSpacedRule, hasBorder, isPadded } = grid;
  if (!isPadded && aligns.length === names.length) return grid.rule;
  const parts = widths.map((width, column) => {
    const align = aligns[column] ?? "";
    const inner = isPadded ? width : Math.max(3, names[column]?.length ?? 0);
    const length = hasSpacedRule ? inner : inner + 2;
    const [left, right] = [align.startsWith(":") ? ":" : "", align.endsWith(":") ? ":" : ""];
    const dashes = "-".repeat(Math.max(1, length - left.length - right.length));
    return hasSpacedRule ? ` ${left}${dashes}${right} ` : `${left}${dashes}${right}`;
  });
  const joined = parts.join("|");
  return hasBorder ? `|${joined}|` : joined.trim();
}
