import { isOfLanguage, isQuoteOf } from "./file-sentence.ts";
import type { Block } from "./page.ts";

/** What a block may have changed that names no file. */
export interface Unplaced {
  /** What is in the file after it. */
  readonly content: string;
  /** True for a file that it may change. */
  readonly fits: (path: string, text: string) => boolean;
}

/** Reads a block that names no file. A `diff` has lines that are in its file before it. */
export function readUnplaced({ language, content }: Block): Unplaced {
  if (language !== "diff") {
    // In a plain block there may be any file's code.
    return { content, fits: (path) => language === "" || isOfLanguage(path, language) };
  }
  const shown = content.split("\n").filter((line) => !/^(?:@@|\+\+\+|---)/.test(line));
  const without = (mark: string) =>
    shown.filter((line) => !line.startsWith(mark)).map((line) => line.replace(/^[-+]/, ""));
  const before = without("+").filter((line) => line.trim() !== "");
  return {
    content: without("-").join("\n"),
    fits: (_, text) => before.length === 0 || before.some((line) => isQuoteOf(line, text)),
  };
}
