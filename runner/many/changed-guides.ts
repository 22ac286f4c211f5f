import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { basename, dirname, join, sep } from "node:path";
import { promisify } from "node:util";
import { Failure, hasCode } from "../common/failure.ts";
import { realPath, withParents } from "../common/paths.ts";
import { statIfThere } from "../common/read-files.ts";
import { setupFilesOf } from "../page/settings.ts";
import type { ListedGuide } from "./guide-list.ts";

/**
 * Takes the guides that git says changed since a commit, in the files that are on the disk now: a page by itself
 * or by what sets it up, a guide by any file of its directory.
 * @param ref a commit, by any name that git knows
 * @throws Failure of kind "usage" outside of a repository, and for a commit that is not there
 */
export async function changedGuides(
  guides: readonly ListedGuide[],
  ref: string,
): Promise<readonly ListedGuide[]> {
  const repositories = new Map<string, Promise<ReadonlySet<string>>>();
  const changed: ListedGuide[] = [];
  for (const guide of guides) {
    const path = realPath(guide.path);
    const top = repositoryOf(path);
    if (top === undefined) {
      throw new Failure("usage", `--only-changed needs git: ${guide.name} is in no repository.`);
    }
    const files = repositories.get(top) ?? changedFiles(top, ref);
    repositories.set(top, files);
    const own = join(realPath(dirname(guide.path)), basename(guide.path)); // a link may lead elsewhere now
    if ((await files).has(own) || (await isChanged(path, await files))) changed.push(guide);
  }
  return changed;
}

async function isChanged(path: string, files: ReadonlySet<string>): Promise<boolean> {
  const isDirectory = statIfThere(path)?.isDirectory() ?? false;
  if (isDirectory) return [...files].some((file) => file.startsWith(path + sep));
  return files.has(path) || (await setupFilesOf(path)).some((file) => files.has(realPath(file)));
}

function repositoryOf(path: string): string | undefined {
  return withParents(path).find((place) => existsSync(join(place, ".git")));
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
  const known = await git(top, ["diff", "--name-only", "-z", "--no-renames", commit.trim(), "--"]);
  const added = await git(top, ["ls-files", "--others", "--exclude-standard", "-z"]);
  if (known === undefined || added === undefined) {
    throw new Failure("usage", `--only-changed ${ref}: git cannot compare with this commit.`);
  }
  const names = `${known}${added}`.split("\0").filter(Boolean);
  return new Set(names.map((name) => join(top, name)));
}

const MIB = 1024 ** 2;

/** @returns undefined if git fails */
async function git(directory: string, words: readonly string[]): Promise<string | undefined> {
  try {
    const choices = { cwd: directory, maxBuffer: 256 * MIB };
    const { stdout } = await promisify(execFile)("git", ["--no-optional-locks", ...words], choices);
    return stdout;
  } catch (error) {
    if (!hasCode(error, "ENOENT")) return undefined;
    throw new Failure("usage", "--only-changed needs git, which is not installed here.");
  }
}
