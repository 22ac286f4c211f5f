import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { build, type Plugin } from "esbuild";
import { keepText, mayHaveChanged } from "../common/keep-text.ts";
import { stateOf } from "../common/kept-texts.ts";
import { project } from "../common/project.ts";
import { ownSources, readSources, withoutUnused } from "../run/compiler-plugins.ts";

/** Of as many checkouts: files of 1.4 MB. */
const MOST_RUNNERS = 100;

/** The runner as one program, and the files that it was made from: absolute paths. */
export interface CompiledRunner {
  readonly program: string;
  readonly inputs: readonly string[];
}

/** What every run needs. The other packages stay where npm put them until a command wants them. */
const wanted = /^(commander|dotenv|picocolors|postgres|wrap-ansi|zx\/core)(\/|$)/;

/**
 * Compiles the runner into one program: node loads it in a tenth of the time that tsx needs for its
 * hundred files. It is CommonJS, because tsx would rewrite an ES module.
 * @param main absolute path of the runner's first module
 * @throws esbuild's BuildFailure
 */
export async function compileRunner(main: string): Promise<CompiledRunner> {
  const { outputFiles, metafile } = await build({
    entryPoints: [main],
    write: false,
    metafile: true,
    bundle: true,
    platform: "node",
    format: "cjs",
    target: "node20",
    logLevel: "silent",
    plugins: [namePackages, readSources(ownSources, withoutUnused)],
  });
  // npm writes the second one whenever it installs something, such as another esbuild.
  const inputs = [
    ...Object.keys(metafile.inputs),
    join(project, "node_modules/.package-lock.json"),
  ];
  return {
    program: outputFiles.map(({ text }) => text).join(""),
    inputs: inputs.map((file) => resolve(file)),
  };
}

/**
 * Keeps a compiled runner for the next start.
 * @param started when the compiler began to read the sources, in milliseconds since 1970
 */
export function keepRunner(
  file: string,
  { program, inputs }: CompiledRunner,
  started: number,
): void {
  const states = inputs.map((input) => [
    input,
    mayHaveChanged(input, started) ? "too young" : stateOf(input),
  ]);
  keepText(file, { inputs: Object.fromEntries(states) }, program, MOST_RUNNERS);
}

/** Imports the packages that are not bundled by their paths: the program itself is somewhere else. */
const namePackages: Plugin = {
  name: "name-packages",
  setup({ onResolve, resolve }) {
    onResolve({ filter: /^[a-z@]/ }, async ({ path, kind, resolveDir, pluginData }) => {
      if (pluginData === "resolving" || kind === "entry-point") return undefined;
      if (/[\\/]node_modules[\\/]/.test(resolveDir)) return undefined;
      if (path.startsWith("node:") || wanted.test(path)) return undefined;
      const found = await resolve(path, { kind, resolveDir, pluginData: "resolving" });
      if (found.errors.length > 0) return { errors: found.errors };
      const name = kind === "dynamic-import" ? pathToFileURL(found.path).href : found.path;
      return { path: name, external: true };
    });
  },
};
