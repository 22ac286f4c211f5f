import type { SqlError } from "../sql-result.ts";
import { characterWidth } from "./table-cell.ts";

/** libpq's limits for the line of a statement, in columns. */
const LINE_WIDTH = 60;
const RIGHT_OF_CARET = 10;

/** Format an error or a notice as psql prints it, without a line end. */
export function formatMessage(message: SqlError, statement: string): string {
  const { severity, detail, hint, position, internalQuery, internalPosition, context } = message;
  const isError = severity !== "NOTICE" && severity !== "WARNING";
  const place = position
    ? caretLines(statement, position)
    : internalQuery !== undefined && internalPosition
      ? caretLines(internalQuery, internalPosition)
      : [];
  return [
    `${severity}:  ${message.message}`,
    ...place,
    ...(detail === undefined ? [] : [`DETAIL:  ${detail}`]),
    ...(hint === undefined ? [] : [`HINT:  ${hint}`]),
    ...(internalQuery === undefined ? [] : [`QUERY:  ${internalQuery}`]),
    ...(context === undefined || !isError ? [] : [`CONTEXT:  ${context}`]),
  ].join("\n");
}

/** @param position in characters from 1 */
function caretLines(statement: string, position: number): string[] {
  const characters = [...statement];
  const at = position - 1;
  if (at < 0 || at > characters.length) return [];
  const above = characters
    .slice(0, at)
    .join("")
    .split(/\r\n|\r|\n/);
  const before = [...(above.at(-1) ?? "")];
  const [after = ""] = characters
    .slice(at)
    .join("")
    .split(/[\r\n]/, 1);
  const shown = [...before, ...after].map((character) => (character === "\t" ? " " : character));
  const caret = before.length;
  // A line may be long: the widths are added up once.
  const ends = [0];
  for (const one of shown) ends.push((ends.at(-1) ?? 0) + Math.max(1, characterWidth(one)));
  const width = (from: number, to: number) => (ends[to] ?? 0) - (ends[from] ?? 0);
  let [left, right] = [0, shown.length];
  if (width(0, right) > LINE_WIDTH) {
    const isNearStart = LINE_WIDTH >= width(0, caret) + RIGHT_OF_CARET;
    if (!isNearStart) while (width(caret, right) > RIGHT_OF_CARET) right--;
    while (width(left, right) > LINE_WIDTH) {
      if (isNearStart) right--;
      else left++;
    }
  }
  const prefix = `LINE ${above.length}: ${left > 0 ? "..." : ""}`;
  const text = `${prefix}${shown.slice(left, right).join("")}${right < shown.length ? "..." : ""}`;
  return [text, `${" ".repeat(prefix.length + width(left, caret))}^`];
}

/** Read the fields of an error or a notice, which each library names in its own way. */
export function readMessage(message: unknown): SqlError {
  const fields = new Map<string, unknown>(
    typeof message === "object" && message !== null ? Object.entries(message) : [],
  );
  const text = (...names: string[]): string | undefined => {
    const values = names.map((name) => fields.get(name));
    return values.find((value) => typeof value === "string");
  };
  const place = (...names: string[]) => Number(text(...names) ?? 0) || undefined;
  return {
    severity: text("severity") ?? "ERROR",
    message: message instanceof Error ? message.message : (text("message") ?? String(message)),
    code: text("code") ?? "",
    detail: text("detail"),
    hint: text("hint"),
    position: place("position"),
    internalQuery: text("internalQuery", "internal_query"),
    internalPosition: place("internalPosition", "internal_position"),
    context: text("where"),
  };
}

/** True for NOTICE and WARNING. INFO, LOG and DEBUG are not part of an output. */
export function isNotice({ severity }: SqlError): boolean {
  return severity === "NOTICE" || severity === "WARNING";
}
