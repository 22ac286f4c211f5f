import { megabytes, NONE, orNone, seconds, shortTime, times } from "./format.ts";
import type { Goal } from "./goals.ts";
import type { Result } from "./results.ts";

const formats = { times, milliseconds: shortTime, bytes: megabytes };

/** All results as a table in Markdown. */
export function resultTable(results: readonly Result[]): string {
  const head = ["Case", "Median", "Range", "÷ originals", "÷ floor", "Peak memory", "Comparison"];
  const rows = results.map((result) => {
    const { wall } = result;
    if (!wall) return [result.label, "not verified"];
    return [
      result.label,
      seconds(wall.median),
      `${(wall.min / 1000).toFixed(2)}–${(wall.max / 1000).toFixed(2)}`,
      orNone(result.ofOriginals, times),
      orNone(result.ofFloor, times),
      orNone(result.memory, megabytes),
      orNone(result.comparison, shortTime),
    ];
  });
  return markdownTable([head, ...rows]);
}

/** The goals as a table in Markdown. */
export function goalTable(goals: readonly Goal[]): string {
  const rows = goals.map(({ text, unit, value, limit }) => {
    const isKnown = value !== null && limit !== null;
    const verdict = isKnown ? (value <= limit ? "reached" : "missed") : "";
    const most = limit === null ? NONE : formats[unit](limit);
    return [text, orNone(value, formats[unit]), most, verdict];
  });
  return markdownTable([["Figure", "Measured", "At most", "Goal"], ...rows]);
}

/** The first column is text, the others are figures. */
function markdownTable(rows: readonly (readonly string[])[]): string {
  const [head = []] = rows;
  const widths = head.map((_, column) =>
    Math.max(3, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  const lines = rows.map((row) => {
    const cells = widths.map((width, column) => {
      const cell = (row[column] ?? "").replaceAll("|", "\\|");
      return column === 0 ? cell.padEnd(width) : cell.padStart(width);
    });
    return `| ${cells.join(" | ")} |`;
  });
  const rule = widths.map((width, column) =>
    column === 0 ? "-".repeat(width) : `${"-".repeat(width - 1)}:`,
  );
  lines.splice(1, 0, `| ${rule.join(" | ")} |`);
  return `${lines.join("\n")}\n`;
}
