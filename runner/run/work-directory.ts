import {
  cpSync,
  type Dirent,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { findAbove } from "../common/paths.ts";
import type { Guide } from "../guide/guide.ts";
import { makePackage } from "../workspace/cache-directory.ts";

/** A step's `npm install` writes to them, and would do so through a link. */
const writtenByNpm = /^(package(-lock)?\.json|npm-shrinkwrap\.json|pnpm-lock\.yaml|yarn\.lock)$/;

/** By a path, or as these package managers do, packages are only looked for in the directory itself. */
const usesModulesHere = /\bnode_modules\b|\b(?:yarn|pnpm|bun)\b/;

/**
 * Finds out whether steps may look for `node_modules` in their directory only. To make it takes long.
 * @param scripts what the steps are made of
 */
export function needsModules(guide: Guide, scripts: ReadonlyMap<string, string>): boolean {
  const manifest = findAbove(guide.directory, "package.json");
  const texts = [...scripts.values(), manifest && readFileSync(manifest, "utf8")];
  const words = guide.steps.flatMap(({ program = [] }) => program);
  return [...texts, ...words].some((text = "") => usesModulesHere.test(text));
}

/** What a client is called in the names of files. */
export function fileNameOf(client: string): string {
  return client.replaceAll(/[^\w.@-]+/g, "+");
}

/**
 * The directories in which the clients' steps work. Each is in a folder of its own: what npm does must not
 * reach another client, or a later run.
 * @param directory of the run
 */
export function openClientDirectories(guide: Guide, directory: string, clients: readonly string[]) {
  // Clients' names may differ only in what a file name cannot have.
  const numbers = new Map(clients.map((client, index) => [client, index + 1]));
  const folderOf = (client: string) => {
    const number = numbers.get(client) ?? numbers.size + 1;
    numbers.set(client, number);
    return join(directory, `${number}`);
  };
  const of = (client: string) => join(folderOf(client), fileNameOf(client));
  return {
    of,
    /** True for `node_modules` in each; else, Node.js finds the packages two folders above. */
    hasModules: false,

    /** Makes a client's directory, or adds what the guide's directory has now. @returns where its steps work */
    make(client: string): string {
      const own = of(client);
      mkdirSync(folderOf(client), { recursive: true, mode: 0o700 });
      makePackage(folderOf(client));
      if (!guide.page) return makeWorkDirectory(guide.directory, own, this.hasModules);
      mkdirSync(own, { recursive: true, mode: 0o700 });
      return own;
    },

    remove(client: string): void {
      rmSync(folderOf(client), { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

/**
 * Makes the directory in which a client's steps work, or adds what the guide's directory has now. The
 * guide's files are in it, by the same names, and what a step writes there is removed with the run. Only the
 * folder `steps` is made here, and what package managers write to: they would remove the reader's packages
 * through a link to the whole. All others are links. Files such as .env are
 * left out, and so are the golden files: a step that prints what it reads there proves nothing.
 * @param guide the guide's directory
 * @param directory the new one; nothing else may be in it
 * @param hasModules true for `node_modules` in it; else, Node.js finds the packages two folders above
 * @returns the new one. On Windows, where links need rights, the guide's
 */
export function makeWorkDirectory(guide: string, directory: string, hasModules: boolean): string {
  if (process.platform === "win32") return guide;
  linkEntries(guide, directory, ({ name }) => name === "steps", /^(?:expected|node_modules)$/);
  // npx and other tools look for them in the folders above, too.
  const manifest = findAbove(guide, "package.json");
  if (manifest) link(manifest, join(directory, "package.json"));
  const modules = findAbove(guide, "node_modules");
  if (modules && hasModules) linkPackages(modules, join(directory, "node_modules"));
  else if (modules) link(modules, join(dirname(dirname(directory)), "node_modules"));
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
    if (!isCopied(entry) && isThere(target)) continue;
    if (!isFolder(source) || name === "__pycache__") link(source, target);
    else if (name === "node_modules") linkPackages(source, target);
    else if (existsSync(join(source, "pyvenv.cfg"))) copyEnvironment(source, target);
    else if (isCopied(entry)) linkEntries(source, target, (inner) => inner.isDirectory());
    else symlinkSync(source, target);
  }
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

function isThere(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}

function link(source: string, target: string): void {
  if (isThere(target)) return;
  if (writtenByNpm.test(basename(target)) && existsSync(source))
    cpSync(source, target, { dereference: true });
  else symlinkSync(source, target);
}

/** Makes a `node_modules` of links to packages. The hidden files are notes of package managers. */
function linkPackages(from: string, to: string): void {
  if (isThere(to)) return;
  mkdirSync(to, { mode: 0o700 });
  for (const name of readdirSync(from)) {
    const [source, target] = [join(from, name), join(to, name)];
    if (/^@|^\.bin$/.test(name) && isFolder(source)) linkPackages(source, target);
    else if (!name.startsWith(".")) symlinkSync(source, target);
  }
}

/** Larger files in `bin` are programs, which do not name their place. */
const SCRIPT_BYTES = 64 * 1024;

/** Makes a virtual environment of Python with links to its files: pip removes one by one. Its scripts name the new place. */
function copyEnvironment(from: string, to: string): void {
  if (isThere(to)) return;
  const inBytes = (path: string) => Buffer.from(path).toString("latin1");

  function copy(inside: string): void {
    mkdirSync(join(to, inside), { mode: 0o700 });
    for (const entry of readdirSync(join(from, inside), { withFileTypes: true })) {
      const path = join(inside, entry.name);
      const [source, target] = [join(from, path), join(to, path)];
      const { size, mode } = lstatSync(source);
      if (entry.isDirectory() && entry.name !== "__pycache__") {
        copy(path);
      } else if (entry.isFile() && /^(?:bin)?$/.test(inside) && size < SCRIPT_BYTES) {
        const text = readFileSync(source, "latin1").replaceAll(inBytes(from), () => inBytes(to));
        writeFileSync(target, text, { encoding: "latin1", mode });
      } else {
        const isInside = entry.isSymbolicLink() && !readlinkSync(source).startsWith("..");
        symlinkSync(isInside ? readlinkSync(source) : source, target);
      }
    }
  }

  copy("");
}
