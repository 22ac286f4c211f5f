import { readFileSync } from "node:fs";
import { replaceFile } from "../common/write-files.ts";
import type { PageOutput } from "../guide/guide.ts";

type PageLines = Extract<PageOutput, { kind: "lines" }>;

/** `[label app.py]` or `[secondary_label Output]` in the first line of a block: it belongs to the page. */
export const labelLine = /^\[(?:secondary_)?label ([^\]]+)\][ \t]*\r?(?:\n|$)/;

/** The content of a block, without the line that only labels it. */
export function withoutLabel(content: string): string {
  return content.replace(labelLine, "");
}

/**
 * Gives an output as far as it counts on a page, which does not show blanks at the ends of lines, nor
 * blank lines at both ends.
 */
export function asShown(output: Buffer): Buffer {
  const lines = output
    .toString("latin1")
    .split(/\r?\n/)
    .map((line) => line.replace(/[ \t]+$/, "")); // \s would cut a character of several bytes
  const first = lines.findIndex((line) => line !== "");
  const last = lines.findLastIndex((line) => line !== "");
  if (first < 0) return Buffer.alloc(0);
  return Buffer.from(`${lines.slice(first, last + 1).join("\n")}\n`, "latin1");
}

/**
 * Reads the lines of a page in which an output is, without their indentation, and as far as they count.
 * @param page the whole file
 */
export function readPageLines(page: Buffer, { first, last, prefix }: PageLines): Buffer {
  const lines = linesOf(page).slice(first, last);
  const content = lines.map((line) => withoutPrefix(textOf(line), prefix)).join("\n");
  return asShown(Buffer.from(withoutLabel(content), "latin1"));
}

/**
 * Writes an output into its page. Not a byte outside of it changes, nor the empty lines around it.
 * @returns where the output is now; or why nothing was written
 */
export function replacePageLines(
  place: PageLines,
  content: Buffer,
): PageLines | { readonly refused: string } {
  const { file, first, last, prefix, fence } = place;
  if (place.isOpen) return { refused: "its fence never ends. Close it." };
  const lines = linesOf(readFileSync(file));
  const isLabelled = labelLine.test(withoutPrefix(textOf(lines[first] ?? ""), prefix));
  const isEmpty = (line = "") => withoutPrefix(textOf(line), prefix).trim() === "";
  let [from, to] = [first < last && isLabelled ? first + 1 : first, last];
  while (from < to && isEmpty(lines[from])) from++;
  while (to > from && isEmpty(lines[to - 1])) to--;
  const end = lineEnd.exec(lines[first - 1] ?? "")?.[0] ?? "\n";
  const printed = content.toString("latin1").replace(/\n$/, "").split("\n");
  const isRow = (line: string) => /^\|.*\|$/.test(line) && !/[`\\<]|\*\*/.test(line);
  if (place.isTable && !printed.every(isRow)) {
    return { refused: "the output is not a plain Markdown table. Put the table into a block." };
  }
  const closing = new RegExp(`^ {0,3}\\${fence[0]}{${fence.length},}\\s*$`);
  if (printed.some((line) => closing.test(line))) {
    return { refused: "a line of the output would close its fence. Use a longer fence." };
  }
  if (printed.some((line) => line.includes("\r"))) {
    return {
      refused: "a line of the output has a carriage return in it, which would end the line.",
    };
  }
  const indented = printed.map((line) => (line === "" ? prefix.trimEnd() : prefix + line) + end);
  const all = [...lines.slice(0, from), ...indented, ...lines.slice(to)];
  replaceFile(file, Buffer.from(all.join(""), "latin1"));
  return { ...place, last: last + indented.length - (to - from) };
}

const lineEnd = /(?:\r\n|\n|\r)$/;

/**
 * Splits where the reader of pages does, and keeps the line ends. latin1 keeps every byte apart, so all others
 * are written as they were.
 */
function linesOf(page: Buffer): string[] {
  return page.toString("latin1").match(/[^\r\n]*(?:\r\n|\n|\r)|[^\r\n]+$/g) ?? [];
}

function textOf(line: string): string {
  return line.replace(lineEnd, "");
}

/** A line may be indented less than its fence, and an empty line of a quote ends with its ">". */
function withoutPrefix(line: string, prefix: string): string {
  if (line.startsWith(prefix)) return line.slice(prefix.length);
  if (line.trimEnd() === prefix.trimEnd()) return "";
  const blanks = /^[ \t]*/.exec(line)?.[0].length ?? 0;
  return line.slice(Math.min(blanks, prefix.length));
}
