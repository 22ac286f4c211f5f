import type { Block } from "./page.ts";
import { findTabs } from "./tabs.ts";

/**
 * Reads the fenced blocks of a Markdown or MDX page.
 * @param lines of the page, without its byte order mark
 */
export async function readBlocks(lines: readonly string[]): Promise<Block[]> {
  const markdown = withoutFrontMatter(lines);
  const found = await findFences(markdown.join("\n"));
  const inFence = new Set(found.flatMap(({ line, end }) => range(line, end)));
  const tabs = findTabs(markdown, found, inFence);
  let heading = "";
  let section = 0;
  let above = "";
  let next = 0;
  return found.map(({ line, end, marker, info, content }, index): Block => {
    for (; next < line; next++) {
      const own = inFence.has(next) ? "" : (markdown[next] ?? "");
      const title = /^\s{0,3}#{1,6}\s+(.*?)\s*#*\s*$/.exec(own)?.[1];
      if (title !== undefined) [heading, section, above] = [title, section + 1, ""];
      else if (own.trim() && !isTag(own)) above = own.trim();
    }
    const [language = "", rest = ""] = splitInfo(info);
    const opening = lines[line] ?? "";
    const isClosed = new RegExp(`^[\\s>]*${marker[0] === "~" ? "~" : "`"}{${marker.length},}\\s*$`);
    const last = isClosed.test(lines[end - 1] ?? "") && end - 1 > line ? end - 1 : end;
    const block = {
      ...{ line, first: line + 1, last, language, info: rest, content, above, heading, section },
      prefix: opening.slice(0, opening.indexOf(marker)),
      fence: marker,
      tab: tabs.get(index),
    };
    above = "";
    return block;
  });
}

/**
 * Splits a page into its lines.
 * @param text with any line ends, with or without a byte order mark
 */
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
  const [, language = "", rest = ""] = /^([^\s{[=]*)(?=[\s{[]|$)\s*(.*)$/s.exec(info) ?? [];
  return language ? [language.toLowerCase(), rest] : ["", info];
}

function isTag(line: string): boolean {
  return /^\s*(<\/?[A-Za-z][^>]*>?|:::.*|\{\/\*.*\*\/\}|<!--.*-->)\s*$/.test(line);
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, index) => from + index);
}
