import { randomUUID } from "node:crypto";
import { existsSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, extname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import type { Metafile } from "esbuild";
import { attempt } from "../common/failure.ts";
import { readRecord } from "../common/json.ts";
import { digestOf } from "../common/kept-texts.ts";
import { realPath, withParents } from "../common/paths.ts";

export type Sources = ReturnType<typeof openSources>;

/** Texts that run in place of those of their files, by absolute path. */
export type Texts = ReadonlyMap<string, string>;

/**
 * Finds all that decides what a program is compiled to, and identifies how it is at this moment. What several programs
 * have in common is read once.
 * @param texts what is compiled in place of a file's own text
 */
export function openSources(texts: Texts = new Map()) {
  const known = new Map([...texts].map(([file, text]) => [file, digestOf(text)]));
  const remember = (key: string, describe: () => string): string => {
    const text = known.get(key) ?? describe();
    known.set(key, text);
    return text;
  };
  const contentOf = (file: string) => remember(file, () => digestOf(readBytes(file) ?? "absent"));
  const compilers = compiler();
  /** @param own where a program's sources are: most programs of a guide have the same */
  function describePlaces(own: ReadonlySet<string>): string {
    const places = new Set([...own].flatMap(withParents));
    const around = [...places].flatMap((place) => [
      contentOf(join(place, "package.json")),
      remember(`settings ${place}`, () => describeSettings(place)),
      remember(`modules ${place}`, () => describeModules(place)),
      remember(`${own.has(place) ? "all" : "links"} ${place}`, () =>
        list(place, own.has(place)).join("/"),
      ),
    ]);
    return digestOf(around.join("\n"));
  }
  return {
    texts,
    /** Of a file as it was compiled, if `wasRead` said so; otherwise as it is when this is first asked. */
    digestOf: contentOf,
    /**
     * Identifies the contents of a program's sources and of the compiler's settings, and what there is where
     * the compiler looks for a module. Sizes and times of files do not count: they can be wrong.
     * @param inputs absolute paths of the sources
     */
    stateOf(inputs: readonly string[]): string {
      const own = new Set(inputs.map((input) => dirname(input)));
      const places = remember(`places ${[...own].join()}`, () => describePlaces(own));
      return digestOf([...[...compilers, ...inputs].map(contentOf), places].join("\n"));
    },
    /** Says what a file was when the compiler read it: it may have been saved since. */
    wasRead: (file: string, digest: string) => void (texts.has(file) || known.set(file, digest)),
  };
}

/** The files that decide how a source is compiled. */
function compiler(): string[] {
  const own = [
    "compile-steps",
    "compiler-plugins",
    "compile-modules",
    "guide-modules",
    "bundled-packages",
  ].map((name) => join(import.meta.dirname, name + extname(import.meta.filename)));
  return [...own, createRequire(import.meta.url).resolve("esbuild/package.json")];
}

const readBytes = (file: string) => attempt(() => readFileSync(file), undefined);

/** The settings of the compiler. If they lead to other files, they are never the same again. */
function describeSettings(directory: string): string {
  const texts = ["tsconfig.json", "jsconfig.json"].map(
    (name) => readBytes(join(directory, name)) ?? "",
  );
  const text = texts.join("\n");
  return /"(?:extends|paths|baseUrl)"/.test(text) ? randomUUID() : text;
}

function describeModules(directory: string): string {
  const modules = join(directory, "node_modules");
  const names = list(modules, true);
  const scopes = names.filter((name) => name.startsWith("@") && !name.includes(" -> "));
  return [names, ...scopes.map((scope) => list(join(modules, scope), true))].join("\n");
}

/**
 * Names what is in a directory, and where its links lead. What an editor keeps there for a moment does not
 * count.
 * @param isWhole false for the links alone
 */
function list(directory: string, isWhole: boolean): string[] {
  const entries = attempt(() => readdirSync(directory, { withFileTypes: true }), []);
  return entries
    .filter(({ name }) => !name.startsWith(".") && !name.endsWith("~"))
    .filter((entry) => isWhole || entry.isSymbolicLink())
    .map((entry) => {
      if (!entry.isSymbolicLink()) return entry.name;
      return `${entry.name} -> ${attempt(() => readlinkSync(join(directory, entry.name)), "")}`;
    })
    .sort();
}

/** The start of a name that stands for a file that is not compiled with what imports it. */
export const packageStart = "package:";

const isFile = new RegExp(`^(file:|${packageStart})`);

/** The absolute path that a name in the compiler's lists stands for. */
export function fileOfInput(name: string): string {
  if (name.startsWith("file:")) return fileURLToPath(name);
  return resolve(name.startsWith(packageStart) ? name.slice(packageStart.length) : name);
}

/**
 * Finds what programs are made of. An output of the compiler names only what it has a part of, and what is empty now may
 * not stay so.
 * @returns finds all files that a source leads to, as absolute paths. Undefined if another file could be meant one day
 *   without a change in any place that `stateOf` looks at
 */
export function sourceFinder(
  inputs: Metafile["inputs"],
): (entry: string) => readonly string[] | undefined {
  const imports = new Map(
    Object.entries(inputs).map(([name, input]) => {
      const file = fileOfInput(name);
      return [file, importsOf(file, input)];
    }),
  );
  return (entry) => {
    if (realPath(entry) !== entry) return undefined; // a link leads there
    const found = new Set([entry]);
    for (const file of found) {
      if (!imports.has(file)) continue; // it is not there, but would be taken; or it is not compiled
      const imported = imports.get(file);
      if (!imported) return undefined;
      for (const one of imported) found.add(one);
    }
    return [...found];
  };
}

function importsOf(
  file: string,
  { imports }: Metafile["inputs"][string],
): readonly string[] | undefined {
  if (realPath(file) !== file) return undefined; // a link leads there
  const all: string[] = [];
  for (const { path, original = "", external } of imports) {
    // A name with a template in it stands for files that the compiler does not list.
    if (external && /^[./]/.test(path)) return undefined;
    const isOfNode = external ? !isFile.test(path) : path.startsWith("builtin:");
    if (isOfNode) continue;
    const found = fileOfInput(path);
    const wanted = /^[./]/.test(original) ? resolve(dirname(file), original) : undefined;
    if (wanted !== undefined && !isNamed(found, wanted)) return undefined;
    const sooner = wanted === undefined ? soonerInPackage(found) : [wanted];
    all.push(found, ...sooner.filter((one) => dirname(one) !== dirname(found)));
  }
  return all;
}

/**
 * Names what the compiler looks for in a package before it takes a file of it: its main file, and what has the
 * name of one of the folders above. As none of them is there, it is their place that counts.
 */
function soonerInPackage(file: string): string[] {
  const above = withParents(dirname(file));
  const root = above.find((place) => existsSync(join(place, "package.json")));
  if (root === undefined) return [];
  const { main } = readRecord(join(root, "package.json"));
  return [
    ...above.slice(0, above.indexOf(root)),
    ...(typeof main === "string" ? [join(root, main)] : []),
  ];
}

/** True for `x.ts`, `x.js` and `x/index.js` where `x` is imported, and for `x.ts` where `x.js` is. */
function isNamed(file: string, wanted: string): boolean {
  const withoutEnding = (path: string) => path.replace(/\.[cm]?[jt]sx?$/, "");
  return [wanted, join(wanted, "index")].some(
    (one) => withoutEnding(one) === withoutEnding(file) || file.startsWith(`${one}.`),
  );
}
