import { beginsOutput, countIn, isTag, verb } from "./psql-shapes.ts";
import { isOpenEnded } from "./split-statements.ts";

/** What was typed, and the lines of the block with what it printed: from `first` to before `last`. */
export interface SessionPart {
  readonly sql: string;
  readonly first: number;
  readonly last: number;
}

const name = "[\\w.@:/~-]*";
/** `neondb=> `, `=# `, `db=*# `, and pgcli's `me@host:db> `. */
const prompt = new RegExp(`^(?:${name}=[*!?]?[>#]|[\\w.-]+@[\\w.-]+:[\\w.-]+>)(?: |$)`);
const continued = new RegExp(`^${name}[-('"$*^][*!?]?[>#](?: |$)`);

const begins = new RegExp(`^\\s*${verb}`, "i");

/**
 * Read a block that shows statements together with what they print, with psql's prompts or without.
 * @returns undefined if the block has no output in it
 */
export function readSession(content: string): SessionPart[] | undefined {
  const lines = content.replace(/\n$/, "").split("\n");
  const parts = lines.some((line) => prompt.test(line))
    ? withPrompts(lines)
    : withoutPrompts(lines);
  return parts.some(({ first, last }) => last > first) ? parts : undefined;
}

/** True for a line that begins with a prompt of psql. */
export function isPsqlPrompt(line: string): boolean {
  return prompt.test(line);
}

/** True if a line has a prompt of psql. */
export function hasPrompt(content: string): boolean {
  return content.split("\n").some(isPsqlPrompt);
}

function withPrompts(lines: readonly string[]): SessionPart[] {
  const parts: SessionPart[] = [];
  let at = lines.findIndex((line) => prompt.test(line));
  while (at >= 0 && at < lines.length) {
    let sql = (lines[at] ?? "").replace(prompt, "");
    at++;
    while (at < lines.length && isOpenEnded(sql)) {
      sql += `\n${(lines[at] ?? "").replace(continued, "").replace(prompt, "")}`;
      at++;
    }
    const next = lines.findIndex((line, index) => index >= at && prompt.test(line));
    const end = next < 0 ? lines.length : next;
    if (sql.trim() !== "") parts.push({ sql, ...trimmed(lines, at, end) });
    at = end;
  }
  return parts;
}

function withoutPrompts(lines: readonly string[]): SessionPart[] {
  const parts: SessionPart[] = [];
  /** The lines of the statement so far. It is only put together where it may end: it may be long. */
  let typed: string[] = [];
  const isBlank = () => typed.every((line) => line.trim() === "");
  let at = 0;
  while (at < lines.length) {
    const line = lines[at] ?? "";
    const mayEnd = beginsOutput(lines, at) && !isBroken(lines, at) && !isBlank();
    if (mayEnd && !isOpenEnded(typed.join("\n"))) {
      const end = outputEnd(lines, at);
      parts.push({ sql: typed.join("\n"), ...trimmed(lines, at, end) });
      typed = [];
      at = end;
      continue;
    }
    if (isBlank() && line.trim() !== "" && !/^\s*(?:--|\/\*|\\)/.test(line)) {
      if (!begins.test(line)) return []; // the text is something else
    }
    if (typed.length > 0 || line !== "") typed.push(line);
    at++;
  }
  if (!isBlank()) parts.push({ sql: typed.join("\n"), first: lines.length, last: lines.length });
  return parts;
}

/** True for `CREATE TABLE` where the rest of the statement is in the next lines. */
function isBroken(lines: readonly string[], at: number): boolean {
  const next = lines[at + 1] ?? "";
  if (!isTag(lines[at] ?? "") || next.trim() === "" || beginsOutput(lines, at + 1)) return false;
  const end = lines.findIndex((line, index) => index > at && /;\s*$|^\s*$/.test(line));
  return /;/.test(lines[end] ?? "") && !begins.test(next) && !/^\s*(?:--|\/\*|\\)/.test(next);
}

/** An output goes on until a statement begins below an empty line, a count or a tag. */
function outputEnd(lines: readonly string[], from: number): number {
  for (let at = from + 1; at < lines.length; at++) {
    const above = lines[at - 1] ?? "";
    const isFree =
      above.trim() === "" ||
      countIn(above) !== undefined ||
      isTag(above) ||
      /^(?:ERROR|NOTICE|WARNING|DETAIL|HINT|CONTEXT):|^\s*\^$/.test(above);
    const line = lines[at] ?? "";
    const isStatement = begins.test(line) && !isTag(line) && !beginsOutput(lines, at);
    if (isFree && (isStatement || /^\s*(?:--\s|\/\*|\\\w)/.test(line))) return at;
  }
  return lines.length;
}

/** Without empty lines at both ends. */
function trimmed(lines: readonly string[], from: number, to: number) {
  let [first, last] = [from, to];
  while (first < last && lines[first]?.trim() === "") first++;
  while (last > first && lines[last - 1]?.trim() === "") last--;
  return { first, last };
}
