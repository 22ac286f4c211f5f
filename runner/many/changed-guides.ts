import { execFile } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { basename, dirname, join, resolve, sep } from "node:path";
import { promisify } from "node:util";
import { Failure, hasCode } from "../common/failure.ts";
import { isRecord } from "../common/json.ts";
import { realPath, withParents } from "../common/paths.ts";
import { statIfThere } from "../common/read-files.ts";
import { setupFilesOf } from "../page/settings.ts";
import type { ListedGuide } from "./guide-list.ts";

/** What changed in a repository: absolute paths, also of submodules. */
interface Changes {
  readonly top: string;
  readonly files: ReadonlySet<string>;
}

/** What git does not compare: files, and whole directories. By the repository. */
type Ignored = Map<string, Promise<ReadonlySet<string>>>;

/**
 * Takes the guides that git says changed since a commit, in the files that are on the disk now: a page by itself
 * or by what sets it up, a guide by any file of its directory, or that a link in it leads to.
 * @param ref a commit of the repository of the working directory, by any name that git knows
 * @throws Failure of kind "usage" outside of a repository, and for a commit that is not there
 */
export async function changedGuides(
  guides: readonly ListedGuide[],
  ref: string,
): Promise<readonly ListedGuide[]> {
  const here = repositoryOf(realPath(process.cwd()));
  const repositories = new Map<string, Promise<Changes>>();
  const ignored: Ignored = new Map();
  const changed: ListedGuide[] = [];
  for (const guide of guides) {
    const nearest = repositoryOf(realPath(guide.path));
    if (nearest === undefined) {
      throw new Failure("usage", `--only-changed needs git: ${guide.name} is in no repository.`);
    }
    const changes = repositories.get(nearest) ?? changesIn(nearest, here, ref);
    repositories.set(nearest, changes);
    if (await isChanged(guide.path, await changes, ignored)) changed.push(guide);
  }
  return changed;
}

async function isChanged(
  path: string,
  { top, files }: Changes,
  ignored: Ignored,
): Promise<boolean> {
  const own = join(realPath(dirname(path)), basename(path)); // a link may lead elsewhere now
  const places = await placesOf(realPath(path), top);
  if (places === undefined) return true;
  for (const place of [own, ...places]) {
    const isKnown = isWithin(place, top) && !(await isIgnored(place, top, ignored));
    const isFile = statIfThere(place)?.isFile() ?? false;
    const mayDiffer = isKnown
      ? withParents(place).some((one) => files.has(one)) || // what is above it is a submodule
        (!isFile && [...files].some((file) => file.startsWith(place + sep)))
      : existsSync(place); // git cannot say
    if (mayDiffer) return true;
  }
  return false;
}

/** A submodule ignores files of its own, which the repository around it does not know. */
async function isIgnored(place: string, top: string, ignored: Ignored): Promise<boolean> {
  const around = withParents(place);
  for (const repository of around.filter((one) => isWithin(one, top) && isRepository(one))) {
    const list = ignored.get(repository) ?? ignoredIn(repository);
    ignored.set(repository, list);
    const paths = await list;
    if (around.some((one) => paths.has(one))) return true;
  }
  return false;
}

async function ignoredIn(repository: string): Promise<ReadonlySet<string>> {
  const listed = await git(repository, [
    ...["ls-files", "--others", "--ignored", "--exclude-standard", "--directory", "-z"],
  ]);
  return pathsIn(repository, listed ?? "");
}

/** @returns undefined for a page whose setup cannot be read, perhaps because a part of it is gone */
async function placesOf(path: string, top: string): Promise<readonly string[] | undefined> {
  if (statIfThere(path)?.isDirectory()) return [...withLinks(path, top)];
  const { files, isReadable } = await setupFilesOf(path);
  return isReadable ? [path, ...files.map(realPath)] : undefined;
}

/** Names a directory, those in it, and all that links in them lead to. */
function withLinks(directory: string, top: string, found = new Set<string>()): Set<string> {
  found.add(directory);
  if (!isWithin(directory, top)) return found;
  for (const entry of readdirSync(directory, { withFileTypes: true })) {
    if (/^(node_modules|\..*)$/.test(entry.name)) continue;
    const path = join(directory, entry.name);
    const place = entry.isSymbolicLink() ? realPath(path) : path;
    if (found.has(place)) continue;
    if (statIfThere(place)?.isDirectory()) withLinks(place, top, found);
    else if (place !== path) found.add(place);
  }
  return found;
}

function isWithin(path: string, top: string): boolean {
  return `${path}${sep}`.startsWith(top + sep);
}

function repositoryOf(path: string): string | undefined {
  return withParents(path).find(isRepository);
}

function isRepository(path: string): boolean {
  return existsSync(join(path, ".git"));
}

/**
 * The commit is one of the repository that the run is in, which may have the other one as a submodule. From
 * elsewhere, of the outermost.
 */
async function changesIn(top: string, here: string | undefined, ref: string): Promise<Changes> {
  const outer =
    top === here ? undefined : await git(top, ["rev-parse", "--show-superproject-working-tree"]);
  if (outer?.trim()) return changesIn(realPath(outer.trimEnd()), here, ref);
  return { top, files: await changedFiles(top, ref) };
}

/** @returns absolute paths, also of what git does not know yet */
async function changedFiles(top: string, ref: string): Promise<ReadonlySet<string>> {
  const commit = await git(top, [
    "rev-parse",
    "--verify",
    "--quiet",
    "--end-of-options",
    `${ref}^{commit}`,
  ]);
  if (commit === undefined) {
    throw new Failure(
      "usage",
      `--only-changed ${ref}: git does not know this commit. In CI, fetch it first: a checkout has only the last one.`,
    );
  }
  const known = await git(top, [
    "diff",
    "--name-only",
    "-z",
    "--no-renames",
    "--ignore-submodules=none",
    commit.trim(),
    "--",
  ]);
  const added = await git(top, ["ls-files", "--others", "--exclude-standard", "-z"]);
  if (known === undefined || added === undefined) {
    throw new Failure("usage", `--only-changed ${ref}: git cannot compare with this commit.`);
  }
  return pathsIn(top, `${known}${added}`);
}

function pathsIn(top: string, listed: string): ReadonlySet<string> {
  return new Set(
    listed
      .split("\0")
      .filter(Boolean)
      .map((name) => resolve(top, name)),
  );
}

const MIB = 1024 ** 2;

/** @returns undefined if git fails, and does not say why. @throws Failure of kind "usage" with what it says */
async function git(directory: string, words: readonly string[]): Promise<string | undefined> {
  try {
    const choices = { cwd: directory, maxBuffer: 256 * MIB };
    const { stdout } = await promisify(execFile)("git", ["--no-optional-locks", ...words], choices);
    return stdout;
  } catch (error) {
    if (hasCode(error, "ENOENT")) {
      throw new Failure("usage", "--only-changed needs git, which is not installed here.");
    }
    const said = isRecord(error) ? String(error.stderr ?? "").trim() : "";
    if (said === "") return undefined;
    throw new Failure(
      "usage",
      `--only-changed: git says: ${said.replace(/^fatal: /, "").replace(/\s+/g, " ")}`,
    );
  }
}
