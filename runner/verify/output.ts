import { createHash } from "node:crypto";
import { closeSync, openSync, readSync } from "node:fs";

const CHUNK = 1024 * 1024;

/** Reads a file piece by piece, so that a large output never is in memory as a whole. */
export function* readChunks(file: string, start = 0): Generator<Buffer> {
  const descriptor = openSync(file, "r");
  const buffer = Buffer.allocUnsafe(CHUNK);
  try {
    for (let at = start; ; ) {
      const length = readSync(descriptor, buffer, { position: at });
      if (length === 0) return;
      yield buffer.subarray(0, length);
      at += length;
    }
  } finally {
    closeSync(descriptor);
  }
}

/** Compares a file with bytes in memory, up to the first difference. */
export function hasBytes(file: string, bytes: Buffer): boolean {
  let offset = 0;
  for (const chunk of readChunks(file)) {
    if (!chunk.equals(bytes.subarray(offset, offset + chunk.length))) return false;
    offset += chunk.length;
  }
  return offset === bytes.length;
}

export function digestOfFile(file: string): string {
  const hash = createHash("sha256");
  for (const chunk of readChunks(file)) hash.update(chunk);
  return hash.digest("hex");
}

/** The same bytes with the line ends that git or an editor may have changed to CRLF. */
export function withLineFeeds(bytes: Buffer): Buffer {
  if (!bytes.includes("\r\n")) return bytes;
  return Buffer.from(bytes.toString("latin1").replaceAll("\r\n", "\n"), "latin1");
}
