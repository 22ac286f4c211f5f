import { closeSync, openSync, readSync } from "node:fs";
import { StringDecoder } from "node:string_decoder";
import { hasCode } from "../../runner/common/failure.ts";

const EVERY_MS = 40;

/**
 * Follows a file that is being written to, up to a limit in bytes.
 * @param firstByte where to begin
 * @param onText is told what came
 * @returns reads what is left, and ends
 */
export function follow(
  file: string,
  firstByte: number,
  limit: number,
  onText: (text: string) => void,
): () => void {
  const decoder = new StringDecoder("utf8");
  const buffer = Buffer.alloc(16 * 1024);
  let descriptor: number | undefined;
  let length = 0;

  function look(): void {
    descriptor ??= openIfThere(file);
    if (descriptor === undefined) return;
    for (;;) {
      const size = Math.min(buffer.length, limit - length);
      const read = size > 0 ? readSync(descriptor, buffer, 0, size, firstByte + length) : 0;
      if (read === 0) return;
      length += read;
      const text = decoder.write(buffer.subarray(0, read));
      if (text) onText(text);
    }
  }

  const timer = setInterval(look, EVERY_MS);
  return () => {
    clearInterval(timer);
    look();
    if (descriptor !== undefined) closeSync(descriptor);
  };
}

function openIfThere(file: string): number | undefined {
  try {
    return openSync(file, "r");
  } catch (error) {
    if (hasCode(error, "ENOENT")) return undefined;
    throw error;
  }
}
