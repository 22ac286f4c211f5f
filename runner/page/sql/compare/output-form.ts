import { countIn, recordLine, rule } from "../parse/psql-shapes.ts";
import { countLine, type Display, formatResult } from "../print/psql-format.ts";
import { formatMessage } from "../print/server-message.ts";
import { layOut } from "../print/table-cell.ts";
import type { SqlResult } from "../sql-result.ts";
import { numbers } from "./row-order.ts";
import { isNullText } from "./same-value.ts";

/** Prints a result in the form of a page. */
export type Render = (result: SqlResult) => string;

/** How a page draws its tables. */
interface Grid {
  /** `| a | b |`, rather than `a | b`. */
  readonly hasBorder: boolean;
  /** The rule below the header. Undefined where there is none. */
  readonly rule: string | undefined;
  /** A first column with the numbers of the rows. */
  readonly isNumbered: boolean;
  /** Cells are as wide as their columns. */
  readonly isPadded: boolean;
  /** `+---+---+` above and below. */
  readonly isFramed: boolean;
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
  const { detail, hint, context, position, internalQuery } = error;
  const shown = {
    ...error,
    position: has(/^LINE \d+:/) ? position : undefined,
    detail: has(/^DETAIL:/) ? detail : undefined,
    hint: has(/^HINT:/) ? hint : undefined,
    internalQuery: has(/^QUERY:/) ? internalQuery : undefined,
    context: has(/^CONTEXT:/) ? context : undefined,
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
  const rows = table.filter((line) => !rule.test(line));
  const isFramed = rules.some((line) => /^\+-/.test(line));
  const markdown = rules.find((line) => line.includes("|"));
  if (!isNumbered && !isFramed && markdown === undefined) return undefined;
  const widths = new Set(rows.map((line) => line.length));
  return {
    hasBorder: rows.some((line) => /^\|.*\|$/.test(line.trim())),
    rule: markdown?.trim() ?? rules[0],
    isNumbered,
    isPadded: isFramed || (rows.length > 1 && widths.size === 1),
    isFramed,
  };
}

function drawGrid(
  { columns = [], rows }: SqlResult,
  grid: Grid,
  nullText: string,
  hasWords: boolean,
): string[] {
  const { hasBorder, isNumbered, isPadded, isFramed } = grid;
  const textOf = (value: string | null, type: number) => {
    if (value === null) return nullText;
    if (type === boolType && hasWords) return value === "t" ? "true" : "false";
    return isFramed
      ? value.replaceAll("\n", " ")
      : value.replaceAll("|", "\\|").replaceAll("\n", "<br>");
  };
  const numbered = (cells: string[], number: string) => (isNumbered ? [number, ...cells] : cells);
  const names = columns.map(({ name }) => name);
  const header = numbered(names, "#");
  const body = rows.map((row, index) => {
    const cells = columns.map(({ type }, column) => textOf(row[column] ?? null, type));
    return numbered(cells, `${index + 1}`);
  });
  const widthOf = (text = "") => layOut(text).width;
  const shown = isPadded ? [header, ...body] : [header];
  const widths = header.map((_, column) =>
    Math.max(isFramed ? 1 : 3, ...shown.map((cells) => widthOf(cells[column]))),
  );
  const isNumber = [...(isNumbered ? [true] : []), ...columns.map(({ type }) => numbers.has(type))];
  const draw = (cells: string[]) => {
    const padded = cells.map((text, column) => {
      if (!isPadded) return text;
      const blank = " ".repeat(Math.max(0, (widths[column] ?? 0) - widthOf(text)));
      const isRight = isFramed && cells !== header && isNumber[column];
      return isRight ? blank + text : text + blank;
    });
    return hasBorder ? `| ${padded.join(" | ")} |` : padded.join(" | ").trimEnd();
  };
  const frame = isFramed ? [`+${widths.map((width) => "-".repeat(width + 2)).join("+")}+`] : [];
  const rules = grid.rule === undefined ? [] : [ruleOf(grid.rule, widths, grid)];
  return [...frame, draw(header), ...rules, ...body.map(draw), ...frame];
}

/** Draws the page's rule for columns of these widths. Its blanks and colons stay. */
function ruleOf(line: string, widths: number[], { hasBorder, isPadded }: Grid): string {
  const [start, separator] = [line[0] === "+" ? "+" : "|", /-\+/.test(line) ? "+" : "|"];
  const cells = line.replace(/^[|+]|[|+]$/g, "").split(separator);
  if (!isPadded && cells.length === widths.length) return line;
  const parts = widths.map((width, column) => {
    const cell = cells[column] ?? cells[0]?.replaceAll(":", "-") ?? "";
    const [, left = "", right = ""] = /^(\s*:?)-+(:?\s*)$/.exec(cell) ?? [];
    return left + "-".repeat(Math.max(1, width + 2 - left.length - right.length)) + right;
  });
  const joined = parts.join(separator);
  return hasBorder ? start + joined + start : joined.trim();
}
