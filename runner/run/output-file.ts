import { closeSync, fstatSync, openSync, writeFileSync, writeSync } from "node:fs";
import { readChunks, readStart } from "../common/read-files.ts";

export type OutputFile = ReturnType<typeof openOutputFile>;

const first = "\n";

/** At what byte the output begins in an output file. */
export const OUTPUT_START = first.length;

/**
 * Makes a file that takes what a process prints. It is opened for appending, and begins with one byte of ours:
 * on Linux, a process that opens /dev/stdout again for writing empties it. A terminal would have shown
 * all that was printed before, so a verdict on the rest would be wrong.
 * @throws Node's error where the file exists, or cannot be written
 */
export function openOutputFile(file: string) {
  const descriptor = openSync(file, "ax", 0o600);
  writeSync(descriptor, first);
  const start = () => (isDamaged() ? 0 : OUTPUT_START);
  /** True if the process emptied the file, or wrote over its beginning. */
  const isDamaged = () => readStart(file, OUTPUT_START) !== first;
  return {
    /** The end for the process. */
    descriptor,
    /** How much was printed, in bytes. */
    size: () => fstatSync(descriptor).size - OUTPUT_START,
    isDamaged,
    /** Reads the beginning of what was printed. @param limit bytes */
    readStart: (limit: number) => readStart(file, limit + start()).slice(start()),
    /** Copies what was printed. */
    copyTo(target: string): void {
      const copy = openSync(target, "wx", 0o600);
      try {
        for (const chunk of readChunks(file, start())) writeFileSync(copy, chunk);
      } finally {
        closeSync(copy);
      }
    },
    close: () => closeSync(descriptor),
  };
}
