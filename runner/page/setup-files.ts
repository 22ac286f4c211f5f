import { dirname, join } from "node:path";
import { Failure } from "../common/failure.ts";
import { readRegularFile } from "../common/files.ts";
import { pageLines } from "./read-blocks.ts";
import { readSettings, SETTINGS_FILE } from "./settings.ts";

/**
 * Lists the files that set up a page, by absolute paths: the settings of its folders, also where there are none
 * any more, and what they name.
 */
export async function setupFilesOf(page: string): Promise<string[]> {
  const folders = settingsAbove(page);
  const text = readRegularFile(page)?.toString("utf8") ?? "";
  try {
    const { setup, sample } = await readSettings(page, pageLines(text));
    return [
      ...folders,
      ...setup.map(({ file }) => file),
      ...(sample === undefined ? [] : [sample]),
    ];
  } catch (error) {
    if (error instanceof Failure) return [...folders, page]; // running the page says why
    throw error;
  }
}

function settingsAbove(page: string): string[] {
  const folder = dirname(page);
  const above = dirname(folder) === folder ? [] : settingsAbove(folder);
  return [join(folder, SETTINGS_FILE), ...above];
}
