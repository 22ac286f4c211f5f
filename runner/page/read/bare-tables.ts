import { isPlain, isSqlLanguage } from "../languages.ts";
import type { Block } from "../page.ts";
import { cellsOf } from "../sql/parse/psql-shapes.ts";
import { announces } from "./announced-output.ts";

/** A line below a header, with a pipe in it. */
const delimiter = /^\s*(?=.*\|)\|?\s*:?-+:?\s*(?:\|\s*:?-+:?\s*)*\|?\s*$/;
const row = /^ {0,3}\|.*\|\s*$/;

/** What Markdown does not show as it is written. */
const markup = /[`\\<]|\*\*/;

/** Lines of a paragraph between SQL and its table. */
const LONGEST_TEXT = 3;

/** True for the first line of a Markdown table. */
export function beginsTable(lines: readonly string[], line: number): boolean {
  const [header = "", below = ""] = [lines[line], lines[line + 1]].map(withoutQuote);
  const isTable = header.includes("|") && delimiter.test(below);
  return isTable && cellsOf(header).length === cellsOf(below).length;
}

function withoutQuote(line = ""): string {
  return line.replace(/^(?:\s*>)+/, "");
}

/**
 * Finds the tables that are not in a block. They may be the results of SQL if they are right below a block, or below a
 * paragraph. One that Markdown does not show as it is written, and one that no text announces, is not compared.
 * @param lines of the page, without its comments
 * @param starts the first lines of all Markdown tables
 */
export function bareTables(
  lines: readonly string[],
  blocks: readonly Block[],
  starts: readonly number[],
): Block[] {
  const near = tablesBelow(lines, blocks);
  const others = starts.filter((start) =>
    near.every(({ first, last }) => start < first || start >= last),
  );
  const apart = others.map((start): Block => {
    const { heading = "", section = 0 } = blocks.findLast((one) => one.line < start) ?? {};
    const last = tableEnd(lines, start, lines.length);
    return {
      ...{
        line: start - 1,
        first: start,
        last,
        end: last,
        prefix: "",
        fence: "```",
        language: "",
        info: "",
      },
      ...{ content: `${lines.slice(start, last).join("\n")}\n`, tab: undefined, directives: {} },
      above: "",
      sentence: "",
      heading,
      section,
      isTable: true,
      isApart: true,
    };
  });
  return [...near, ...apart];
}

/** True if all that a table has in its header is among these words. */
export function hasHeaderOf({ content }: Block, words: ReadonlySet<string>): boolean {
  const [header = ""] = content.split("\n", 1);
  const own = wordsIn(header);
  return own.length > 0 && own.every((word) => words.has(word));
}

/** The parts of names, without the case of their letters. */
export function wordsIn(text: string): string[] {
  return text.toLowerCase().match(/[\p{L}\d]+/gu) ?? [];
}

function tablesBelow(lines: readonly string[], blocks: readonly Block[]): Block[] {
  return blocks.flatMap((block, index) => {
    const isSql = isSqlLanguage(block.language) || isPlain(block.language);
    if (!isSql || block.isOpen || block.directives.isIgnored) return [];
    const limit = blocks[index + 1]?.line ?? lines.length;
    const table = findTable(lines, block.end, limit);
    if (!table) return [];
    const { first, last, text } = table;
    const opening = lines[first] ?? "";
    const isInside = block.prefix !== "" && opening.startsWith(block.prefix);
    const base = isInside ? block.prefix : "";
    const prefix = base + (/^ */.exec(opening.slice(base.length))?.[0] ?? "");
    const shown = lines.slice(first, last).map((line) => line.replace(prefix, ""));
    const above = announces(text) ? text : "";
    const uncompared = whyUncompared(shown, text !== "" && above === "");
    const { heading, section } = block;
    return [
      {
        ...{ line: first - 1, first, last, end: last, prefix, fence: "```" },
        language: "",
        info: "",
        ...{ content: `${shown.join("\n")}\n`, tab: isInside ? block.tab : undefined },
        directives: {},
        above,
        sentence: above,
        heading,
        section,
        isTable: true,
        uncompared,
      },
    ];
  });
}

function whyUncompared(table: readonly string[], isApart: boolean): string | undefined {
  if (/^<table\b/i.test(table[0] ?? "")) return "it is HTML";
  if (isApart) return "nothing says that the table is an output";
  if (!table.every((line) => row.test(line))) return "a row of the table has no pipes at its ends";
  return markup.test(table.join("\n")) ? "the table has markup in it" : undefined;
}

/** Looks for a table from a line on, with one paragraph or the heading of an output above it. */
function findTable(lines: readonly string[], from: number, limit: number) {
  const skipBlank = (start: number) => {
    let at = start;
    while (at < limit && isBlank(lines[at])) at++;
    return at;
  };
  const isHtml = (at: number) => /^\s*<table\b/i.test(lines[at] ?? "");
  const begins = (at: number) => beginsTable(lines, at) || isHtml(at);
  const start = skipBlank(from);
  let end = start;
  while (end < limit && !isBlank(lines[end]) && !begins(end)) end++;
  const first = skipBlank(end);
  const text = withoutQuote(lines.slice(start, end).at(-1)).trim();
  const heading = /^#{1,6}\s+(.*)$/.exec(text)?.[1];
  const isOther = heading !== undefined && !announces(heading);
  if (first >= limit || !begins(first) || end - start > LONGEST_TEXT || isOther) return undefined;
  return { first, last: tableEnd(lines, first, limit), text: heading ?? text };
}

function tableEnd(lines: readonly string[], first: number, limit: number): number {
  let last = first + 1;
  while (last < limit && !isBlank(lines[last]) && !/<\/table>/i.test(lines[last - 1] ?? "")) last++;
  return last;
}

function isBlank(line: string | undefined): boolean {
  return withoutQuote(line).trim() === "";
}
