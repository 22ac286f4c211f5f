import { labelLine } from "../../verify/page-lines.ts";
import { hasNoExport, isPlain, isSentSql } from "../languages.ts";
import type { Block, ReadBlock } from "../page.ts";
import { mayLead, runner } from "../shell/command-line.ts";
import { isShell } from "../shell/prompts.ts";
import { isWorkedOut } from "../shell/shell-variables.ts";
import { verb } from "../sql/parse/psql-shapes.ts";
import { hasPrompt, readSession } from "../sql/parse/read-session.ts";
import { tight } from "../sql/parse/split-statements.ts";

/** What a reader may type below a run: commands, a session, what is only for psql, or SQL that the text asks for. */
export function mayBeTyped(block: Block): boolean {
  const { content, above } = block;
  const isOfPsql = ofPsql.test(content.trimEnd()) || leavesPsql.test(content);
  const isSent = isSql(block) && /\b(?:run|execute|send|try|enter|use)\b/i.test(above);
  return isShell(block) || hasPrompt(content) || isOfPsql || isSent;
}

/** A session shows its outputs itself. With prompts, a language such as `bash` is often guessed. */
export function mayBeSession(block: Block): boolean {
  if (isSentSql(block.language) || isPlain(block.language)) return true;
  return isShell(block) && hasPrompt(block.content);
}

/** Counts the lines with which an output repeats the query above it. It is not sent again. */
export function linesOfQuery({ content }: Block, { block, fate }: ReadBlock): number | undefined {
  if (fate.kind !== "sql") return undefined;
  const [part, other] = readSession(content) ?? [];
  const isSame = part && !other && tight(part.sql) === tight(block.content);
  return isSame ? part.first : undefined;
}

/** A command without a prompt. */
export const runsFile = new RegExp(`^\\s*(?:${runner}|npx|psql)\\s`);
const ofPsql = /^(?:\s*\\[A-Za-z?]\S*(?:[^\S\n].*)?(?:\n|$))+$/;
export const leavesPsql = /^\s*(?:[\w.@:/~-]*=[*!?]?[>#]\s*)?(?:exit|quit|\\q);?\s*$/;
export const sqlStart = new RegExp(`^(?:\\s|--.*\\n)*${verb}[\\s\\S]*;\\s*(?:--.*\\s*)*$`, "i");

export function isSql({ language, content }: Block): boolean {
  const isOfPsql = ofPsql.test(content.trimEnd());
  return isSentSql(language) || (isPlain(language) && (isOfPsql || sqlStart.test(content)));
}

/** `title="x"`, `filename=x`, `[label x]` and `[secondary_label Output]`, in the info or the first line. */
export function labelOf({ info, content }: Block): string | undefined {
  const titled = /\b(?:title|filename|file)=(?:"([^"]*)"|'([^']*)'|(\S+))/.exec(info);
  const text = titled?.[1] ?? titled?.[2] ?? titled?.[3];
  if (text !== undefined) return text.trim();
  return labelLine.exec(content)?.[1]?.trim();
}

/** Reads a block in which every line is `KEY=value`. */
export function environmentIn(content: string): Map<string, string> | undefined {
  const lines = content.split("\n").filter((line) => line.trim() && !/^\s*[#[]/.test(line));
  const pairs = lines.map((line) =>
    /^\s*(?:export\s+)?([A-Z_][A-Z0-9_]*)\s*=\s*(?:"([^"]*)"|'([^']*)'|(\S*))\s*(?:#.*)?$/.exec(
      line,
    ),
  );
  if (pairs.length === 0 || pairs.some((pair) => !pair)) return undefined;
  // A shell works these out.
  if (lines.some((line) => /^\s*export\s/.test(line) && isWorkedOut(line))) return undefined;
  return new Map(pairs.map((pair) => [pair?.[1] ?? "", pair?.[2] ?? pair?.[3] ?? pair?.[4] ?? ""]));
}

/** The variables of such a block that a program gets: a plain one may only show how a connection string looks. */
export function givenIn({ language, content }: Block): (name: string, value: string) => boolean {
  const exported = new Set(
    Array.from(content.matchAll(/^\s*export\s+(\w+)=/gm), ([, name = ""]) => name),
  );
  const isExported = (name: string) => exported.has(name) && !hasNoExport(language);
  return (name, value) => isExported(name) || (isPlain(language) && mayLead(name, value));
}
