import { statSync } from "node:fs";
import { readChunks, readStart } from "./read-files.ts";
import { hideSecrets, showable } from "./secrets.ts";

const END_BYTES = 16 * 1024;

/** Reads the beginning of an output for people, up to the limit in bytes. */
export function readShown(file: string, limit: number): string {
  return showable(readStart(file, limit), statSync(file).size > limit);
}

/** Reads the last lines of an output for people. */
export function readLastLines(file: string, limit: number): string[] {
  const start = Math.max(0, statSync(file).size - END_BYTES);
  const [bytes = Buffer.alloc(0)] = readChunks(file, start);
  const lines = hideSecrets(bytes.toString("utf8")).split("\n");
  while (lines.at(-1)?.trim() === "") lines.pop();
  // The first one may have been cut, in the middle of a secret.
  return lines.slice(start > 0 ? 1 : 0).slice(-limit);
}
