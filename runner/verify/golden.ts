import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { Failure } from "../common/failure.ts";
import { readRegularFile } from "../common/files.ts";
import { goldenFile, type Run } from "../guide/guide.ts";
import { hasBytes, withLineFeeds } from "./output.ts";

/** A golden file: the documented output of a run. */
export interface Golden {
  readonly file: string;
  /** For people: the file as seen from the guide's directory. */
  readonly name: string;
  readonly exists: boolean;
  /** Empty where the file is empty or not there. */
  readonly bytes: Buffer;
}

/** As much as a step may print. */
const GOLDEN_LIMIT = 1024 ** 3;

/** Node.js has no longer texts, and markers are looked for in a text. */
const TEXT_LIMIT = 256 * 1024 ** 2;

/**
 * Reads the golden file of a run.
 * @param directory the guide's
 * @throws Failure of kind "layout" for one that is there and cannot be read
 */
export function readGolden(directory: string, run: Run): Golden {
  const name = goldenFile(run);
  const file = join(directory, name);
  const bytes = readRegularFile(file, GOLDEN_LIMIT);
  return { file, name, exists: bytes !== undefined, bytes: bytes ?? Buffer.alloc(0) };
}

/**
 * The golden file without the line endings that git or an editor may have put into it. Where an output has
 * the same ones, they are documented.
 */
export async function meantBy(golden: Golden, stdoutFiles: readonly string[]): Promise<Golden> {
  const bytes = withLineFeeds(golden.bytes);
  if (bytes === golden.bytes) return golden;
  for (const file of stdoutFiles) if (await isGolden(golden, file)) return golden;
  return { ...golden, bytes };
}

/** Exact, on bytes, but for the markers of `pattern.ts`. */
export async function isGolden(golden: Golden, stdoutFile: string): Promise<boolean> {
  const { bytes, file } = golden;
  if (!(await isPattern(bytes))) return hasBytes(stdoutFile, bytes);
  const { matchesPattern } = await import("./pattern.ts");
  const printed = readText(golden, stdoutFile);
  // latin1 keeps every byte apart, so this is still a comparison of bytes.
  return matchesPattern(bytes.toString("latin1"), printed, file);
}

/** Are there markers? Most golden files have none, and need no text of their bytes. */
export async function isPattern(bytes: Buffer): Promise<boolean> {
  if (!bytes.includes("..")) return false;
  const { hasMarkers } = await import("./line-pattern.ts");
  return hasMarkers(bytes.toString("latin1"));
}

function readText({ file }: Golden, stdoutFile: string): string {
  if (statSync(stdoutFile).size <= TEXT_LIMIT) return readFileSync(stdoutFile, "latin1");
  const advice = "Print less, or take the markers out.";
  throw new Failure("layout", `The output is too large for the markers in ${file}. ${advice}`);
}

/**
 * Makes sure that nobody wrote to the golden files since they were read: a step that writes what it
 * prints into its golden file proves nothing.
 * @throws Failure of kind "layout" that names the first file that changed
 */
export function refuseChanged(goldens: Iterable<Golden>): void {
  for (const { file, bytes } of goldens) {
    const now = readRegularFile(file, GOLDEN_LIMIT) ?? Buffer.alloc(0);
    if (now.equals(bytes)) continue;
    throw new Failure(
      "layout",
      `${file} changed while the guide ran. Run again; if a step wrote to it, restore it first.`,
    );
  }
}
