import { isCount } from "./match-lines.ts";
import { countLine, type Display, formatResult } from "./psql-format.ts";
import { recordLine, rule } from "./psql-shapes.ts";
import { isNullText } from "./same-value.ts";
import type { SqlResult } from "./sql-result.ts";

/**
 * Tell in which form a page shows its results: Markdown, with or without numbers, expanded, or aligned.
 * @param lines of the page's output
 * @returns what prints a result in that form
 */
export function formOf(lines: readonly string[], display: Display): (result: SqlResult) => string {
  const hasMarkdown = lines.some((line) => rule.test(line) && /^\|.*\|$/.test(line.trim()));
  const isNumbered = lines.some((line) => /^\|?\s*#\s*\|/.test(line));
  if (!hasMarkdown && !isNumbered) {
    const expanded = lines.some((line) => recordLine.test(line));
    const isAligned = lines.some((line) => rule.test(line));
    const form = { ...display, expanded: expanded || (display.expanded && !isAligned) };
    return (result) => formatResult(result, form);
  }
  const texts = lines.flatMap((line) => line.split("|")).map((text) => text.trim());
  const nullText = texts.find((text) => text !== "" && isNullText(text)) ?? "";
  const hasWords = texts.some((text) => text === "true" || text === "false");
  const showsCounts = lines.some(isCount);

  return (result) => {
    const { columns, rows, error } = result;
    if (!columns || error) return formatResult(result, display);
    const cell = (value: string | null, type: number) => {
      if (value === null) return nullText;
      if (type === boolType && hasWords) return value === "t" ? "true" : "false";
      return value.replaceAll("|", "\\|").replaceAll("\n", "<br>");
    };
    const row = (cells: string[], number: string) => {
      const all = isNumbered ? [number, ...cells] : cells;
      return hasMarkdown ? `| ${all.join(" | ")} |` : all.join(" | ");
    };
    const names = columns.map(({ name }) => name);
    const dashes = row(
      names.map((name) => "-".repeat(Math.max(3, name.length))),
      "---",
    );
    const body = rows.map((values, index) =>
      row(
        columns.map(({ type }, column) => cell(values[column] ?? null, type)),
        `${index + 1}`,
      ),
    );
    return [
      row(names, "#"),
      ...(hasMarkdown ? [dashes] : []),
      ...body,
      ...(showsCounts ? ["", countLine(rows.length)] : []),
    ].join("\n");
  };
}

const boolType = 16;
