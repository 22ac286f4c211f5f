import { isUtf8 } from "node:buffer";
import { diffArrays } from "diff";
import { Failure } from "../../runner/common/failure.ts";
import { readRegularFile } from "../../runner/common/read-files.ts";

/**
 * Read a file of the reader's before it is changed.
 * @returns its text; empty if there is no such file
 * @throws Failure of kind "usage" for one that is not in UTF-8: its letters would be lost
 */
export function readToChange(file: string): string {
  const bytes = readRegularFile(file) ?? Buffer.alloc(0);
  if (isUtf8(bytes)) return bytes.toString("utf8");
  throw new Failure(
    "usage",
    `${file} is not in UTF-8, so it is not replaced. Save it as UTF-8 first.`,
  );
}

/**
 * Give each line of a changed text the end, LF or CRLF, that it had before. A new line ends as the one that it
 * replaces, or the one above it.
 * @param before as the file is
 * @param text with any ends
 */
export function withEndsOf(before: string, text: string): string {
  const old = linesOf(before);
  const lines = linesOf(text).map(({ line }) => line);
  const parts = diffArrays(
    old.map(({ line }) => line),
    lines,
  );
  const ends: string[] = [];
  let end = old[0]?.end || "\n"; // not ??: the end of a last line is empty
  let at = 0;
  for (const { added, removed, value } of parts) {
    for (const _ of value) {
      if (!added) end = old[at++]?.end || end;
      if (!removed) ends.push(end);
    }
  }
  return lines.map((line, index) => line + (index < lines.length - 1 ? ends[index] : "")).join("");
}

/** Splits a text into lines and their ends. The last line has none. */
function linesOf(text: string) {
  const parts = text.split(/(\r?\n)/);
  return parts.flatMap((line, index) =>
    index % 2 === 0 ? [{ line, end: parts[index + 1] ?? "" }] : [],
  );
}
