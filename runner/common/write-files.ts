import { randomBytes } from "node:crypto";
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { Failure, hasCode, messageOf } from "./failure.ts";
import { isSpecial, realPath } from "./paths.ts";

const MOVE_ROUNDS = 20;
const MOVE_PAUSE_MS = 50;

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

/**
 * Replaces a whole file or nothing. A file that is there keeps its mode and its owner, a link stays a link. A pipe
 * or a device is written to.
 * @throws an error of the system, or one that says that the file is read-only
 */
export function replaceFile(name: string, content: string | Uint8Array, mode = 0o666): void {
  if (isSpecial(name)) {
    writeFileSync(name, content);
    return;
  }
  const file = realPath(name);
  const before = statSync(file, { throwIfNoEntry: false });
  refuseReadOnly(file);
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
 * Refuses a read-only file. Renaming another one to its name would replace it all the same.
 * @throws Error
 */
export function refuseReadOnly(file: string): void {
  const mode = statSync(file, { throwIfNoEntry: false })?.mode ?? 0o200;
  if ((mode & 0o222) === 0) throw new Error("It is read-only.");
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
