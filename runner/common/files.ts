import {
  chmodSync,
  chownSync,
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  mkdirSync,
  openSync,
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
 * Reads a file that somebody else wrote. A pipe or a device in its place is refused, and not waited for.
 * @param limit the most bytes that such a file may have
 * @returns undefined where there is none
 * @throws Failure of kind "layout" for what is no file, cannot be read, or is too large
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
    // The second is for what would be below a file. Windows says the first.
    if (hasCode(error, "ENOENT") || hasCode(error, "ENOTDIR")) return undefined;
    if (error instanceof Failure) throw error;
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
  throw new Failure("layout", `${file} cannot be read. It must be a file that you may read.`);
}

/** The beginning of a text file, up to the limit in bytes. A character is there whole or not at all. */
export function readStart(file: string, limit: number): string {
  const descriptor = openSync(file, "r");
  try {
    const buffer = Buffer.alloc(Math.min(fstatSync(descriptor).size, limit));
    let length = 0;
    for (let read = -1; read !== 0 && length < buffer.length; length += read) {
      read = readSync(descriptor, buffer, length, buffer.length - length, length);
    }
    return textOf(buffer.subarray(0, length), fstatSync(descriptor).size > length);
  } finally {
    closeSync(descriptor);
  }
}

/** @param isCut whether the bytes are the beginning of more: a character that is cut is left out */
export function textOf(bytes: Buffer, isCut: boolean): string {
  return isCut ? new StringDecoder("utf8").write(bytes) : bytes.toString("utf8");
}

/** Writes all bytes. `writeSync` may stop in the middle, where a disk is full for example. */
export function writeAll(descriptor: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length; ) at += writeSync(descriptor, bytes, at);
}

/**
 * Renames a file or a directory. Windows refuses while a file of it is open, and its virus scanner opens
 * whatever is new for a moment.
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

/** Writes a file whole or not at all, below a directory that may have to be made. */
export function writeWhole(file: string, text: string, mode = 0o666): void {
  mkdirSync(dirname(file), { recursive: true });
  const draft = draftOf(file);
  try {
    writeFileSync(draft, text, { mode });
    move(draft, file);
  } finally {
    rmSync(draft, { force: true });
  }
}

/**
 * Writes where the disk may be full, or the directory another's.
 * @throws Failure of kind "usage" where it cannot be written. Those of the work itself stay as they are
 */
export function writing<Result>(place: string, work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    if (error instanceof Failure) throw error;
    throw new Failure("usage", `${place} cannot be written. ${messageOf(error)}`);
  }
}

/** Reads JSON that is only a memory: what is missing or damaged is an empty object. */
export function readMemory(file: string): Record<string, unknown> {
  try {
    const json: unknown = JSON.parse(readFileSync(file, "utf8"));
    return isRecord(json) ? json : {};
  } catch {
    return {};
  }
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Replaces all of a file or nothing. Its mode and its owner stay, and so does a link to it. */
export function replaceFile(name: string, content: string | Uint8Array): void {
  const file = targetOf(name);
  const before = statSync(file, { throwIfNoEntry: false });
  const draft = draftOf(file);
  try {
    writeFileSync(draft, content, { flush: true });
    if (before) {
      if (process.getuid?.() === 0) chownSync(draft, before.uid, before.gid);
      chmodSync(draft, before.mode & 0o7777);
    }
    move(draft, file);
  } finally {
    rmSync(draft, { force: true });
  }
}

/** Should it stay, its name makes it no golden file, and no file of a guide. */
function draftOf(file: string): string {
  return join(dirname(file), `.${basename(file)}.${process.pid}.new`);
}

function targetOf(name: string): string {
  const link = lstatSync(name, { throwIfNoEntry: false });
  if (!link?.isSymbolicLink()) return name;
  try {
    return realpathSync(name);
  } catch {
    return resolve(dirname(name), readlinkSync(name)); // the target is yet to be made
  }
}
