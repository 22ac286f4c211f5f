import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import type { BuildFailure, Plugin, TransformFailure, TransformOptions } from "esbuild";
import { Failure, messageOf } from "../failure.ts";
import type { Step } from "../guide/guide.ts";

/** Finds the program to give to node for a step. */
export type Programs = ReadonlyMap<Step, string>;

/**
 * Compiles the steps once, with the drivers and libraries that they import: node starts such a
 * program in half the time that tsx needs for the file itself. Lines, paths and output stay those
 * of the step's own file.
 * @param directory where the programs go
 * @throws Failure of kind "layout" for a step that does not compile, with its line
 */
export async function compileSteps(steps: readonly Step[], directory: string): Promise<Programs> {
  const { build } = await import("esbuild");
  try {
    await build({
      entryPoints: steps.map(({ file }) => file),
      outdir: directory,
      outExtension: { ".js": ".mjs" },
      bundle: true,
      splitting: true, // a driver that is not asked for is not loaded
      platform: "node",
      format: "esm",
      target: "node20",
      sourcemap: true,
      logLevel: "silent",
      banner: { js: requireForCommonJs },
      plugins: [keepPaths(new Set(steps.map(({ file }) => file))), spareUndici],
    });
  } catch (error) {
    throw new Failure("layout", describe(error));
  }
  return new Map(steps.map((step) => [step, join(directory, `${step.name}.mjs`)]));
}

/** pg is CommonJS, and its `require` of Node's modules stays in an ES module. */
const requireForCommonJs =
  'import { createRequire as guideRequire } from "node:module"; const require = guideRequire(import.meta.url);';

/** A module's URL, and the script's own path in `process.argv`, are those of the source files. */
function keepPaths(entryPoints: ReadonlySet<string>): Plugin {
  return {
    name: "keep-paths",
    setup({ onLoad, esbuild }) {
      onLoad({ filter: /\.ts$/ }, async ({ path }) => {
        const source = await readFile(path, "utf8");
        const isEntry = entryPoints.has(path);
        if (!isEntry && !source.includes("import.meta")) return undefined;

        // On the first line, so that every line keeps its number.
        const first = isEntry ? `process.argv[1] = ${JSON.stringify(path)}; ` : "";
        const options: TransformOptions = {
          loader: "ts",
          sourcefile: path,
          sourcemap: "inline",
          define: {
            "import.meta.url": JSON.stringify(pathToFileURL(path).href),
            "import.meta.filename": JSON.stringify(path),
            "import.meta.dirname": JSON.stringify(dirname(path)),
          },
        };
        try {
          const { code } = await esbuild.transform(first + source.replace(/^\uFEFF/, ""), options);
          return { contents: code, loader: "js" };
        } catch (error) {
          if (isBuildFailure(error)) return { errors: error.errors };
          throw error;
        }
      });
    },
  };
}

/** On Node.js 20, pg looks for Cloudflare's runtime in a way that loads undici: 40 ms a process. */
const spareUndici: Plugin = {
  name: "spare-undici",
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]pg[\\/]lib[\\/]stream\.js$/ }, async ({ path }) => ({
      contents: `const navigator = { userAgent: "Node.js" };\n${await readFile(path, "utf8")}`,
      loader: "js",
    }));
  },
};

function describe(error: unknown): string {
  const message = isBuildFailure(error) ? error.errors[0] : undefined;
  if (!message) return `The steps do not compile. ${messageOf(error)}`;
  const { text, location } = message;
  const place = location ? `${location.file}, line ${location.line}: ` : "";
  return `${place}${text}. Mend it, and run again.`;
}

function isBuildFailure(error: unknown): error is BuildFailure | TransformFailure {
  return error instanceof Error && "errors" in error && Array.isArray(error.errors);
}
