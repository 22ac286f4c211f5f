import {
  closeSync,
  constants,
  fstatSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  type Stats,
  statSync,
} from "node:fs";
import { StringDecoder } from "node:string_decoder";
import { Failure, hasCode } from "./failure.ts";

const MIB = 1024 * 1024;

/** Looks at a file or directory. There is none below a file, either. */
export function statIfThere(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch (error) {
    if (hasCode(error, "ENOTDIR")) return undefined;
    throw error;
  }
}

/**
 * Reads a file that the reader of a guide wrote. A pipe or a device of that name is refused.
 * @param limit the largest size, in bytes
 * @returns undefined where there is no such file
 * @throws Failure of kind "layout" for what is not a file, cannot be read, or is too large
 */
export function readRegularFile(file: string, limit = 16 * MIB): Buffer | undefined {
  let descriptor: number | undefined;
  try {
    descriptor = openSync(file, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    const stat = fstatSync(descriptor);
    if (stat.isFile() && stat.size <= limit) return readFileSync(descriptor);
    if (stat.isFile()) {
      throw new Failure("layout", `${file} cannot be read. It is larger than ${limit / MIB} MiB.`);
    }
  } catch (error) {
    // ENOTDIR if a part of its path is a file. Windows says ENOENT.
    if (hasCode(error, "ENOENT") || hasCode(error, "ENOTDIR")) return undefined;
    if (error instanceof Failure) throw error;
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
  throw new Failure("layout", `${file} cannot be read. It must be a file that you may read.`);
}

/**
 * Lists what is in a directory of a guide, without what is hidden.
 * @returns sorted names; none where there is no such directory
 * @throws Failure of kind "layout" for one that cannot be read
 */
export function namesIn(directory: string): string[] {
  try {
    const names = readdirSync(directory).filter((name) => !name.startsWith("."));
    return names.sort();
  } catch (error) {
    if (hasCode(error, "ENOENT")) return [];
    const advice = "It must be a directory that you may read.";
    throw new Failure("layout", `${directory} cannot be read. ${advice}`);
  }
}

/** Reads the beginning of a text file, up to the limit in bytes. A character that is cut is left out. */
export function readStart(file: string, limit: number): string {
  const bytes = readHead(file, limit);
  return textOf(bytes, statSync(file).size > bytes.length);
}

/** Reads the first bytes of a file. */
export function readHead(file: string, limit: number): Buffer {
  const chunks: Buffer[] = [];
  let left = limit;
  for (const chunk of readChunks(file)) {
    chunks.push(Buffer.from(chunk));
    left -= chunk.length;
    if (left <= 0) break;
  }
  return Buffer.concat(chunks).subarray(0, limit);
}

/** Reads a file in pieces, so that a large one is never in memory as a whole. @param start in bytes */
export function* readChunks(file: string, start = 0): Generator<Buffer> {
  const descriptor = openSync(file, "r");
  // Most outputs are short, and there are many: a buffer of a whole MiB for each keeps the collector busy.
  const buffer = Buffer.allocUnsafe(Math.min(MIB, fstatSync(descriptor).size + 4096));
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

/** Decodes UTF-8. @param isCut true if the text goes on: a character that is cut is left out */
export function textOf(bytes: Buffer, isCut: boolean): string {
  return isCut ? new StringDecoder("utf8").write(bytes) : bytes.toString("utf8");
}
