import { readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, extname, isAbsolute, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import type { Metafile } from "esbuild";
import { followTsconfig } from "./tsconfig.ts";

/** What decides, in every directory from a source up to the root, how sources are found and read. */
const settings = ["package.json", "tsconfig.json", "jsconfig.json", "node_modules"];

/** The compiler's own modules: programs that another compiler made are made anew. */
const compiler = ["bundle-steps", "compile-runner", "dependencies", "sources", "tsconfig"];

/**
 * The paths on which a build depends: what was read, and whatever decides which file an import
 * means. These are the directories in which the file was looked for, as the import names them, the
 * symbolic links on the way, and the settings of npm and TypeScript. Some are not there: a file that
 * appears later may win.
 * @param entryPoints absolute paths, as they were given to esbuild
 * @returns absolute paths of files, directories and links
 */
export function dependenciesOf({ inputs }: Metafile, entryPoints: readonly string[]): string[] {
  const sources = Object.keys(inputs).map((file) => resolve(file));
  const found = new Set([...entryPoints, ...sources]);
  const bare = new Set<string>();
  for (const [input, { imports }] of Object.entries(inputs)) {
    for (const { path, original = path, external } of imports) {
      const target = targetOf(original, dirname(resolve(input)));
      if (target) found.add(target).add(dirname(target));
      else bare.add(original);
      const isElsewhere = external && (isAbsolute(path) || path.startsWith("file:"));
      if (isElsewhere) sources.push(isAbsolute(path) ? path : fileURLToPath(path));
    }
  }
  const ending = extname(import.meta.filename);
  for (const name of compiler) sources.push(join(import.meta.dirname, name + ending));
  for (const directory of ancestors(import.meta.filename)) {
    found.add(join(directory, "node_modules", "esbuild", "package.json"));
  }
  for (const file of [...entryPoints, ...sources]) {
    found.add(file);
    for (const directory of packageDirectories(file)) found.add(directory);
  }
  const directories = new Set([...entryPoints, ...sources].flatMap(ancestors));
  for (const directory of directories) {
    for (const name of settings) found.add(join(directory, name));
    for (const path of pathsIn(join(directory, "package.json"))) {
      found.add(path).add(dirname(path));
    }
    if (directory.includes("node_modules")) continue;
    for (const name of ["tsconfig.json", "jsconfig.json"]) {
      for (const path of followTsconfig(join(directory, name), bare)) found.add(path);
    }
  }
  return [...found, ...[...found].flatMap(linksIn)];
}

/** Where a relative import points, before any ending is tried. */
function targetOf(specifier: string, from: string): string | undefined {
  return /^\.\.?(\/|$)/.test(specifier) || isAbsolute(specifier)
    ? resolve(from, specifier)
    : undefined;
}

function ancestors(file: string): string[] {
  const parent = dirname(file);
  return parent === file ? [] : [parent, ...ancestors(parent)];
}

/** The directories from a file up to that of its package. One without a package has its own only. */
function packageDirectories(file: string): string[] {
  const directories = ancestors(file);
  const last = directories.findIndex((one) => kindOf(join(one, "package.json")) !== "absent");
  return directories.slice(0, Math.max(1, last + 1));
}

/** The files that a package.json names: one that is not there yet may win later. */
function pathsIn(file: string): string[] {
  if (kindOf(file) === "absent") return [];
  try {
    const { main, module, exports, imports } = JSON.parse(readFileSync(file, "utf8"));
    return strings([main, module, exports, imports])
      .filter((text) => !text.startsWith("/"))
      .map((text) => join(dirname(file), text.replace(/\*.*$/, ".")));
  } catch {
    return []; // esbuild leaves out one that it cannot read
  }
}

function strings(value: unknown): string[] {
  if (typeof value === "string") return [value];
  if (typeof value !== "object" || value === null) return [];
  return Object.values(value).flatMap(strings);
}

/** A link in a directory may be given another target, and the directory stays as it is. */
function linksIn(directory: string): string[] {
  if (kindOf(directory) !== "directory") return [];
  return readdirSync(directory, { withFileTypes: true }).flatMap((entry) => {
    const path = join(directory, entry.name);
    if (entry.isSymbolicLink()) return [path];
    const isScope = entry.name.startsWith("@") && directory.endsWith("node_modules");
    return isScope ? [path, ...linksIn(path)] : [];
  });
}

function kindOf(path: string): "absent" | "directory" | "other" {
  try {
    return statSync(path).isDirectory() ? "directory" : "other";
  } catch {
    return "absent";
  }
}
