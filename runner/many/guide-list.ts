import { lstat, readdirSync, type Stats, stat } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { isGlob } from "../cli/commands.ts";
import type { Shard } from "../cli/run.ts";
import { unlessAborted } from "../common/abort.ts";
import { attempt, Failure } from "../common/failure.ts";
import { digestOf } from "../common/kept-texts.ts";
import { nameFromHere, realPath, withParents } from "../common/paths.ts";
import { guideDirectory } from "../common/project.ts";
import { statIfThere } from "../common/read-files.ts";

/** A guide that the command line is about. It has not been read. */
export interface ListedGuide {
  /** Seen from the working directory: see `nameFromHere`. */
  readonly name: string;
  /** Absolute: of a directory or a page. */
  readonly path: string;
  /** False if it only matches a pattern. */
  readonly isNamed: boolean;
}

/**
 * Lists the guides that paths and globs are about, each once.
 * @param wanted empty for this project's own guide
 * @param signal ends the search
 * @returns sorted by name
 * @throws Failure of kind "usage" for a pattern that matches nothing, and for a guide that is named twice
 */
export async function listGuides(
  wanted: readonly string[],
  signal: AbortSignal,
): Promise<ListedGuide[]> {
  const listed = new Map<string, ListedGuide>();
  const add = (path: string, isNamed: boolean) => {
    const name = nameFromHere(path);
    // Links may lead to a guide, and to the folder of a page.
    const isFolder = statIfThere(path)?.isDirectory();
    const file = isFolder ? realPath(path) : join(realPath(dirname(path)), basename(path));
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
    else for (const path of await matching(text, signal)) add(path, false);
  }
  return [...listed.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** True for the shorter of two names. */
function isSimpler(name: string, other: string): boolean {
  return name.length === other.length ? name < other : name.length < other.length;
}

/** Files, and directories that have a guide. */
async function matching(pattern: string, signal: AbortSignal): Promise<string[]> {
  const { glob } = await import("zx");
  const slashed = process.platform === "win32" ? pattern.replaceAll("\\", "/") : pattern;
  const search = glob(slashed, {
    absolute: true,
    onlyFiles: false,
    expandDirectories: false,
    ignore: ["**/node_modules/**"],
    fs: { stat: statUnlessLoop },
  });
  const found = await unlessAborted(search, signal);
  const guides = found.filter((path) => !statIfThere(path)?.isDirectory() || isGuide(path));
  if (guides.length > 0) return guides.map((path) => resolve(path));
  throw new Failure("usage", `No page or guide matches ${pattern}.`);
}

/** Looks at where a link leads. One that leads back is not followed: there would be no end to it. */
function statUnlessLoop(
  path: string,
  done: (error: NodeJS.ErrnoException | null, stats: Stats) => void,
): void {
  const isLoop = withParents(dirname(path)).map(realPath).includes(realPath(path));
  (isLoop ? lstat : stat)(path, done);
}

/**
 * True for a directory with what only guides have. One that is not complete, or is named in another case, is refused
 * when it is read.
 */
function isGuide(directory: string): boolean {
  const namesIn = (folder: string) => attempt(() => readdirSync(join(directory, folder)), []);
  const own = namesIn("");
  const find = (wanted: string) => own.find((name) => name.toLowerCase() === wanted);
  const [steps, expected] = [find("steps"), find("expected")];
  const hasGolden = expected !== undefined && namesIn(expected).some((name) => /\.txt$/.test(name));
  const hasManifest = [...own, ...(steps ? namesIn(steps) : [])].includes("guide.json");
  const signs = [steps, expected, hasManifest].filter(Boolean);
  return hasGolden || signs.length > 1;
}

/** Takes the part of a list that is in a shard. Where a guide belongs depends on its name only. */
export function inShard(
  guides: readonly ListedGuide[],
  { index, total }: Shard,
): readonly ListedGuide[] {
  const partOf = (name: string) => Number.parseInt(digestOf(name).slice(0, 8), 16) % total;
  return guides.filter(({ name }) => partOf(name) === index - 1);
}
