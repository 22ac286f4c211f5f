import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Failure, hasCode } from "../../failure.ts";
import type { Guide } from "../../guide/guide.ts";
import type { DriverName } from "./document.ts";

/** The name of a library, where it is not that of its driver. */
const titles: Readonly<Record<string, string>> = { postgres: "postgres.js" };

export function driverName(name: string): DriverName {
  return { name, title: titles[name] ?? name };
}

/** The text of a file in `drivers/`, and the name under which a reader knows it. */
export interface DriverFile {
  readonly file: string;
  readonly source: string;
}

/**
 * Reads a file of the drivers that the guide uses: its own, or this project's.
 * @param name such as pg.ts
 * @returns undefined where there is no such file
 * @throws Failure of kind "layout" for one that is there and cannot be read
 */
export function readDriverFile(guide: Guide, name: string): DriverFile | undefined {
  const source = readText(join(guide.driversDirectory, name));
  return source === undefined ? undefined : { file: `drivers/${name}`, source };
}

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
