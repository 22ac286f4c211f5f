import { readFileSync } from "node:fs";
import { join } from "node:path";
import { color } from "../../runner/common/color.ts";
import { hasCode } from "../../runner/common/failure.ts";
import { renderProse } from "../../runner/common/prose.ts";
import { visible } from "../../runner/common/visible.ts";
import { splitChapters } from "../../runner/document/sources.ts";
import { listed } from "../../runner/document/words.ts";
import type { Guide } from "../../runner/guide/guide.ts";

/** The guide's title: the first line of its first page, which can be shown before all is ready. */
export function titleOf(guide: Guide): string {
  return color.bold(visible(guide.title));
}

/** The first page: what the guide is about, and what of it is on another page. */
export function introductionOf(guide: Guide, width: number): string {
  const { introduction, chapters } = splitChapters(readText(guide, "before.md"));
  const titles = chapters.map(({ title }) => title);
  const rest = titles.length > 0 ? `**i** shows the rest: ${listed(titles)}.` : "";
  return [renderProse(introduction, width), renderProse(rest, width)].filter(Boolean).join("\n\n");
}

/** The whole introduction, with what to prepare for a server of one's own. */
export function wholeIntroductionOf(guide: Guide, width: number): string {
  return renderProse(readText(guide, "before.md"), width) || "This guide has no introduction.";
}

/** The guide's ending: what to do next. */
export function endingOf(guide: Guide, width: number): string {
  return renderProse(readText(guide, "after.md"), width);
}

function readText(guide: Guide, name: string): string {
  try {
    return readFileSync(join(guide.directory, "steps", name), "utf8");
  } catch (error) {
    if (hasCode(error, "ENOENT")) return "";
    throw error;
  }
}
