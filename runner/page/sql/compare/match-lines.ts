import { countLine, type Display, formatResult } from "../print/psql-format.ts";
import { formatMessage } from "../print/server-message.ts";
import type { SqlError, SqlResult } from "../sql-result.ts";
import { type Matcher, skipEmpty } from "./match-grid.ts";

/** Lines of a page into which one line of a message may be broken. */
const MOST_WRAPPED = 5;

/** What psql shows below the message. */
const errorField = /^(?:LINE \d+|DETAIL|HINT|QUERY|CONTEXT):/;

/** Every line, as it is. */
export function matchText(text: string): Matcher {
  return matchAll(linesOf(text));
}

function matchAll(wanted: readonly string[]): Matcher {
  return (lines, from) =>
    wanted.every((line, index) => (lines[from + index] ?? "") === line)
      ? from + wanted.length
      : undefined;
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
  if (showsCounts || text === "") return whole;
  const bare = matchAll(withoutCount(text, result.rows.length));
  return (lines, from) => whole(lines, from) ?? bare(lines, from);
}

/** Leave `(2 rows)` out. A last row may be empty. */
export function withoutCount(text: string, rows: number): string[] {
  const lines = linesOf(text);
  return lines.at(-1) === countLine(rows) ? lines.slice(0, -1) : lines;
}

/** Another client prints a tag in lower case, or with something behind it. */
export function matchTag(tag: string): Matcher {
  const exact = matchText(tag);
  const words = tag.toLowerCase();
  return (lines, from) => {
    const line = (lines[from] ?? "")
      .trim()
      .toLowerCase()
      .replace(/^insert (?=\d+$)/, "insert 0 ");
    return exact(lines, from) ?? (line === words || line === `${words};` ? from + 1 : undefined);
  };
}

/** Severity and message; LINE, DETAIL, HINT and CONTEXT where the page shows them. */
export function matchError(error: SqlError, statement: string, isLoose: boolean): Matcher {
  const groups: string[][] = [];
  for (const line of linesOf(formatMessage(error, statement))) {
    if (groups.length === 0 || errorField.test(line)) groups.push([line]);
    else groups.at(-1)?.push(line);
  }
  return (lines, from) => {
    let at = from;
    for (const [index, group] of groups.entries()) {
      const end = isLoose ? matchLoosely(group, lines, at, error) : matchAll(group)(lines, at);
      if (end !== undefined) at = end;
      else if (index === 0) return undefined;
      if (end !== undefined && isLoose && lines[at]?.trim() === "^") at++;
    }
    if (!isLoose) return at;
    let next = skipEmpty(lines, at);
    while (isFieldOfClient(lines[next] ?? "", error)) at = ++next;
    return at;
  };
}

/** A page may break a long line, indent it, and count the lines of its statement from elsewhere. */
function matchLoosely(
  group: readonly string[],
  lines: readonly string[],
  from: number,
  { code }: SqlError,
): number | undefined {
  const [first = ""] = group;
  const isPlace = /^LINE \d+: /.test(first);
  const wanted = normal((isPlace ? [first] : group).join(" "));
  let text = "";
  for (let at = from; at < Math.min(lines.length, from + group.length + MOST_WRAPPED); at++) {
    const line = lines[at] ?? "";
    if (at > from && (line.trim() === "" || errorField.test(line))) return undefined;
    text = normal(`${text} ${line}`);
    // The libraries of Go have the code behind the message.
    if (text === wanted || text === `${wanted} (SQLSTATE ${code})`) return at + 1;
  }
  return undefined;
}

function normal(text: string): string {
  return text
    .trim()
    .replace(/\s+/g, " ")
    .replace(/^LINE \d+: (?:\.\.\.)?/, "LINE: ")
    .replace(/^(LINE: .*?)(?:\.\.\.)?$/, "$1");
}

/** Other clients show these below an error. */
function isFieldOfClient(line: string, { code, position, detail, hint }: SqlError): boolean {
  const fields = { "SQL state": code, Character: position, Detail: detail, Hint: hint };
  return Object.entries(fields).some(([name, value]) => line === `${name}: ${value}`);
}
