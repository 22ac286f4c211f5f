import {
  cpSync,
  type Dirent,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  statSync,
  symlinkSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { withParents } from "../common/paths.ts";

/** Large, and not written to by a step. */
const whole = /^(node_modules|venv|__pycache__)$/;

/** A step's `npm install` writes to them, and would do so through a link. */
const writtenByNpm = /^(package(-lock)?\.json|npm-shrinkwrap\.json|pnpm-lock\.yaml|yarn\.lock)$/;

/**
 * Makes the directory in which a client's steps work, or adds what the guide's directory has now. The
 * guide's files are in it, by the same names, and what a step writes there is removed with the run. Only the
 * folder `steps` is made here, and the files that npm writes to are copied. All others are links. Files such as .env are
 * left out, and so are the golden files: a step that prints what it reads there proves nothing.
 * @param guide the guide's directory
 * @param directory the new one; nothing else may be in it
 * @returns the new one. On Windows, where links need rights, the guide's
 */
export function makeWorkDirectory(guide: string, directory: string): string {
  if (process.platform === "win32") return guide;
  linkEntries(guide, directory, ({ name }) => name === "steps", /^expected$/);
  // npx and other tools look for them in the folders above, too.
  for (const name of ["node_modules", "package.json"]) {
    const places = withParents(dirname(guide)).map((place) => join(place, name));
    const found = places.find(existsSync);
    if (found) link(found, join(directory, name));
  }
  return directory;
}

/**
 * @param isCopied true for a folder that is made here, with links to its files
 * @param left what is left out, apart from hidden files
 */
function linkEntries(
  from: string,
  to: string,
  isCopied: (entry: Dirent) => boolean,
  left = /^$/,
): void {
  mkdirSync(to, { recursive: true, mode: 0o700 });
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const { name } = entry;
    if (name.startsWith(".") || left.test(name)) continue;
    const [source, target] = [join(from, name), join(to, name)];
    const isFolder = statSync(source, { throwIfNoEntry: false })?.isDirectory();
    if (!isFolder || !isCopied(entry)) link(source, target);
    else linkEntries(source, target, (inner) => inner.isDirectory() && !whole.test(inner.name));
  }
}

function link(source: string, target: string): void {
  if (lstatSync(target, { throwIfNoEntry: false })) return;
  if (writtenByNpm.test(basename(target)) && existsSync(source))
    cpSync(source, target, { dereference: true });
  else symlinkSync(source, target);
}
