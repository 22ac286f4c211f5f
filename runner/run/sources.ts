import { readFile } from "node:fs/promises";
import { dirname } from "node:path";
import { pathToFileURL } from "node:url";
import type { BuildFailure, Plugin, TransformFailure, TransformOptions } from "esbuild";

/** Changes a source before it is compiled. Every line must keep its number. */
export type Edit = (source: string, path: string) => string;

/**
 * Reads the sources for esbuild. A module's `import.meta.url` stays that of its own file.
 * @param filter the files that may have to be edited
 */
export function readSources(filter: RegExp, edit: Edit): Plugin {
  return {
    name: "read-sources",
    setup({ onLoad, esbuild }) {
      onLoad({ filter }, async ({ path }) => {
        const original = await readFile(path, "utf8");
        const source = edit(original.replace(/^\uFEFF/, ""), path);
        if (!path.endsWith(".ts") || !source.includes("import.meta")) {
          return { contents: source, loader: "default" };
        }
        try {
          const { code } = await esbuild.transform(source, {
            loader: "ts",
            sourcefile: path,
            sourcemap: "inline",
            define: placeOf(path),
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

function placeOf(path: string): NonNullable<TransformOptions["define"]> {
  return {
    "import.meta.url": JSON.stringify(pathToFileURL(path).href),
    "import.meta.filename": JSON.stringify(path),
    "import.meta.dirname": JSON.stringify(dirname(path)),
  };
}

export function isBuildFailure(error: unknown): error is BuildFailure | TransformFailure {
  return error instanceof Error && "errors" in error && Array.isArray(error.errors);
}
