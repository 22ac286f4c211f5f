import { readFile } from "node:fs/promises";
import { builtinModules, isBuiltin } from "node:module";
import { basename, dirname, extname, join, parse } from "node:path";
import { pathToFileURL } from "node:url";
import type { BuildFailure, Plugin, TransformFailure, TransformOptions } from "esbuild";
import { Failure, messageOf } from "../common/failure.ts";
import { digestOf } from "../common/kept-texts.ts";
import { moduleFile, packageName, project } from "../common/project.ts";
import type { Step } from "../guide/guide.ts";
import { openKeptPrograms, writeProgram } from "./kept-programs.ts";
import { openSources } from "./program-sources.ts";

/** A step, or another TypeScript file: a script, a driver. */
export interface Source {
  /** The file's name without its ending. */
  readonly name: string;
  /** Absolute path. */
  readonly file: string;
}

/** Finds the program to give to node for a step. */
export type Programs<One extends Source = Step> = ReadonlyMap<One, string>;

/**
 * Bundles the steps with the drivers and libraries that they import: node starts such a program in half
 * the time that tsx needs for the file itself. Lines, paths and output stay those of the step's own file.
 * A program is not compiled again while the files that it was compiled from stay the same.
 * @param directory where the programs go: `01-create.mjs` for `01-create.ts`
 * @param firstLine code that runs before each of them, on its first line
 * @param driver the only one that is in the programs; without it, all that `drivers.ts` names
 * @param sources as they are now; the caller may compile for several drivers from the same
 * @throws Failure of kind "layout" for a step that does not compile, with its line
 */
export async function compileSteps<One extends Source>(
  steps: readonly One[],
  directory: string,
  firstLine = "",
  driver?: Source,
  sources = openSources(),
): Promise<Programs<One>> {
  const programs = new Map(steps.map((step) => [step, join(directory, `${step.name}.mjs`)]));
  const files = steps.map(({ file }) => file);
  const kept = openKeptPrograms([...files, firstLine, driver?.file].join("\n"), sources);
  const stale = steps.filter((step) => !kept.restore(step.file, programs.get(step) ?? ""));
  if (stale.length === 0) return programs;
  const { build } = await import("esbuild");
  const began = Date.now();
  const top = parse(files[0] ?? "").root;
  const read = new Map<string, string>();
  const edit: Edit = (source, path) => {
    read.set(path, digestOf(source));
    return files.includes(path)
      ? `${ownPath(path)} ${firstLine}${sources.texts.get(path) ?? source}`
      : withoutUndici(source, path);
  };
  try {
    const bundle = (editable: RegExp, more: readonly Plugin[] = []) =>
      build({
        entryPoints: stale.map(({ file }) => file),
        outdir: top,
        outExtension: { ".js": ".mjs" },
        entryNames: "[name]",
        write: false,
        metafile: true,
        bundle: true,
        platform: "node",
        format: "esm",
        target: "node20",
        sourcemap: true,
        sourcesContent: false,
        sourceRoot: pathToFileURL(top).href,
        logLevel: "silent",
        banner: { js: requireFrom(files[0] ?? "") },
        plugins: [
          resolveFromProject,
          requireBuiltins,
          ...more,
          ...(driver ? [onlyDriver(driver)] : []),
          readSources(editable, edit),
        ],
      });
    const simple = await bundle(ownSources).catch((error) => {
      if (!isInPackage(error)) throw error;
    });
    // Few packages look for files next to theirs, or do without others: to ask for each takes time.
    const isEnough = simple && !simple.outputFiles.some(({ text }) => namesOfFile.test(text));
    const { outputFiles, metafile } = isEnough
      ? simple
      : await bundle(allSources, [leaveToPackages]);
    const outputs = new Map(outputFiles.map(({ path, text }) => [basename(path), text]));
    const compiled = stale.map((step) => {
      const file = programs.get(step) ?? "";
      const [code = "", map = ""] = ["", ".map"].map((end) => outputs.get(basename(file) + end));
      return { source: step.file, file, code, map };
    });
    for (const program of compiled) writeProgram(program);
    kept.keep(compiled, { inputs: metafile.inputs, read, began });
  } catch (error) {
    throw isBuildFailure(error) ? new Failure("layout", describe(error)) : error;
  }
  return programs;
}

/**
 * pg is CommonJS, and its `require` of Node's modules stays in an ES module. So does one of a package whose name
 * is only known when it runs: it is found where the step would find it.
 */
const requireFrom = (file: string) =>
  `import { createRequire as guideRequire } from "node:module"; const require = guideRequire(${JSON.stringify(file)});`;

/** Sets a script's path to that of its source, as in a direct run. */
const ownPath = (path: string) => `process.argv[1] = ${JSON.stringify(path)};`;

const pgStream = /[\\/]pg[\\/]lib[\\/]stream\.js$/;
const ownSources = new RegExp(`\\.ts$|${pgStream.source}`);
const allSources = /\.[cm]?[jt]s$/;

/** On Node.js 20, pg looks for Cloudflare's runtime in a way that loads undici: 40 ms a process. */
function withoutUndici(source: string, path: string): string {
  return pgStream.test(path) ? `const navigator = { userAgent: "Node.js" }; ${source}` : source;
}

/**
 * Lets a guide import this project as a package, and pg and postgres.js, where they are not installed
 * next to it: then the runner's own files are used. What is installed there wins, as it does when a step
 * runs by itself.
 */
