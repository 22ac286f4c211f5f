import { readFileSync, statSync } from "node:fs";
import { textOf } from "../common/files.ts";
import type { Golden } from "./golden.ts";
import { readChunks, withLineFeeds } from "./output.ts";
import { lineEndNotes, showWhitespace } from "./whitespace.ts";

/** How much of each side is compared, from the first difference on. More, nobody reads. */
const BYTES_COMPARED = 16 * 1024;
const LINES_SHOWN = 60;
const CONTEXT = 3;

/** Texts that differ in more lines are not compared to the end: it takes long. */
const MOST_EDITS = 2000;

/**
 * Makes a unified diff from the golden file to an output, around the first difference.
 * @param label names the output in the diff's head
 */
export async function diffOf(golden: Golden, stdoutFile: string, label: string): Promise<string> {
  const { structuredPatch } = await import("diff");
  const { boundNotes } = await import("./bound-note.ts");
  const expected = withLineFeeds(golden.bytes);
  const start = contextBefore(expected, firstDifference(expected, stdoutFile));
  const [printed = Buffer.alloc(0)] = readChunks(stdoutFile, start);
  const before = windowOf(expected.subarray(start));
  const after = windowOf(printed);

  const options = { context: CONTEXT };
  const patch = structuredPatch(golden.name, label, before.text, after.text, "", "", options);
  const isPart = before.isCut || after.isCut;
  // The two are not cut at the same line, which is no difference between the outputs.
  const hunks = isPart && patch.hunks.length > 1 ? patch.hunks.slice(0, -1) : patch.hunks;
  const firstLine = countLines(expected, start);
  const lines = hunks.flatMap((hunk) => [
    `@@ -${hunk.oldStart + firstLine},${hunk.oldLines} +${hunk.newStart + firstLine},${hunk.newLines} @@`,
    ...showWhitespace(hunk.lines),
  ]);

  const notes =
    isPart || lines.length > LINES_SHOWN
      ? ["(The diff is cut here: the outputs are too large to show.)"]
      : lineEndNotes(golden.bytes, before.text, after.text);
  if (statSync(stdoutFile).size <= BYTES_COMPARED) {
    notes.push(...boundNotes(expected.toString("utf8"), readFileSync(stdoutFile, "utf8")));
  }
  const head = [`--- ${golden.name}`, `+++ ${label}`];
  return [...head, ...lines.slice(0, LINES_SHOWN), ...notes, ""].join("\n");
}

/** A unified diff of two texts, cut to what a person can read. */
export async function diffTexts(before: string, after: string, name: string): Promise<string> {
  const { createTwoFilesPatch, FILE_HEADERS_ONLY } = await import("diff");
  const patch = createTwoFilesPatch(name, `${name} as it should be`, before, after, "", "", {
    context: CONTEXT,
    maxEditLength: MOST_EDITS,
    headerOptions: FILE_HEADERS_ONLY,
  });
  const lines = patch?.slice(0, -1).split("\n") ?? [
    `--- ${name}`,
    "(Too many lines differ to be shown.)",
  ];
  const cut = lines.length > LINES_SHOWN ? [`(The diff is cut here: ${lines.length} lines.)`] : [];
  return [...lines.slice(0, LINES_SHOWN), ...cut, ""].join("\n");
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
  const from = offset - BYTES_COMPARED / 4;
  if (from <= 0) return 0;
  const lineEnd = bytes.subarray(from, offset).indexOf("\n");
  // The line that differs may be longer than all of that.
  return lineEnd === -1 ? bytes.lastIndexOf("\n", from) + 1 : from + lineEnd + 1;
}

/** The beginning of the bytes. A text that is cut ends with a line, as a diff expects it to. */
function windowOf(bytes: Buffer): { text: string; isCut: boolean } {
  const isCut = bytes.length > BYTES_COMPARED;
  const text = textOf(bytes.subarray(0, BYTES_COMPARED), isCut);
  return { text: isCut ? `${text}\n` : text, isCut };
}

function countLines(bytes: Buffer, end: number): number {
  let count = 0;
  for (let at = bytes.indexOf("\n"); at !== -1 && at < end; at = bytes.indexOf("\n", at + 1))
    count++;
  return count;
}
