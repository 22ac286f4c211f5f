import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Failure, hasCode } from "../failure.ts";
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

/** @throws Failure of kind "layout" for one that is there and cannot be read */
export function readGolden(directory: string, name: string): Golden {
  const file = join(directory, name);
  try {
    return { file, name, exists: true, bytes: readFileSync(file) };
  } catch (error) {
    if (hasCode(error, "ENOENT")) return { file, name, exists: false, bytes: Buffer.alloc(0) };
    throw new Failure("layout", `${file} cannot be read. It must be a file that you may read.`);
  }
}

/**
 * Exact, on bytes, but for the line endings that git or an editor may have put into the golden
 * file, and for the markers of `pattern.ts`.
 */
export async function isGolden(golden: Golden, stdoutFile: string): Promise<boolean> {
  if (hasBytes(stdoutFile, golden.bytes)) return true;
  if (golden.bytes.includes("..")) {
    const { hasMarkers, matchesPattern } = await import("./pattern.ts");
    // latin1 keeps every byte apart, so this is still a comparison of bytes.
    const pattern = golden.bytes.toString("latin1").replaceAll("\r\n", "\n");
    if (hasMarkers(pattern)) return matchesPattern(pattern, readFileSync(stdoutFile, "latin1"));
  }
  if (!golden.bytes.includes("\r\n")) return false;
  return hasBytes(stdoutFile, withLineFeeds(golden.bytes));
}

/**
 * Makes sure that nobody wrote to the golden files since they were read: a step that writes what it
 * prints into its golden file proves nothing.
 * @throws Failure of kind "layout" that names the first file that changed
 */
export function refuseChanged(goldens: Iterable<Golden>): void {
  for (const { file, bytes } of goldens) {
    if (existsSync(file) ? hasBytes(file, bytes) : bytes.length === 0) continue;
    throw new Failure("layout", `${file} changed while the guide ran. Restore it, and run again.`);
  }
}
