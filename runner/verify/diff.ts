import { readFileSync, statSync } from "node:fs";
import { textOf } from "../files.ts";
import type { Golden } from "./golden.ts";
import { readChunks, withLineFeeds } from "./output.ts";
import { lineEndNotes, showWhitespace } from "./whitespace.ts";

/** How much of each side is compared, from the first difference on. More, nobody reads. */
const BYTES_COMPARED = 16 * 1024;
const LINES_SHOWN = 60;
const CONTEXT = 3;

/**
 * Makes a unified diff from the golden file to an output, around the first difference.
 * @param label names the output in the diff's head
 */
export async function diffOf(golden: Golden, stdoutFile: string, label: string): Promise<string> {
  const { structuredPatch } = await import("diff");
  const expected = withLineFeeds(golden.bytes);
  const start = contextBefore(expected, firstDifference(expected, stdoutFile));
  const before = windowOf([expected], start);
  const after = windowOf(readChunks(stdoutFile), start);

  const patch = structuredPatch("", "", before.text, after.text, "", "", { context: CONTEXT });
  const firstLine = countLines(expected, start);
  const lines = patch.hunks.flatMap((hunk) => [
    `@@ -${hunk.oldStart + firstLine},${hunk.oldLines} +${hunk.newStart + firstLine},${hunk.newLines} @@`,
    ...showWhitespace(hunk.lines),
  ]);

  const isCut = before.isCut || after.isCut || lines.length > LINES_SHOWN;
  const cut = isCut ? ["(The diff is cut here: the outputs are too large to show.)"] : [];
  const notes = isCut ? [] : lineEndNotes(golden.bytes, before.text, after.text);
  if (expected.includes("[..") && statSync(stdoutFile).size <= BYTES_COMPARED) {
    const { boundNotes } = await import("./bound-note.ts");
    notes.push(...boundNotes(expected.toString("utf8"), readFileSync(stdoutFile, "utf8")));
  }
  const head = [`--- ${golden.name}`, `+++ ${label}`];
  return [...head, ...lines.slice(0, LINES_SHOWN), ...cut, ...notes, ""].join("\n");
}

/** A unified diff of two texts, cut to what a person can read. */
export async function diffTexts(before: string, after: string, name: string): Promise<string> {
  const { createTwoFilesPatch } = await import("diff");
  const lines = createTwoFilesPatch(name, `${name} as it should be`, before, after, "", "", {
    context: CONTEXT,
    maxEditLength: 5000,
  })?.split("\n") ?? [`--- ${name}`, "(Nearly every line differs.)"];
  const cut =
    lines.length > LINES_SHOWN ? [`(The diff is cut here: ${lines.length} lines.)`, ""] : [];
  return [...lines.slice(0, LINES_SHOWN), ...cut].join("\n");
}

function firstDifference(expected: Buffer, file: string): number {
  let offset = 0;
  for (const chunk of readChunks(file)) {
    const other = expected.subarray(offset, offset + chunk.length);
    if (!chunk.equals(other)) {
      const index = chunk.findIndex((byte, at) => byte !== other[at]);
      return offset + index;
    }
    offset += chunk.length;
  }
  return offset;
}

/** Where the lines begin that a reader needs to see before the byte at `offset`. */
function contextBefore(bytes: Buffer, offset: number): number {
  let start = offset;
  for (let line = 0; line <= CONTEXT && start > 0; line++) {
    start = bytes.lastIndexOf("\n", start - 1);
    if (start === -1 || offset - start > BYTES_COMPARED / 4) break;
  }
  return start <= 0 ? 0 : start + 1;
}

/** The text from a byte on, up to the limit: whole lines, unless one is longer than that. */
function windowOf(chunks: Iterable<Buffer>, start: number): { text: string; isCut: boolean } {
  const parts: Buffer[] = [];
  let offset = 0;
  let length = 0;
  for (const chunk of chunks) {
    const part = chunk.subarray(
      Math.max(0, start - offset),
      Math.max(0, start - offset) + BYTES_COMPARED + 1,
    );
    offset += chunk.length;
    if (part.length === 0) continue;
    parts.push(Buffer.from(part));
    length += part.length;
    if (length > BYTES_COMPARED) break;
  }
  const bytes = Buffer.concat(parts);
  if (bytes.length <= BYTES_COMPARED) return { text: bytes.toString("utf8"), isCut: false };

  const end = bytes.lastIndexOf("\n", BYTES_COMPARED);
  const cut = bytes.subarray(0, end > 0 ? end + 1 : BYTES_COMPARED);
  return { text: textOf(cut, true), isCut: true };
}

function countLines(bytes: Buffer, end: number): number {
  let count = 0;
  for (let at = bytes.indexOf("\n"); at !== -1 && at < end; at = bytes.indexOf("\n", at + 1))
    count++;
  return count;
}
