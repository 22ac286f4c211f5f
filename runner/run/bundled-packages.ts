import { readFileSync } from "node:fs";
import { basename, join, parse } from "node:path";
import { pathToFileURL } from "node:url";
import type { Metafile, Plugin } from "esbuild";
import { digestOf } from "../common/kept-texts.ts";
import {
  namesOfFile,
  ownSources,
  readSources,
  requireBuiltins,
  withoutUnused,
} from "./compiler-plugins.ts";
import { openKeptPrograms, type Program, sourcesOf } from "./kept-programs.ts";
import { fileOfInput, packageStart, type Sources } from "./program-sources.ts";

/** A package that is compiled by itself, once for all programs that import it. */
export interface BundledPackage {
  /** What a program's own import of it becomes. */
  readonly module: string;
  /** What comes before a program that imports it. */
  readonly text: Text;
  /** Absolute paths of what it was compiled from. */
  readonly inputs: readonly string[];
}

/** The packages of a compilation. */
export interface Packages {
  /** Those that were found, by their entries' absolute paths. */
  readonly found: ReadonlyMap<string, BundledPackage>;
  readonly plugin: Plugin;
}

/**
 * Lets programs import pg and postgres.js as they are bundled: most of the compiler's time would go into
 * reading the same package for each program.
 * @param directory where compiled programs go
 */
export function openPackages(directory: string, sources: Sources): Packages {
  const found = new Map<string, BundledPackage>();
  const bundling = new Map<string, Promise<BundledPackage | undefined>>();
  const find = async (entry: string) => {
    const bundle =
      bundling.get(entry) ?? bundlePackage(entry, directory, sources).catch(() => undefined);
    bundling.set(entry, bundle);
    const bundled = await bundle;
    if (bundled) found.set(entry, bundled);
    return bundled;
  };
  const plugin: Plugin = {
    name: "use-packages",
    setup({ onResolve, onLoad, resolve }) {
      onResolve({ filter: /^(pg|postgres)$/ }, async ({ path, kind, resolveDir, pluginData }) => {
        const isImport = kind === "import-statement" || kind === "dynamic-import";
        if (!isImport || pluginData !== undefined) return undefined;
        const { path: entry } = await resolve(path, { kind, resolveDir, pluginData: "finding" });
        return entry && (await find(entry)) ? { path: entry, namespace: "package" } : undefined;
      });
      onLoad({ filter: /./, namespace: "package" }, ({ path }) => ({
        contents: found.get(path)?.module ?? "",
        loader: "js",
      }));
    },
  };
  return { found, plugin };
}

const isPackage = (name: string) => name.startsWith(packageStart);

/** True if a program would have a module of a package once in it, and once more in the package. */
export function hasTwice({ inputs }: Metafile, packages: Packages["found"]): boolean {
  const own = new Set(
    Object.keys(inputs)
      .filter((name) => !isPackage(name))
      .map(fileOfInput),
  );
  return [...packages.values()].some(({ inputs }) => inputs.some((input) => own.has(input)));
}

/** @returns the absolute paths of all that programs were compiled from */
export function inputsIn({ inputs }: Metafile, packages: Packages["found"]): string[] {
  const files = Object.keys(inputs).map(fileOfInput);
  return [...new Set(files.flatMap((file) => [file, ...(packages.get(file)?.inputs ?? [])]))];
}

/** @returns finds the packages that an output needs, by its name */
export function partsIn(
  { outputs }: Metafile,
  packages: Packages["found"],
): (name: string) => Text[] {
  const needed = new Map(
    Object.entries(outputs).map(([path, { inputs }]) => {
      const names = Object.keys(inputs).filter(isPackage);
      return [basename(path), names.flatMap((name) => packages.get(fileOfInput(name))?.text ?? [])];
    }),
  );
  return (name) => needed.get(name) ?? [];
}

/** How programs and packages are compiled. @param top the root of the file system */
export function settings(top: string) {
  return {
    bundle: true,
    write: false,
    metafile: true,
    platform: "node",
    format: "esm",
    target: "node20",
    keepNames: true, // a class of the step may have the name of one in a driver, and is printed with it
    sourcesContent: false,
    sourceRoot: pathToFileURL(top).href,
    logLevel: "silent",
  } as const;
}

async function bundlePackage(
  entry: string,
  directory: string,
  sources: Sources,
): Promise<BundledPackage | undefined> {
  const name = `guide_${digestOf(entry).slice(0, 16)}`;
  const file = join(directory, "packages", `${name}.js`);
  const kept = openKeptPrograms("package", sources);
  if (!kept.restore(entry, file)) {
    const began = Date.now();
    const read = new Map<string, string>();
    const top = parse(entry).root;
    const { build } = await import("esbuild");
    const { outputFiles, metafile } = await build({
      entryPoints: [entry],
      outfile: join(top, name),
      ...settings(top),
      sourcemap: "external",
      supported: { "top-level-await": false }, // not in a function
      plugins: [
        requireBuiltins,
        readSources(ownSources, (source, path) => {
          read.set(path, digestOf(source));
          return withoutUnused(source, path);
        }),
      ],
    });
    const [map = "", text = ""] = outputFiles.map((output) => output.text);
    const code = asFunction(name, text);
    if (!code || namesOfFile.test(text)) return undefined;
    kept.keep([{ source: entry, file, code, map }], { inputs: metafile.inputs, read, began });
    if (!kept.restore(entry, file)) return undefined;
  }
  const code = readFileSync(file, "utf8");
  return {
    module: code.slice(code.lastIndexOf(facadeStart) + facadeStart.length),
    text: { code, map: readFileSync(`${file}.map`, "utf8") },
    inputs: sourcesOf(file),
  };
}

const facadeStart = "\n//";

/** Turns a module into a function, whose names meet no program's, and adds the module that stands for it. */
function asFunction(name: string, module: string): string | undefined {
  const commonJs = /^export default (require_\w+\(\));$/m.exec(module);
  const [all, list = ""] = commonJs ?? /^export \{([^}]*)\};$/m.exec(module) ?? [];
  if (!all) return undefined;
  const exported = list.split(",").map((one) => one.trim().split(" as "));
  const values = exported.map(([own, other = own]) => `${other}: ${own}`).join(", ");
  const names = exported.map(([own, other = own]) => other).filter((one) => one !== "default");
  const main = names.length === exported.length ? "" : " export default all.default;";
  const facade = commonJs
    ? `module.exports = ${name}();`
    : `const all = ${name}(); export const { ${names.join(", ")} } = all;${main}`;
  const body = module.replace(all, () => `return ${commonJs ? list : `{ ${values} }`};`);
  // Without the parentheses, V8 would read it twice: once to find its end, and once when it is called.
  return `const ${name} = (() => {${body}});${facadeStart}${facade}\n`;
}

/** Code, and its source map as JSON. */
type Text = Pick<Program, "code" | "map">;

/** The map of a text that stands for nothing in a source. */
export const withoutLines = '{"version":3,"sources":[],"names":[],"mappings":""}';

/** Puts texts below each other, with a map that has those of all in it. */
export function joinTexts(texts: readonly Text[]): Text {
  let line = 0;
  const sections = texts.map(({ code, map }) => {
    const section = `{"offset":{"line":${line},"column":0},"map":${map}}`;
    line += code.split("\n").length - 1;
    return section;
  });
  return {
    code: texts.map(({ code }) => code).join(""),
    map: `{"version":3,"sections":[${sections.join()}]}`,
  };
}
