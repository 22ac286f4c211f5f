import { readdirSync, readFileSync, readlinkSync, rmSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, extname, join, resolve } from "node:path";
import type { Metafile } from "esbuild";
import { digestOf, keepText, readKept, realPath } from "../common/files.ts";
import { project } from "../common/project.ts";
import { findCacheDirectory } from "../workspace/cache-directory.ts";

/** A compiled program, and its source map. */
export interface Program {
  readonly code: string;
  readonly map: string;
}

/** How programs were compiled. */
export interface Compilation {
  readonly inputs: Metafile["inputs"];
  /** Digests of the sources that this process read for the compiler, by their absolute paths. */
  readonly read: ReadonlyMap<string, string>;
  /** When it began, in milliseconds since 1970. */
  readonly began: number;
}

/** Programs of earlier runs. To compile them takes a sixth of a short run's processor time. */
export interface KeptPrograms {
  /** Finds the program of a source, if compiling it now would give the same. @param entry absolute path */
  find(entry: string): Program | undefined;
  /** @param programs by the paths of their sources */
  keep(programs: ReadonlyMap<string, Program>, compilation: Compilation): void;
}

/** Some file systems record the time of a change in steps of two seconds. */
const COARSEST_CLOCK_MS = 2000;

/** Files, of some 400 kB. */
const MOST_KEPT = 400;

/** Between a program and its source map, which is JSON, and so cannot have it. */
const BORDER = "\0";

/**
 * Opens the cache of programs that were compiled with the same choices. A program is found only if all is as
 * it was that could make it another one: the contents of its sources and of the compiler's settings, and
 * what there is where the compiler looks for a module. Sizes and times of files do not count: they can be wrong.
 * @param choices what else a program depends on
 * @param texts what is compiled in place of a file's own text, by its path
 */
export function openKeptPrograms(
  choices: string,
  texts: ReadonlyMap<string, string>,
): KeptPrograms {
  const cache = process.env.NODE_PATH ? undefined : findCacheDirectory();
  if (!cache) return { find: () => undefined, keep: () => {} };
  const directory = join(cache, "programs");
  const fileOf = (entry: string) =>
    join(directory, digestOf([project, choices, entry].join("\n")).slice(0, 32));
  const contents = new Map([...texts].map(([path, text]) => [path, digestOf(text)]));
  const contentOf = (path: string) => remember(contents, path, digestOfFile);
  const places = new Map<string, string>();
  const stateOf = (inputs: readonly string[]) => {
    const own = new Set(inputs.map((input) => dirname(input)));
    const around = [...new Set([...own].flatMap(withParents))].flatMap((place) => [
      ...[join(place, "package.json"), join(place, "tsconfig.json")].map(contentOf),
      remember(places, `${place} ${own.has(place)}`, () => describePlace(place, own.has(place))),
    ]);
    return digestOf([...compiler(), ...inputs].map(contentOf).concat(around).join("\n"));
  };

  return {
    find(entry) {
      const kept = readKept(fileOf(entry));
      if (!kept || !Array.isArray(kept.head.inputs)) return undefined;
      if (kept.head.state !== stateOf(kept.head.inputs.map(String))) return undefined;
      const border = kept.text.lastIndexOf(BORDER);
      return { code: kept.text.slice(0, border), map: kept.text.slice(border + 1) };
    },

    keep(programs, { inputs, read, began }) {
      for (const [path, digest] of read) if (!texts.has(path)) contents.set(path, digest);
      const isUnsure = (path: string) =>
        !texts.has(path) && !read.has(path) && statSync(path).ctimeMs >= began - COARSEST_CLOCK_MS;
      try {
        for (const [entry, { code, map }] of programs) {
          const sources = importedBy(entry, inputs);
          if (!sources || sources.some(isUnsure)) continue;
          const head = { inputs: sources, state: stateOf(sources) };
          keepText(fileOf(entry), head, code + BORDER + map);
        }
        removeOldest(directory);
      } catch {
        // a full disk: the next run compiles them again
      }
    },
  };
}

