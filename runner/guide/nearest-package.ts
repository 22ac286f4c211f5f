import { dirname, join } from "node:path";
import { Failure, messageOf } from "../common/failure.ts";
import { readRegularFile } from "../common/files.ts";

/** The package.json that says what kind of modules a directory has. */
export interface NearestPackage {
  readonly file: string;
  readonly isModule: boolean;
}

/**
 * Looks in a directory, and in those above it. The directory itself may not be there yet.
 * @throws Failure of kind "layout" for one that cannot be read
 */
export function nearestPackage(directory: string): NearestPackage | undefined {
  const file = join(directory, "package.json");
  const text = readRegularFile(file)?.toString("utf8");
  if (text !== undefined) return { file, isModule: typeOf(file, text) === "module" };
  const parent = dirname(directory);
  return parent === directory ? undefined : nearestPackage(parent);
}

function typeOf(file: string, text: string): unknown {
  try {
    return JSON.parse(text)?.type;
  } catch (error) {
    throw new Failure("layout", `${file} cannot be read. ${messageOf(error)}`);
  }
}
