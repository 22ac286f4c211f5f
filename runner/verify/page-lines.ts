import { readFileSync } from "node:fs";
import { replaceFile } from "../common/files.ts";
import type { PageOutput } from "../guide/guide.ts";

type PageLines = Extract<PageOutput, { kind: "lines" }>;

/**
 * Reads the lines of a page in which an output is, without their indentation, and as far as they count:
 * a page does not show blanks at the ends of lines, nor blank lines at both ends.
 * @param page the whole file
 */
export function readPageLines(page: Buffer, { first, last, prefix }: PageLines): Buffer {
  const shown = linesOf(page)
    .slice(first, last)
    .map((line) => withoutPrefix(line, prefix).replace(/\s+$/, ""));
  const text = shown
    .slice(labelsIn(shown))
    .join("\n")
    .replace(/^\n+|\n+$/g, "");
  return Buffer.from(text && `${text}\n`, "latin1");
}

/**
 * Writes an output into its page. Not a byte outside of it changes.
 * @returns where the output is now; undefined where a line of it would close its fence
 */
export function replacePageLines(place: PageLines, content: Buffer): PageLines | undefined {
  const { file, first, last, prefix, fence } = place;
  const lines = linesOf(readFileSync(file));
  const old = lines.slice(first, last);
  const labels = old.slice(0, labelsIn(old.map((line) => withoutPrefix(line, prefix).trimEnd())));
  const end = /\r$/.test(lines[first - 1] ?? "") ? "\r" : "";
  const printed = content.toString("latin1").replace(/\n$/, "").split("\n");
  const closing = new RegExp(`^ {0,3}\\${fence[0]}{${fence.length},}\\s*$`);
  if (printed.some((line) => closing.test(line))) return undefined;
  const indented = printed.map((line) => (line === "" ? prefix.trimEnd() : prefix + line) + end);
  const all = [...lines.slice(0, first), ...labels, ...indented, ...lines.slice(last)];
  replaceFile(file, Buffer.from(all.join("\n"), "latin1"));
  return { ...place, last: first + labels.length + indented.length };
}

/** latin1 keeps every byte apart, so all others are written as they were. */
function linesOf(page: Buffer): string[] {
  return page.toString("latin1").split("\n");
}

/** `[secondary_label Output]` in the first line belongs to the page, not to the output. */
function labelsIn(lines: readonly string[]): number {
  return /^\[(?:secondary_)?label [^\]]+\]$/.test(lines[0] ?? "") ? 1 : 0;
}

/** A line may be indented less than its fence. */
function withoutPrefix(line: string, prefix: string): string {
  if (line.startsWith(prefix)) return line.slice(prefix.length);
  const blanks = /^[ \t]*/.exec(line)?.[0].length ?? 0;
  return line.slice(Math.min(blanks, prefix.length));
}