function remember<Value>(
  known: Map<string, Value>,
  key: string,
  make: (key: string) => Value,
): Value {
  const value = known.get(key) ?? make(key);
  known.set(key, value);
  return value;
}

/** The files that decide how a source is compiled. */
function compiler(): string[] {
  return [
    import.meta.filename,
    join(import.meta.dirname, `compile-steps${extname(import.meta.filename)}`),
    createRequire(import.meta.url).resolve("esbuild/package.json"),
  ];
}

function digestOfFile(path: string): string {
  try {
    return digestOf(readFileSync(path));
  } catch {
    return "absent";
  }
}

function withParents(directory: string): string[] {
  const parent = dirname(directory);
  return parent === directory ? [directory] : [directory, ...withParents(parent)];
}

/** Describes what a directory has to offer for an import. @param isOwn a source is in it */
function describePlace(directory: string, isOwn: boolean): string {
  const packages = join(directory, "node_modules");
  const scopes = list(packages).filter((name) => name.startsWith("@"));
  const all = [packages, ...scopes.map((scope) => join(packages, scope.split(" ")[0] ?? ""))];
  const own = list(directory).filter((name) => isOwn || name.includes(" -> "));
  return [own, ...all.map(list)].map((names) => names.join("/")).join("\n");
}

/**
 * Names what is in a directory, and where its links lead. What an editor keeps there for a moment does not
 * count.
 */
function list(directory: string): string[] {
  try {
    return readdirSync(directory, { withFileTypes: true })
      .filter(({ name }) => !name.startsWith(".") && !name.endsWith("~"))
      .map((entry) =>
        entry.isSymbolicLink()
          ? `${entry.name} -> ${readlinkSync(join(directory, entry.name))}`
          : entry.name,
      )
      .sort();
  } catch {
    return [];
  }
}

/**
 * Finds all sources of a program: absolute paths. An output names only those of which it has a part, and one
 * that is empty now may not stay so.
 * @returns undefined if another file than now could be meant without a change in any place that is looked at
 */
function importedBy(entry: string, inputs: Metafile["inputs"]): string[] | undefined {
  const byPath = new Map(Object.entries(inputs).map(([path, input]) => [resolve(path), input]));
  const found = new Set([entry]);
  for (const path of found) {
    const input = byPath.get(path);
    if (!input || realPath(path) !== path) return undefined; // such as a link
    for (const { path: imported, original = "", external } of input.imports) {
      // A module of Node.js is not a file.
      if (external || imported.startsWith("builtin:")) continue;
      const target = resolve(imported);
      if (/^[./]/.test(original) && !isNamed(target, resolve(dirname(path), original)))
        return undefined;
      found.add(target);
    }
  }
  const settings = [...new Set([...found].flatMap((path) => withParents(dirname(path))))];
  const isExtended = (place: string) => /"extends"/.test(readText(join(place, "tsconfig.json")));
  return settings.some(isExtended) ? undefined : [...found];
}

/** True for `x.ts`, `x.js` and `x/index.js` where `x` is imported, and for `x.ts` where `x.js` is. */
function isNamed(file: string, wanted: string): boolean {
  const withoutEnding = (path: string) => path.replace(/\.[cm]?[jt]sx?$/, "");
  return [wanted, join(wanted, "index")].some(
    (one) => withoutEnding(one) === withoutEnding(file) || file.startsWith(`${one}.`),
  );
}

function readText(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}

function removeOldest(directory: string): void {
  const names = readdirSync(directory);
  if (names.length <= MOST_KEPT) return;
  const age = (name: string) =>
    statSync(join(directory, name), { throwIfNoEntry: false })?.mtimeMs ?? 0;
  const oldestFirst = names.map((name) => ({ name, age: age(name) })).sort((a, b) => a.age - b.age);
  for (const { name } of oldestFirst.slice(0, names.length - MOST_KEPT)) {
    rmSync(join(directory, name), { force: true, recursive: true });
  }
}
