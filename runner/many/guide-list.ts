import { existsSync } from "node:fs";
import { basename, dirname, join, relative, resolve } from "node:path";
import { isGlob } from "../cli/commands.ts";
import type { Shard } from "../cli/run.ts";
import { Failure } from "../common/failure.ts";
import { digestOf } from "../common/kept-texts.ts";
import { realPath } from "../common/paths.ts";
import { guideDirectory } from "../common/project.ts";

/** A guide that the command line is about. It has not been read. */
export interface ListedGuide {
  /** Seen from the working directory, with slashes: the same on every machine. */
  readonly name: string;
  /** Absolute: of a directory or a page. */
  readonly path: string;
  /** False if it only matches a pattern. */
  readonly isNamed: boolean;
}

/**
 * Lists the guides that paths and globs are about, each once.
 * @param wanted empty for this project's own guide
 * @returns sorted by name
 * @throws Failure of kind "usage" for a pattern that matches nothing, and for a guide that is named twice
 */
export async function listGuides(wanted: readonly string[]): Promise<ListedGuide[]> {
  const listed = new Map<string, ListedGuide>();
  const add = (path: string, isNamed: boolean) => {
    const name = relative(process.cwd(), path).replaceAll("\\", "/") || ".";
    const file = join(realPath(dirname(path)), basename(path)); // links may lead to its folder
    const before = listed.get(file);
    if (before?.isNamed && isNamed) {
      throw new Failure("usage", `--guide ${name} is given twice. Remove one of them.`);
    }
    if (before && !isNamed && (before.isNamed || !isSimpler(name, before.name))) return;
    listed.set(file, { name, path, isNamed });
  };
  if (wanted.length === 0) add(guideDirectory(undefined), true);
  for (const text of wanted) {
    if (!isGlob(text)) add(resolve(text), true);
    else for (const path of await matching(text)) add(path, false);
  }
  return [...listed.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** True for the shorter of two names. */
function isSimpler(name: string, other: string): boolean {
  return name.length === other.length ? name < other : name.length < other.length;
}

/** Files, and directories that have a guide. */
async function matching(pattern: string): Promise<string[]> {
  const { glob } = await import("zx");
  const slashed = process.platform === "win32" ? pattern.replaceAll("\\", "/") : pattern;
  const found = await glob(slashed, {
    absolute: true,
    onlyFiles: false,
    markDirectories: true,
    expandDirectories: false,
    ignore: ["**/node_modules/**"],
  });
  // One whose guide.json is lost is refused when it is read.
  const isGuide = (path: string) =>
    !path.endsWith("/") ||
    existsSync(`${path}steps/guide.json`) ||
    ["steps", "expected"].every((name) => existsSync(path + name));
  const guides = found.filter(isGuide).map((path) => resolve(path));
  if (guides.length > 0) return guides;
  throw new Failure("usage", `No page or guide matches ${pattern}.`);
}

/** Takes the part of a list that is in a shard. Where a guide belongs depends on its name only. */
export function inShard(
  guides: readonly ListedGuide[],
  { index, total }: Shard,
): readonly ListedGuide[] {
  const partOf = (name: string) => Number.parseInt(digestOf(name).slice(0, 8), 16) % total;
  return guides.filter(({ name }) => partOf(name) === index - 1);
}
