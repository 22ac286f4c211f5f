import type { Block } from "../page.ts";
import { countIn } from "../sql/parse/psql-shapes.ts";
import { bareTables, beginsTable } from "./bare-tables.ts";
import { findComments, type RefuseAt, readDirectives } from "./directives.ts";
import { fenceRule, lineRule } from "./fence-rules.ts";
import { splitConsole } from "./split-console.ts";
import { findTabs } from "./tabs.ts";

/** What is on a page. */
interface ReadPage {
  readonly blocks: readonly Block[];
  /** The lines without the comments, and without the front matter: what a reader sees. */
  readonly text: readonly string[];
  /** The lines that are in fenced blocks. */
  readonly inFence: ReadonlySet<number>;
}

/** Reads the fenced blocks of a Markdown or MDX page, and the SQL in its comments. */
export async function readBlocks(lines: readonly string[], refuse: RefuseAt): Promise<ReadPage> {
  const { markdown, found, comments, inFence } = await readMarkdown(lines);
  const tabs = findTabs(markdown, found, inFence);
  const isEmpty = (line: number) => /^[\s>]*$/.test(markdown[line] ?? "x");
  const begins = found.map(({ line }) => line);
  const starts = markdown.flatMap((_, line) =>
    !inFence.has(line) && beginsTable(markdown, line) ? [line] : [],
  );
  const { ofBlocks, hidden } = readDirectives(comments, [...begins, ...starts], isEmpty, refuse);
  let heading = "";
  let section = 0;
  let above = "";
  let paragraph: string[] = [];
  /** The title of a note that has nothing else above the block: `:::danger Wrong`. */
  let notice = "";
  /** What is above a group of tabs is above each of its blocks. */
  const aboveGroups = new Map<number, string>();
  let next = 0;
  const blocks = found.map(({ line, end, marker, info, content }, index): Block => {
    for (; next < line; next++) {
      const own = inFence.has(next) ? "" : (markdown[next] ?? "");
      const title = /^\s{0,3}#{1,6}\s+(.*?)\s*#*\s*$/.exec(own)?.[1];
      if (isEmpty(next - 1)) paragraph = [];
      notice = title === undefined ? (titleOfNotice.exec(own)?.[1] ?? notice) : "";
      if (title !== undefined) [heading, section, above, paragraph] = [title, section + 1, "", []];
      else if (own.trim() && !isTag(own)) {
        above = own.trim();
        paragraph.push(above);
      }
    }
    const tab = tabs.get(index);
    if (tab && !aboveGroups.has(tab.group)) aboveGroups.set(tab.group, above);
    if (tab && above === "") above = aboveGroups.get(tab.group) ?? "";
    const [language = "", rest = ""] = splitInfo(info);
    const opening = lines[line] ?? "";
    const isClosed = new RegExp(`^[\\s>]*${marker[0] === "~" ? "~" : "`"}{${marker.length},}\\s*$`);
    const last = isClosed.test(lines[end - 1] ?? "") && end - 1 > line ? end - 1 : end;
    const block = {
      ...{
        line,
        first: line + 1,
        last,
        end,
        language,
        info: rest,
        content,
        above,
        heading,
        section,
      },
      // Below the first line of a list item, its marker is blank.
      prefix: opening.slice(0, opening.indexOf(marker)).replace(/[^\s>]/g, " "),
      fence: marker,
      ...(last === end && { isOpen: true }),
      tab,
      directives: ofBlocks.get(line) ?? {},
      sentence:
        paragraph
          .join(" ")
          .split(/[.!?]\s+(?=[A-Z`*])/)
          .at(-1) ||
        above ||
        notice,
    };
    [above, paragraph, notice] = ["", [], ""];
    if (block.isOpen && /^[\s>]*(?:`{3}|~{3})/m.test(content)) {
      const taken = "and the blocks below it are in it";
      refuse(line, `The block never ends, ${taken}. Close it with ${marker} in a line of its own.`);
    }
    return block;
  });
  const setups = hidden.map(({ line, end, sql }): Block => {
    const { heading, section } = blocks.findLast((one) => one.line < line) ?? unknown;
    const place = { line, first: line, last: line, end, heading, section };
    return { ...unknown, ...place, content: sql, directives: { isSetup: true } };
  });
  const tables = bareTables(markdown, blocks, starts).map((table): Block => {
    return { ...table, directives: ofBlocks.get(table.first) ?? {} };
  });
  const strays = markdown.flatMap((line, at): Block[] => {
    if (inFence.has(at) || countIn(line) === undefined) return [];
    const { heading, section } = blocks.findLast((one) => one.line < at) ?? unknown;
    const place = { line: at, first: at, last: at + 1, end: at + 1, heading, section };
    const uncompared = "it is not in a fenced block";
    return [{ ...unknown, ...place, language: "", content: line, directives: {}, uncompared }];
  });
  const all = [...blocks.flatMap(splitConsole), ...setups, ...tables, ...strays];
  all.sort((one, other) => one.line - other.line);
  return { blocks: all, text: markdown, inFence };
}

const unknown = {
  ...{ prefix: "", fence: "```", language: "sql", info: "", above: "", sentence: "", heading: "" },
  section: 0,
  tab: undefined,
};

/** Reads the blocks, leaving out those that are in a comment. All lines keep their numbers. */
async function readMarkdown(lines: readonly string[]) {
  const whole = withoutFrontMatter(lines);
  const linesOf = (fences: readonly Fence[]) =>
    new Set(fences.flatMap(({ line, end }) => range(line, end)));
  let found = await findFences(whole.join("\n"));
  let inFence = linesOf(found);
  const comments = findComments(whole, (line) => inFence.has(line));
  const hidden = new Set(comments.flatMap(({ line, end }) => range(line, end)));
  const markdown = whole.map((line, index) => (hidden.has(index) ? "" : line));
  if (found.some(({ line }) => hidden.has(line))) {
    found = await findFences(markdown.join("\n"));
    inFence = linesOf(found);
  }
  return { markdown, found, comments, inFence };
}

/** Splits a page into its lines. */
export function pageLines(text: string): string[] {
  return text.replace(/^\uFEFF/, "").split(/\r\n|\n|\r/);
}

/** A fence, as the parser found it. Its `end` is the line after it. */
export interface Fence {
  readonly line: number;
  readonly end: number;
  readonly marker: string;
  readonly info: string;
  readonly content: string;
}

async function findFences(text: string): Promise<Fence[]> {
  const { default: MarkdownIt } = await import("markdown-it");
  const markdown = new MarkdownIt("commonmark");
  markdown.disable(["code", "html_block", "lheading", "reference"], true);
  markdown.block.ruler.at("fence", fenceRule, {
    alt: ["paragraph", "reference", "blockquote", "list"],
  });
  markdown.block.ruler.at("paragraph", lineRule);
  markdown.core.ruler.enableOnly(["normalize", "block"]);
  return markdown.parse(text, {}).flatMap(({ type, map, markup, info, content }) => {
    if (type !== "fence" || !map) return [];
    return [{ line: map[0], end: map[1], marker: markup, info: info.trim(), content }];
  });
}

/** Empties the lines of the front matter, so that all others keep their numbers. */
function withoutFrontMatter(lines: readonly string[]): string[] {
  const end = frontMatterEnd(lines);
  return lines.map((line, index) => (index < end ? "" : line));
}

/** The number of lines that the front matter of a page takes. */
export function frontMatterEnd(lines: readonly string[]): number {
  if (lines[0]?.trimEnd() !== "---") return 0;
  return lines.findIndex((line, index) => index > 0 && line.trimEnd() === "---") + 1;
}

function splitInfo(info: string): [string, string] {
  // {.sql}, as Pandoc reads it; sql,editable; sql:query.sql, with a name.
  const [, inBraces, more = ""] = /^\{\s*\.([\w+-]+)\s*(.*)$/s.exec(info) ?? [];
  if (inBraces !== undefined) return [inBraces.toLowerCase(), `{${more}`];
  const [, language = "", rest = ""] = /^([^\s{[=,:]*)(?=[\s{[,:]|$)\s*(.*)$/s.exec(info) ?? [];
  const named = rest.replace(/^:([^\s,]+)/, 'title="$1"');
  return language ? [language.toLowerCase(), named] : ["", info];
}

const titleOfNotice =
  /^[\s>]*(?::{3,}\s*(?:danger|warning|caution|error|important)\b|<(?:Danger|Warning|Caution|Admonition|Callout)\b.*?\btitle=)[\s["'{]*([^\]"'}>]+)/;

function isTag(line: string): boolean {
  return /^\s*((?:<\/?[A-Za-z][^>]*>\s*)*<\/?[A-Za-z][^>]*>?|:::.*|@tab\b.*|\/?>|[\w-]+=["{].*["}]|\{%.*%\}|\{\{[<%].*[%>]\}\}|\{\/\*.*\*\/\}|<!--.*-->|={3}[!+]*\s+["'].+["'])\s*$/.test(
    line,
  );
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, index) => from + index);
}
