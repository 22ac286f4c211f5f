import { createHash } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { Failure } from "../common/failure.ts";
import { readChunks, readRegularFile } from "../common/read-files.ts";
import { goldenFile, type PageOutput, type Run, stderrFile } from "../guide/guide.ts";
import { readPageLines } from "./page-lines.ts";
import {
  hasMarkers,
  hasOnlyMarkers,
  matchesPattern,
  NO_OUTPUT,
  unescapeMarkers,
} from "./pattern.ts";

/** A golden file: the documented output of a run. */
export interface Golden {
  readonly file: string;
  /** For people: the file as seen from the guide's directory. */
  readonly name: string;
  /** Why it documents nothing, such as "is empty". Empty where it documents an output. */
  readonly lack: string;
  /** Empty where the file is empty or does not exist. */
  readonly bytes: Buffer;
  /** Set if the output is in the lines of a page. */
  readonly inPage?: PageOutput;
}

/** In bytes. Markers and passwords are searched in a string, into which longer texts do not fit. */
export const GOLDEN_LIMIT = 256 * 1024 ** 2;

/**
 * Reads the golden file of a run.
 * @param directory the guide's
 * @param page as it was when its blocks were found; without it, as it is now
 * @throws Failure of kind "layout" for one that exists and cannot be read
 */
export function readGolden(directory: string, run: Run, page?: Buffer): Golden {
  const name = goldenFile(run);
  if (run.inPage) return readPageOutput(run.inPage, name, page);
  const file = join(directory, name);
  return makeGolden(file, name, readRegularFile(file, GOLDEN_LIMIT));
}

function readPageOutput(inPage: PageOutput, name: string, before?: Buffer): Golden {
  const { file } = inPage;
  if (inPage.kind === "none") {
    return { file, name, lack: "shows no output", bytes: Buffer.alloc(0), inPage };
  }
  const page = before ?? readRegularFile(file, GOLDEN_LIMIT) ?? Buffer.alloc(0);
  return { ...makeGolden(file, name, readPageLines(page, inPage)), inPage };
}

/**
 * Reads the golden file of what a run writes to stderr.
 * @returns undefined where there is none: it writes nothing
 * @throws Failure of kind "layout" for one that documents nothing
 */
export function readStderrGolden(directory: string, run: Run): Golden | undefined {
  if (run.inPage) return undefined;
  const name = stderrFile(run);
  const file = join(directory, name);
  const bytes = readRegularFile(file, GOLDEN_LIMIT);
  if (!bytes) return undefined;
  const golden = makeGolden(file, name, bytes);
  if (golden.lack === "") return golden;
  throw new Failure(
    "layout",
    `${file} ${golden.lack}. Write into it what the run writes to stderr, or remove it.`,
  );
}

/** Compares a text with a golden file, whatever their line ends. */
export function isGoldenText({ bytes, file }: Golden, text: string): boolean {
  const [golden, printed] = [bytes, Buffer.from(text)].map((one) =>
    withLineFeeds(one).toString("latin1"),
  );
  return matchesPattern(golden ?? "", printed ?? "", file);
}

/** @param bytes undefined where the file does not exist */
export function makeGolden(file: string, name: string, bytes: Buffer | undefined): Golden {
  let lack = "";
  if (!bytes) lack = "does not exist";
  else if (bytes.length === 0) lack = "is empty";
  else if (isPattern(bytes) && hasOnlyMarkers(bytes.toString("latin1"))) {
    lack = "only has markers, which match almost any output";
  }
  return { file, name, lack, bytes: bytes ?? Buffer.alloc(0) };
}

/**
 * Removes the line ends that git or an editor may have put into a golden file, unless an output has the
 * same ones: then they are documented.
 */
export function meantBy(golden: Golden, stdoutFiles: readonly string[]): Golden {
  const bytes = withLineFeeds(golden.bytes);
  if (bytes === golden.bytes || stdoutFiles.some((file) => isGolden(golden, file))) return golden;
  return { ...golden, bytes };
}

/** Compares an output with a golden file byte for byte, except for the markers of `pattern.ts`. */
export function isGolden({ bytes, file }: Golden, stdoutFile: string): boolean {
  if (!isPattern(bytes)) return hasBytes(stdoutFile, bytes);
  if (statSync(stdoutFile).size > GOLDEN_LIMIT) {
    const advice = "Print less, or take the markers out.";
    throw new Failure("layout", `The output is too large for the markers in ${file}. ${advice}`);
  }
  // latin1 keeps every byte apart, so this is still a comparison of bytes.
  const printed = readFileSync(stdoutFile, "latin1");
  return matchesPattern(bytes.toString("latin1"), printed, file);
}

/** @returns what it documents, for people: a marker that the output itself has in it has no backslash */
export function documentedText({ bytes }: Golden): string {
  const text = bytes.toString("utf8").replaceAll("\r\n", "\n");
  return isPattern(bytes) ? unescapeMarkers(text) : text;
}

/** True if there are markers. Most golden files have none, and are compared without a string of them. */
export function isPattern(bytes: Buffer): boolean {
  if (!bytes.includes("..") && !bytes.includes(NO_OUTPUT)) return false;
  return hasMarkers(bytes.toString("latin1"));
}

/**
 * Checks that the golden files did not change since they were read: a step that writes what it prints into
 * its golden file proves nothing.
 * @throws Failure of kind "layout" that names the first file that changed
 */
export function refuseChanged(goldens: Iterable<Golden>): void {
  for (const { file, name, bytes, inPage } of goldens) {
    const now = inPage
      ? readPageOutput(inPage, name).bytes
      : (readRegularFile(file, GOLDEN_LIMIT) ?? Buffer.alloc(0));
    if (!now.equals(bytes)) throw changedFailure(file);
  }
}

/** A file may have changed while it was used. */
export function changedFailure(file: string): Failure {
  const advice = "Run again; if a step wrote to it, restore it first.";
  return new Failure("layout", `${file} changed while the guide ran. ${advice}`);
}

export function digestOfFile(file: string): string {
  const hash = createHash("sha256");
  for (const chunk of readChunks(file)) hash.update(chunk);
  return hash.digest("hex");
}

/** Replaces CRLF, to which git or an editor may have changed the line ends. */
export function withLineFeeds(bytes: Buffer): Buffer {
  if (!bytes.includes("\r\n")) return bytes;
  return Buffer.from(bytes.toString("latin1").replaceAll("\r\n", "\n"), "latin1");
}

function hasBytes(file: string, bytes: Buffer): boolean {
  let offset = 0;
  for (const chunk of readChunks(file)) {
    if (!chunk.equals(bytes.subarray(offset, offset + chunk.length))) return false;
    offset += chunk.length;
  }
  return offset === bytes.length;
}
