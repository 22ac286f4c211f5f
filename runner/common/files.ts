import { createHash, randomBytes } from "node:crypto";
import {
  chmodSync,
  chownSync,
  closeSync,
  constants,
  existsSync,
  fstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  readSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { StringDecoder } from "node:string_decoder";
import { Failure, hasCode, messageOf } from "./failure.ts";

const MIB = 1024 * 1024;

const MOVE_ROUNDS = 20;
const MOVE_PAUSE_MS = 50;

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

/** Writes all bytes. `writeSync` alone may write a part of them. */
export function writeAll(descriptor: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length; ) at += writeSync(descriptor, bytes, at);
}

/**
 * Renames a file or a directory. Windows refuses that while a file of it is open, and its virus scanner
 * opens each new file for a moment.
 */
export function move(from: string, to: string): void {
  for (let round = 1; ; round++) {
    try {
      renameSync(from, to);
      return;
    } catch (error) {
      const isBusy = ["EACCES", "EBUSY", "EPERM"].some((code) => hasCode(error, code));
      if (process.platform !== "win32" || !isBusy || round === MOVE_ROUNDS) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, MOVE_PAUSE_MS);
    }
  }
}

/** Reads a JSON object. A file that is absent, damaged, or holds another value reads as an empty object. */
export function readRecord(file: string): Record<string, unknown> {
  try {
    const json: unknown = JSON.parse(readFileSync(file, "utf8").replace(/^\uFEFF/, ""));
    return isRecord(json) ? json : {};
  } catch {
    return {};
  }
}

/** True for what is an object in JSON. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * Makes a directory, and those above it, if they are missing. `mkdirSync` with `recursive` never returns where
 * the system makes none, as below /proc.
 * @param mode of those that are made
 * @throws an error of the system where it cannot be made
 */
export function makeDirectories(directory: string, mode = 0o777): void {
  try {
    mkdirSync(directory, { mode });
  } catch (error) {
    if (hasCode(error, "ENOENT") && !existsSync(dirname(directory))) {
      makeDirectories(dirname(directory), mode);
      makeDirectories(directory, mode);
    } else if (!statSync(directory, { throwIfNoEntry: false })?.isDirectory()) throw error;
  }
}

/** Writes a file completely or not at all. Directories that are missing are made. */
export function writeWhole(file: string, text: string, mode = 0o666): void {
  makeDirectories(dirname(file));
  replaceFile(file, text, mode);
}

/** True for a directory, and for a pipe or a device, which can neither be read first nor be replaced. */
export function isSpecial(file: string): boolean {
  try {
    return !statSync(file).isFile();
  } catch {
    return false; // reading or writing it says why
  }
}

/**
 * Replaces a whole file or nothing. A file that is there keeps its mode and its owner, a link stays a link. A pipe
 * or a device is written to.
 */
export function replaceFile(name: string, content: string | Uint8Array, mode = 0o666): void {
  const file = realPath(name);
  if (isSpecial(file)) {
    writeFileSync(file, content);
    return;
  }
  const before = statSync(file, { throwIfNoEntry: false });
  // Should this file be left behind, its name makes it neither a golden file nor another file of a guide.
  // In a directory that others may write to, no link waits under it.
  const draft = join(dirname(file), `.${basename(file)}.${randomBytes(4).toString("hex")}.new`);
  try {
    writeFileSync(draft, content, { mode, flag: "wx", flush: true });
    if (before) {
      if (process.getuid?.() === 0) chownSync(draft, before.uid, before.gid);
      chmodSync(draft, before.mode & 0o7777);
    }
    move(draft, file);
  } finally {
    rmSync(draft, { force: true });
  }
}

/**
 * Does work that writes where the disk may be full, or the directory another user's.
 * @throws Failure of kind "usage" if it cannot be written. Failures of the work itself stay as they are
 */
export function writing<Result>(path: string, work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    if (error instanceof Failure) throw error;
    throw new Failure("usage", `${path} cannot be written. ${messageOf(error)}`);
  }
}

/** Names a directory and all those above it, from the inside out. @param directory absolute path */
export function withParents(directory: string): string[] {
  const parent = dirname(directory);
  return parent === directory ? [directory] : [directory, ...withParents(parent)];
}

/** Follows all links, to a file that may not exist yet. */
export function realPath(file: string): string {
  const path = resolve(file);
  try {
    return realpathSync(path);
  } catch {
    const target = linkTarget(path) ?? path;
    const parent = dirname(target);
    return parent === target ? target : join(realPath(parent), basename(target));
  }
}

function linkTarget(path: string): string | undefined {
  try {
    return resolve(dirname(path), readlinkSync(path));
  } catch {
    return undefined;
  }
}

/**
 * Identifies how a file is, without reading it: the text differs when it has changed. A link stands for its
 * target.
 */
export function stateOf(file: string): string {
  const stat = statSync(file, { throwIfNoEntry: false });
  return stat ? [stat.mtimeMs, stat.ctimeMs, stat.size, stat.ino].join() : "absent";
}

/** Some file systems record the time of a change in steps of two seconds. */
const COARSEST_CLOCK_MS = 2000;

/** True if a file may have changed since it was read. @param read when that was, in milliseconds since 1970 */
export function mayHaveChanged(file: string, read: number): boolean {
  const stat = statSync(file, { throwIfNoEntry: false });
  return stat !== undefined && stat.ctimeMs >= read - COARSEST_CLOCK_MS;
}

/**
 * Keeps a text in a cache, with what is known of it. Only the owner may read it.
 * @param head becomes one line of JSON
 */
export function keepText(
  file: string,
  head: Readonly<Record<string, unknown>>,
  text: string,
): void {
  const line = JSON.stringify({ ...head, digest: digestOf(text) });
  const draft = `${file}.${process.pid}.new`;
  makeDirectories(dirname(file));
  writeFileSync(draft, `//${line}\n${text}`, { mode: 0o600 }); // what a power cut leaves is not read
  move(draft, file);
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
