import { readFileSync } from "node:fs";
import { Failure, hasCode } from "../common/failure.ts";

/**
 * Reads a text with the line ends that it has in the repository.
 * @returns undefined where there is no such file
 * @throws Failure of kind "layout" for one that is there and cannot be read
 */
export function readText(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8")
      .replace(/^\uFEFF/, "")
      .replaceAll("\r\n", "\n");
  } catch (error) {
    if (hasCode(error, "ENOENT")) return undefined;
    throw new Failure("layout", `${file} cannot be read. It must be a file that you may read.`);
  }
}
