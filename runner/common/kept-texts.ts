import { createHash } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import { isRecord } from "./json.ts";

/**
 * Identifies how a file is, without reading it: the text differs when it has changed. A link stands for its
 * target.
 */
export function stateOf(file: string): string {
  const stat = statSync(file, { throwIfNoEntry: false });
  return stat ? [stat.mtimeMs, stat.ctimeMs, stat.size, stat.ino].join() : "absent";
}

/**
 * Reads what `keepText` wrote.
 * @returns the text's bytes: to decode half a megabyte takes longer than to read it. Undefined if it is not there,
 *   or not whole
 */
export function readKept(
  file: string,
): { readonly head: Readonly<Record<string, unknown>>; readonly text: Buffer } | undefined {
  try {
    const whole = readFileSync(file);
    const start = whole.indexOf("\n") + 1;
    const head: unknown = JSON.parse(whole.toString("utf8", "//".length, start));
    const text = whole.subarray(start);
    return isRecord(head) && head.digest === digestOf(text) ? { head, text } : undefined;
  } catch {
    return undefined;
  }
}

/** Returns the SHA-256 in hexadecimal digits. */
export function digestOf(content: string | Uint8Array): string {
  return createHash("sha256").update(content).digest("hex");
}
