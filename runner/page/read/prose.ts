import type { Block, ListedBlock } from "../page.ts";

/** The paragraphs above a block and below it, with no block between. */
export function proseAround(lines: readonly string[], { line, end }: Block): string {
  return `${paragraph(lines, line - 1, -1)}\n${paragraph(lines, end, 1)}`;
}

/** The heading of a block, and all text between it and the block above. */
export function textAbove(lines: readonly string[], { line, heading }: Block): string {
  const from = lines.slice(0, line).findLastIndex((one) => isFence(one)) + 1;
  return [heading, ...lines.slice(from, line)].join("\n");
}

function paragraph(lines: readonly string[], from: number, step: 1 | -1): string {
  const isText = (at: number) => (lines[at]?.trim() ?? "") !== "" && !isFence(lines[at]);
  let start = from;
  while (lines[start]?.trim() === "") start += step;
  let end = start;
  while (isText(end)) end += step;
  return (step > 0 ? lines.slice(start, end) : lines.slice(end + 1, start + 1)).join("\n");
}

function isFence(line = ""): boolean {
  return /^[\s>]*(?:`{3}|~{3})/.test(line);
}

/** The text of a page as Markdown: without the tags of MDX that have lines of their own. */
export function withoutTags(lines: readonly string[]): string {
  return lines
    .filter((line) => !/^\s*<\/?[A-Z]\w*\b[^`]*>\s*$/.test(line))
    .join("\n")
    .trim();
}

/** What puts another file in its place, for any generator, be it in a block, and that file. */
const include =
  /^\s*(?:<<<|--8<--|@include\b|:{3,}\s*\{?include\b|`{3,}\s*\{(?:literal)?include\}|(?:\.\.\s+(?:literal)?)?include::|\{[{%][-<%]?\s*(?:include|partial|readfile|render|snippet)|!?\[!(?:include|code)|\{\{#include|<(?:include|snippet|partial)\b)\W?.*?([\w./-]+\.(?:mdx?|markdown|rst|adoc|txt|sql|sh|[cm]?[jt]sx?|py|rs|go|rb|java))(?![\w.])/i;

/** In a block, it is code. */
const imported = /^\s*import\s+\w+\s+from\s*["']([\w./@-]+\.mdx?)["']/;

/** Finds the lines that include other files. They may hold steps and outputs, and are not read. */
export function includesIn(lines: readonly string[], inFence: ReadonlySet<number>): ListedBlock[] {
  return lines.flatMap((text, at) => {
    const line = text.slice(0, LONGEST_INCLUDE);
    const found = include.exec(line) ?? (inFence.has(at) ? null : imported.exec(line));
    const file = found?.[1];
    if (file === undefined) return [];
    return [{ line: at + 1, fate: "not read", what: `it includes ${file}`, clients: [] }];
  });
}

const LONGEST_INCLUDE = 300;
