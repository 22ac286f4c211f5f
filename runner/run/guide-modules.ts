import { existsSync, readFileSync } from "node:fs";
import { isBuiltin } from "node:module";
import { dirname, extname, join } from "node:path";
import { pathToFileURL } from "node:url";
import type { BuildOptions, Metafile, Plugin } from "esbuild";
import { isOwnCode } from "../common/project.ts";
import { nearestPackage } from "../guide/load-guide.ts";
import { resolveFromProject } from "./compiler-plugins.ts";
import { fileOfInput, packageStart } from "./program-sources.ts";

/** A file that a module of a guide imports. */
export interface Target {
  /** Absolute path. */
  readonly file: string;
  /**
   * `module`: compiled by itself, as another module of the guide. `project`: a part of this project. `known`: a package
   * that works as well when it is bundled. `lone`: one that Node.js loads, and that loads no other. `other`: what Node.js
   * loads, and may load any other.
   */
  readonly kind: "module" | "project" | "known" | "lone" | "other";
}

/** The modules of a guide: its scripts, and the guide's files that they import. */
export interface GuideModules {
  /** What each import leads to: by a module's absolute path, and by the name that stands there. */
  readonly imports: ReadonlyMap<string, ReadonlyMap<string, Target>>;
  readonly inputs: Metafile["inputs"];
}

/** Reads a module's text. Every line has the number that it has in its file. */
export type ReadModule = (file: string) => string;

/**
 * Follows the imports of scripts, to where Node.js and tsx find them.
 * @param scripts absolute paths
 * @throws esbuild's BuildFailure for what does not compile, and for an import that leads nowhere
 */
export async function findModules(
  scripts: readonly string[],
  read: ReadModule,
): Promise<GuideModules> {
  const imports = new Map<string, Map<string, Target>>();
  const { build } = await import("esbuild");
  const { metafile } = await build({
    ...settings,
    entryPoints: [...scripts],
    outdir: dirname(scripts[0] ?? ""),
    bundle: true,
    write: false,
    metafile: true,
    plugins: [followImports(imports), resolveFromProject, readModules(read)],
  });
  const files = Object.keys(metafile.inputs).map(fileOfInput);
  for (const [name, input] of Object.entries(metafile.inputs)) {
    const found = imports.get(fileOfInput(name)) ?? new Map<string, Target>();
    imports.set(fileOfInput(name), found);
    for (const { path, original, external } of input.imports) {
      // A name with a template in it stands for files that are not listed here.
      const led = external && /^[./]/.test(path) ? files : [];
      for (const file of led) found.set(file, { file, kind: "module" });
      if (original === undefined || found.has(original)) continue;
      found.set(original, { file: fileOfInput(path), kind: "module" });
    }
  }
  return { imports, inputs: metafile.inputs };
}

/** How all that is compiled is compiled. */
export const settings = {
  platform: "node",
  format: "esm",
  target: "node20.19",
  // As Node.js finds the files of packages. esbuild by itself would find those for bundlers.
  conditions: ["module-sync", "node-addons"],
  mainFields: ["main"],
  logLevel: "silent",
} satisfies BuildOptions;

function followImports(imports: Map<string, Map<string, Target>>): Plugin {
  return {
    name: "follow-imports",
    setup({ onResolve, resolve }) {
      onResolve(
        { filter: /./ },
        async ({ path, kind, importer, resolveDir, pluginData, with: attributes }) => {
          if (kind === "entry-point" || pluginData !== undefined) return undefined;
          if (isBuiltin(path) || !/^(import-statement|dynamic-import)$/.test(kind)) {
            return { path, external: true };
          }
          const found = await resolve(inTypeScript(path, importer, resolveDir), {
            kind,
            importer,
            resolveDir,
            pluginData: "following",
            with: attributes,
          });
          if (kind === "dynamic-import" && found.errors.length > 0) return { path, external: true };
          if (found.errors.length > 0) return { errors: found.errors };
          if (found.external || found.namespace !== "file") return { path, external: true };
          const target = targetOf(found.path);
          if (!target) return { errors: [{ text: `Node.js imports no file like ${path}` }] };
          const known = imports.get(importer) ?? new Map<string, Target>();
          imports.set(importer, known.set(path, target));
          if (target.kind === "module") return { path: found.path };
          return { path: packageStart + found.path, external: true };
        },
      );
    },
  };
}

/** As tsx does it: "./a.js" in a module of TypeScript is a.ts, even if what it was once compiled to is next to it. */
function inTypeScript(path: string, importer: string, directory: string): string {
  const [, stem, kind = "", isJsx] = /^(\.\.?\/.*\.)([cm]?)js(x?)$/.exec(path) ?? [];
  if (stem === undefined || !/\.[cm]?tsx?$/.test(importer)) return path;
  const endings = isJsx ? ["tsx"] : kind ? [`${kind}ts`] : ["ts", "tsx"];
  const ending = endings.find((one) => existsSync(join(directory, stem + one)));
  return ending === undefined ? path : stem + ending;
}

/** Gives the compiler the modules' texts. */
export function readModules(read: ReadModule): Plugin {
  return {
    name: "read-modules",
    setup({ onLoad }) {
      onLoad({ filter: /\.[cm]?[jt]sx?$/ }, ({ path }) => ({
        contents: read(path),
        loader: "default",
      }));
    },
  };
}

/** Packages that take most of a script's time to start, if they are loaded file by file. */
const knownPackage =
  /[\\/]node_modules[\\/](?:drizzle-orm|pg|postgres|ws|@neondatabase[\\/]serverless)[\\/](?!.*[\\/]node_modules[\\/])/;
const lonePackage = /[\\/]node_modules[\\/]dotenv[\\/]/;

/** @returns undefined for what Node.js does not import */
function targetOf(file: string): Target | undefined {
  if (isOwnCode(file)) return { file, kind: "project" };
  if (/\.json$/.test(file)) return { file, kind: "module" };
  if (lonePackage.test(file)) return { file, kind: "lone" };
  if (/[\\/]node_modules[\\/]/.test(file)) return { file, kind: isKnown(file) ? "known" : "other" };
  if (isCommonJs(file)) return { file, kind: "other" };
  return /\.[cm]?[jt]sx?$/.test(file) ? { file, kind: "module" } : undefined;
}

/** One that is CommonJS has names that Node.js may not find in it. */
const isKnown = (file: string) =>
  knownPackage.test(file) && (file.endsWith(".mjs") || isInModulePackage(file));

/** As Node.js decides it. An ES module may be in a package that does not say so. */
function isCommonJs(file: string): boolean {
  if (/\.(cjs|node)$/.test(file)) return true;
  if (extname(file) !== ".js" || isInModulePackage(file)) return false;
  return !/^\s*(import|export)\b/m.test(readFileSync(file, "utf8"));
}

const isInModulePackage = (file: string) => nearestPackage(dirname(file))?.isModule === true;

/** What a module of the guide is told about its own file, where it asks. */
export function ownFile(file: string, text: string): string {
  if (!/\bimport\.meta\b/.test(text)) return "";
  const own = { url: pathToFileURL(file).href, filename: file, dirname: dirname(file) };
  return `Object.assign(import.meta, ${JSON.stringify(own)});`;
}

/** @returns a module and all that it leads to, as absolute paths */
export function reachable({ imports }: GuideModules, file: string): string[] {
  const found = new Set([file]);
  for (const one of found) {
    for (const { file, kind } of imports.get(one)?.values() ?? [])
      if (kind === "module") found.add(file);
  }
  return [...found];
}
