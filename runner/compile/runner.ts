import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { build, type Plugin } from "esbuild";
import { type Compiled, digestOfFile } from "./cache.ts";
import { readSources } from "./sources.ts";

const sources = join(import.meta.dirname, "sources.ts");

/** What every run needs. The other packages stay where npm put them until a command wants them. */
const wanted = /^(commander|dotenv|picocolors|postgres|wrap-ansi|zx)(\/|$)/;

/**
 * Compiles the runner into one program, `runner.js`: node loads it in a tenth of the time that tsx
 * needs for its hundred files. It is CommonJS, because tsx rewrites whatever it loads as an ES module.
 * @param main absolute path of the runner's first module
 * @throws esbuild's BuildFailure
 */
export async function compileRunner(main: string): Promise<Compiled> {
  const inputs = new Map([import.meta.filename, sources].map((file) => [file, digestOfFile(file)]));
  const { outputFiles } = await build({
    entryPoints: [main],
    outfile: "runner.js",
    write: false,
    bundle: true,
    platform: "node",
    format: "cjs",
    target: "node20",
    logLevel: "silent",
    plugins: [elsewhere, readSources(inputs, (source) => source)],
  });
  const outputs = new Map<string, Uint8Array>([["package.json", Buffer.from("{}")]]);
  for (const { contents } of outputFiles) outputs.set("runner.js", contents);
  return { inputs, outputs };
}

/** A package that stays where it is, is named by its place: the program itself is somewhere else. */
const elsewhere: Plugin = {
  name: "elsewhere",
  setup({ onResolve, resolve }) {
    onResolve({ filter: /^[a-z@]/ }, async ({ path, kind, resolveDir, pluginData }) => {
      const isOurs = !join(resolveDir, "/").includes("node_modules");
      if (!isOurs || pluginData === "resolving" || kind === "entry-point") return undefined;
      if (path.startsWith("node:") || wanted.test(path)) return undefined;
      const found = await resolve(path, { kind, resolveDir, pluginData: "resolving" });
      if (found.errors.length > 0) return { errors: found.errors };
      const place = kind === "dynamic-import" ? pathToFileURL(found.path).href : found.path;
      return { path: place, external: true };
    });
  },
};
