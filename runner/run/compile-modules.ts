import { extname, join, parse } from "node:path";
import { pathToFileURL } from "node:url";
import { parse as findImports, ImportType, init } from "es-module-lexer";
import {
  type GuideModules,
  type ReadModule,
  readModules,
  settings,
  type Target,
} from "./guide-modules.ts";
import type { Text } from "./kept-programs.ts";

/**
 * Compiles modules, each by itself: nothing of one is in another, so that they are loaded, and fail, as under tsx.
 * @returns their texts by their absolute paths. Their imports are still those of the sources
 * @throws esbuild's BuildFailure
 */
export async function compileModules(
  files: readonly string[],
  read: ReadModule,
): Promise<ReadonlyMap<string, Text>> {
  const { build } = await import("esbuild");
  const top = parse(files[0] ?? "").root;
  const { outputFiles } = await build({
    ...settings,
    entryPoints: files.map((file, index) => ({ in: file, out: String(index) })),
    outdir: top,
    bundle: false,
    keepNames: true, // as tsx does
    write: false,
    sourcemap: "external",
    sourcesContent: false,
    sourceRoot: pathToFileURL(top).href,
    plugins: [readModules(read)],
  });
  await init;
  const texts = new Map(outputFiles.map(({ path, text }) => [path, text]));
  return new Map(
    files.map((file, index) => {
      const output = join(top, `${index}.js`);
      return [file, { code: texts.get(output) ?? "", map: texts.get(`${output}.map`) ?? "" }];
    }),
  );
}

/**
 * Lets a compiled module import what has been compiled.
 * @param nameOf what stands for a file in an import of this module: a path that is relative to it, or a URL
 */
export function withImports(
  code: string,
  file: string,
  { imports }: GuideModules,
  nameOf: (target: Target) => string,
): string {
  const targets = imports.get(file);
  const parts: string[] = [];
  let end = 0;
  let isComputed = false;
  for (const found of findImports(code)[0]) {
    const { n: name, t: type } = found;
    if (type !== ImportType.Static && type !== ImportType.Dynamic) continue;
    const target = name === undefined ? undefined : targets?.get(name);
    if (name !== undefined && !target) continue;
    isComputed ||= !target;
    const quote = type === ImportType.Static ? 1 : 0; // then the place is between the quotes
    const [first, last] = [found.s - quote, found.e + quote];
    const word = target ? JSON.stringify(nameOf(target)) : `guideFind(${code.slice(first, last)})`;
    parts.push(code.slice(end, first), word);
    // JSON has become a module in JavaScript, which an import with attributes refuses.
    const hasAttributes = found.a >= 0 && target && extname(target.file) === ".json";
    end = hasAttributes ? found.se - (1 - quote) : last;
  }
  const text = [...parts, code.slice(end)].join("");
  return isComputed ? findAtRun(file, imports, nameOf) + text : text;
}

/** A function that finds what an import names that is only known when it runs. */
function findAtRun(
  file: string,
  imports: GuideModules["imports"],
  nameOf: (target: Target) => string,
): string {
  const modules = [...imports.keys()].map((one) => [
    pathToFileURL(one).href,
    nameOf({ file: one, kind: "module" }),
  ]);
  const table = JSON.stringify(Object.fromEntries(modules));
  const url = JSON.stringify(pathToFileURL(file).href);
  return `const guideFind = (name) => {
const { createRequire, isBuiltin } = process.getBuiltinModule("node:module");
if (isBuiltin(name)) return name;
const url = /^([./]|file:)/.test(name) ? new URL(name, ${url}).href : process.getBuiltinModule("node:url").pathToFileURL(createRequire(${url}).resolve(name)).href;
return ${table}[url] ?? url; };`.replaceAll("\n", " ");
}
