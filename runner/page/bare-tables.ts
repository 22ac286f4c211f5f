import type { Block } from "./page.ts";
import { sqlNames } from "./sql/psql-shapes.ts";

const delimiter = /^ {0,3}\|(?:\s*:?-{2,}:?\s*\|)+\s*$/;
const row = /^ {0,3}\|.*\|\s*$/;
const announcing =
  /\b(?:outputs?|results?|returns?|prints?|shows?|see|looks? like)\b[^.]*:[*_]*$|^[*_]*(?:output|result)[*_]*$/i;

/** What Markdown does not show as it is written. A table with it is not compared. */
const markup = /[`\\<]|\*\*/;

/** True for the first line of a Markdown table. */
export function beginsTable(lines: readonly string[], line: number): boolean {
  return row.test(lines[line] ?? "") && delimiter.test(lines[line + 1] ?? "");
}

/**
 * Finds the tables that a page shows as the results of its SQL, and that are not in a block: they are right
 * below one of SQL, or below a line that announces them.
 * @param lines of the page, without its comments
 */
export function bareTables(lines: readonly string[], blocks: readonly Block[]): Block[] {
  return blocks.flatMap((block, index) => {
    const isAlone = block.prefix === "" && !block.isOpen && !block.tab;
    if (!isAlone || !sqlNames.has(block.language) || block.directives.isIgnored) return [];
    const limit = blocks[index + 1]?.line ?? lines.length;
    const isBlank = (at: number) => (lines[at] ?? "").trim() === "";
    const skipBlank = (from: number) => {
      let at = from;
      while (at < limit && isBlank(at)) at++;
      return at;
    };
    let first = skipBlank(block.last + 1);
    const text = lines[first]?.trim() ?? "";
    const above = announcing.test(text) ? text : "";
    if (above !== "") first = skipBlank(first + 1);
    let last = first;
    while (last < limit && row.test(lines[last] ?? "")) last++;
    const content = lines.slice(first, last).join("\n");
    const isTable = delimiter.test(lines[first + 1] ?? "") && last > first + 1;
    if (!isTable || !isBlank(first - 1) || !isBlank(last) || markup.test(content)) return [];
    const { heading, section } = block;
    const prefix = /^ */.exec(lines[first] ?? "")?.[0] ?? "";
    const table: Block = {
      ...{ line: first - 1, first, last, prefix, fence: "```", language: "", info: "" },
      ...{
        content: `${content}\n`,
        tab: undefined,
        directives: {},
        above,
        sentence: above,
        heading,
        section,
      },
      isTable: true,
    };
    return [table];
  });
}
