import { closeSync, fstatSync, openSync, writeFileSync, writeSync } from "node:fs";
import { readChunks, readStart } from "../common/read-files.ts";

/**
 * A file that takes what a process prints. It is opened for appending, and begins with one byte of ours:
 * on Linux, a process that opens /dev/stdout again for writing empties it. A terminal would have shown
 * all that was printed before, so a verdict on the rest would be wrong.
 */
export interface OutputFile {
  /** The end for the process. */
  readonly descriptor: number;
  /** How much was printed, in bytes. */
  size(): number;
  /** Reads the beginning of what was printed. @param limit bytes */
  readStart(limit: number): string;
  /** Copies what was printed. */
  copyTo(file: string): void;
  /** True if the process emptied the file, or wrote over its beginning. */
  isDamaged(): boolean;
  close(): void;
}

const first = "\n";

/** At what byte the output begins in an output file. */
export const OUTPUT_START = first.length;

/** @throws Node's error where the file exists, or cannot be written */
export function openOutputFile(file: string): OutputFile {
  const descriptor = openSync(file, "ax", 0o600);
  writeSync(descriptor, first);
  const start = () => (isDamaged() ? 0 : OUTPUT_START);
  const isDamaged = () => readStart(file, OUTPUT_START) !== first;
  return {
    descriptor,
    size: () => fstatSync(descriptor).size - OUTPUT_START,
    isDamaged,
    readStart: (limit) => readStart(file, limit + start()).slice(start()),
    copyTo(target) {
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
