import { join, resolve, sep } from "node:path";
import { Failure } from "../common/failure.ts";
import type { ReporterOptions } from "./reporter-names.ts";

/**
 * Makes sure that each report has a file of its own, where no file of the guide is.
 * @param directory the guide's
 * @throws Failure of kind "usage" that names the file
 */
export function refuseTakenPlaces(choices: readonly ReporterOptions[], directory: string): void {
  const files = choices.flatMap(({ file }) => (file ? [resolve(file)] : []));
  const shared = files.find((file, index) => files.indexOf(file) < index);
  if (shared) throw new Failure("usage", `Two reports cannot share ${shared}. Name two files.`);

  const parts = ["steps", "expected", "drivers", "standalone"].map((part) => join(directory, part));
  const taken = files.find((file) => parts.some((part) => file.startsWith(part + sep)));
  if (taken) {
    throw new Failure(
      "usage",
      `${taken} is among the guide's own files. Write the report elsewhere.`,
    );
  }
}
