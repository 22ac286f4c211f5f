import { readFile } from "node:fs/promises";
import { builtinModules } from "node:module";
import { dirname, extname, join } from "node:path";
import { pathToFileURL } from "node:url";
import type { BuildFailure, Plugin, TransformFailure, TransformOptions } from "esbuild";
import { moduleFile, packageName, project } from "../common/project.ts";
import { escapePattern } from "../common/visible.ts";

const pgStream = /[\\/]pg[\\/]lib[\\/]stream\.js$/;
const postgresConnection = /[\\/]postgres[\\/](?:src|cjs[\\/]src)[\\/]connection\.js$/;
const ours = `^${escapePattern(project)}[\\\\/](?:drivers|runner|classroom)[\\\\/].*\\.js$`; // in the package
/** What may have to be changed before it is compiled. */
export const ownSources = new RegExp(
  `\\.ts$|${ours}|${pgStream.source}|${postgresConnection.source}`,
);

/**
 * Keeps libraries from loading what few connections need. On Node.js 20, pg looks for Cloudflare's runtime in a way
 * that loads undici: 40 ms a process. postgres.js loads TLS: 13 ms of processor time.
 */
export function withoutUnused(source: string, path: string): string {
  if (pgStream.test(path)) return `const navigator = { userAgent: "Node.js" }; ${source}`;
  if (!postgresConnection.test(path)) return source;
  return source.replace(
    /^import tls from ['"]tls['"]/m,
    'const tls = { connect: (options) => require("tls").connect(options) }',
  );
}

/**
 * Lets a guide import this project as a package, and pg and postgres.js, where they are not installed
 * next to it: then the runner's own files are used. What is installed there wins, as it does when a step
 * runs by itself.
 */
export const resolveFromProject: Plugin = {
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
export const requireBuiltins: Plugin = {
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

/** Puts one driver in the place of all: a program of one file starts faster than one of several. */
export function onlyDriver(name: string, file: string): Plugin {
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

export const namesOfFile = /import\.meta|__(?:dir|file)name/;

function ownFile(path: string): NonNullable<TransformOptions["define"]> {
  const [file, directory] = [JSON.stringify(path), JSON.stringify(dirname(path))];
  return {
    "import.meta.url": JSON.stringify(pathToFileURL(path).href),
    "import.meta.filename": file,
    "import.meta.dirname": directory,
    ...(/ts$/.test(path) ? {} : { __filename: file, __dirname: directory }), // those of CommonJS
  };
}

export function isBuildFailure(error: unknown): error is BuildFailure | TransformFailure {
  return error instanceof Error && "errors" in error && Array.isArray(error.errors);
}
