import { pathToFileURL } from "node:url";
import { build, type Plugin } from "esbuild";
import { dependenciesOf } from "../run/dependencies.ts";
import type { Compiled } from "../run/program-cache.ts";
import { readSources } from "../run/sources.ts";

/** What every run needs. The other packages stay where npm put them until a command wants them. */
const wanted = /^(commander|dotenv|picocolors|postgres|wrap-ansi|zx)(\/|$)/;

/**
 * Compiles the runner into one program: node loads it in a tenth of the time that tsx needs for its
 * hundred files. It is CommonJS, because tsx would rewrite an ES module.
 * @param main absolute path of the runner's first module
 * @returns the program under the given name
 * @throws esbuild's BuildFailure
 */
export async function compileRunner(main: string, name: string): Promise<Compiled> {
  const { outputFiles, metafile } = await build({
    entryPoints: [main],
    write: false,
    metafile: true,
    bundle: true,
    platform: "node",
    format: "cjs",
    target: "node20",
    logLevel: "silent",
    plugins: [elsewhere, readSources(/\.ts$/, (source) => source)],
  });
  return {
    inputs: dependenciesOf(metafile, [main]),
    outputs: new Map(outputFiles.map(({ contents }) => [name, contents])),
  };
}

/** A package that stays where it is, is named by its place: the program itself is somewhere else. */
const elsewhere: Plugin = {
  name: "elsewhere",
  setup({ onResolve, resolve }) {
    onResolve({ filter: /^[a-z@]/ }, async ({ path, kind, resolveDir, pluginData }) => {
      if (pluginData === "resolving" || kind === "entry-point") return undefined;
      if (/[\\/]node_modules[\\/]/.test(resolveDir)) return undefined;
      if (path.startsWith("node:") || wanted.test(path)) return undefined;
      const found = await resolve(path, { kind, resolveDir, pluginData: "resolving" });
      if (found.errors.length > 0) return { errors: found.errors };
      const place = kind === "dynamic-import" ? pathToFileURL(found.path).href : found.path;
      return { path: place, external: true };
    });
  },
};
