import { existsSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import type { Fate, ReadBlock } from "./page.ts";
import type { PageSettings } from "./settings.ts";

/**
 * Settle the commands that give psql a file which the page does not show: what the settings load is loaded
 * already, and what is only next to the page needs a setting.
 * @param page absolute path
 */
export function withLoadedFiles(
  blocks: readonly ReadBlock[],
  { sample, setup }: PageSettings,
  page: string,
): ReadBlock[] {
  const loaded = new Set(
    [sample ?? "", ...setup.map(({ file }) => file)].map((file) => basename(file)),
  );
  const settle = (fate: Fate): Fate => {
    if (fate.kind !== "command" || fate.file === undefined) return fate;
    if (loaded.has(basename(fate.file))) return { kind: "preparation", lines: [] };
    if (!existsSync(join(dirname(page), fate.file))) return fate;
    const setting = `"sample: ${fate.file}" below "guide:" in its front matter`;
    return {
      ...fate,
      why: `${fate.file} is a file next to the page: to load it, write ${setting}`,
    };
  };
  return blocks.map(({ block, fate }) => ({ block, fate: settle(fate) }));
}