const resolveFromProject: Plugin = {
  name: "resolve-from-project",
  setup({ onResolve, resolve }) {
    const filter = new RegExp(`^(${packageName}/(step|driver|values)|pg|postgres)$`);
    onResolve({ filter }, async ({ path, kind, resolveDir, pluginData }) => {
      if (pluginData === "resolving") return undefined;
      const find = (directory: string) =>
        resolve(path, { kind, resolveDir: directory, pluginData: "resolving" });
      const found = await find(resolveDir);
      if (found.errors.length === 0) return { path: found.path };
      if (!path.startsWith(packageName)) return { path: (await find(project)).path };
      const name = (["driver", "values"] as const).find((one) => path.endsWith(one)) ?? "step";
      return { path: moduleFile(name) };
    });
  },
};

/** Node.js 24 takes a tenth of a step's time for what an ES module imports from it: more than is used. */
const requireBuiltins: Plugin = {
  name: "require-builtins",
  setup({ onResolve, onLoad }) {
    const filter = new RegExp(`^(node:.*|${builtinModules.join("|")})$`);
    onResolve({ filter }, ({ path, kind }) =>
      kind === "import-statement" ? { path, namespace: "builtin" } : undefined,
    );
    onLoad({ filter, namespace: "builtin" }, ({ path }) => ({
      contents: `module.exports = require(${JSON.stringify(path)})`,
      loader: "js",
    }));
  },
};

/**
 * Leaves to a package what it does without: knex and sequelize require the libraries of all databases when they
 * need them, of which few are installed. Compiled modules are loaded from where they are.
 */
const leaveToPackages: Plugin = {
  name: "leave-to-packages",
  setup({ onResolve, resolve }) {
    onResolve(
      { filter: /^[^./]|\.node$/ },
      async ({ path, kind, importer, resolveDir, pluginData }) => {
        const isLate = kind === "require-call" || kind === "dynamic-import";
        const isOwn = !isLate || !/[\\/]node_modules[\\/]/.test(importer);
        if (isOwn || pluginData === "resolving" || isBuiltin(path)) return undefined;
        const found = await resolve(path, { kind, resolveDir, pluginData: "resolving" });
        if (found.errors.length > 0) return { path, external: true };
        return found.path.endsWith(".node") ? { path: found.path, external: true } : undefined;
      },
    );
  },
};

/** Puts one driver in the place of all: a program of one file starts faster than one of several. */
function onlyDriver({ name, file }: Source): Plugin {
  const path = join(project, "drivers", `drivers${extname(import.meta.filename)}`);
  const contents = `import * as driver from ${JSON.stringify(file)};
export const drivers = { [${JSON.stringify(name)}]: async () => driver };`;
  return {
    name: "only-driver",
    setup({ onLoad }) {
      onLoad({ filter: /[\\/]drivers\.[jt]s$/ }, (loaded) =>
        loaded.path === path ? { contents, loader: "js", resolveDir: dirname(path) } : undefined,
      );
    },
  };
}

/** Changes a source before it is compiled. Every line must keep its number. */
export type Edit = (source: string, path: string) => string;

/**
 * Reads the sources for esbuild. A module knows its own file, not that of the program: packages find other files
 * next to it.
 * @param filter the files that may have to be edited
 */
export function readSources(filter: RegExp, edit: Edit): Plugin {
  return {
    name: "read-sources",
    setup({ onLoad, esbuild }) {
      onLoad({ filter }, async ({ path }) => {
        const original = await readFile(path, "utf8");
        const source = edit(original.replace(/^\uFEFF/, ""), path);
        if (!namesOfFile.test(source)) return { contents: source, loader: "default" };
        try {
          const { code } = await esbuild.transform(source, {
            loader: /ts$/.test(path) ? "ts" : "js",
            sourcefile: path,
            sourcemap: "inline",
            define: ownFile(path),
          });
          return { contents: code, loader: "js" };
        } catch (error) {
          if (isBuildFailure(error)) return { errors: error.errors };
          throw error;
        }
      });
    },
  };
}

const namesOfFile = /import\.meta|__(?:dir|file)name/;

function ownFile(path: string): NonNullable<TransformOptions["define"]> {
  const [file, directory] = [JSON.stringify(path), JSON.stringify(dirname(path))];
  return {
    "import.meta.url": JSON.stringify(pathToFileURL(path).href),
    ...{ "import.meta.filename": file, "import.meta.dirname": directory },
    ...(/ts$/.test(path) ? {} : { __filename: file, __dirname: directory }), // those of CommonJS
  };
}

function isInPackage(error: unknown): boolean {
  if (!isBuildFailure(error)) return false;
  return error.errors.some(({ location }) =>
    /(?:^|[\\/])node_modules[\\/]/.test(location?.file ?? ""),
  );
}

function isBuildFailure(error: unknown): error is BuildFailure | TransformFailure {
  return error instanceof Error && "errors" in error && Array.isArray(error.errors);
}

function describe(error: BuildFailure | TransformFailure): string {
  const [first] = error.errors;
  if (!first) return `The steps do not compile. ${messageOf(error)}`;
  const { text, location } = first;
  const where = location ? `${location.file}, line ${location.line}: ` : "";
  return `${where}${text}. Fix it, and run again.`;
}
