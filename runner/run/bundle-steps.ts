import { basename, parse } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";
import { Failure, messageOf } from "../common/failure.ts";
import { dependenciesOf } from "./dependencies.ts";
import { ownPackage } from "./own-package.ts";
import type { Compiled } from "./program-cache.ts";
import { isBuildFailure, readSources } from "./sources.ts";

/**
 * Bundles the steps with all that they import. Lines, paths and output stay those of the step's own
 * file.
 * @param files absolute paths of the steps
 * @param prelude code that is put before each step, on its first line
 * @param drivers absolute paths of drivers that the steps import by a name that they are given
 * @returns `01-create.mjs` for `01-create.ts`, and what they share
 * @throws Failure of kind "layout" for a step that does not compile, with its line
 */
export async function bundleSteps(
  files: readonly string[],
  prelude = "",
  drivers: readonly string[] = [],
): Promise<Compiled> {
  const [first = ""] = files;
  const entryPoints = [...files, ...drivers];
  const top = parse(first).root;
  try {
    const { outputFiles, metafile } = await build({
      entryPoints,
      outdir: top,
      outExtension: { ".js": ".mjs" },
      entryNames: "[name]",
      write: false,
      metafile: true,
      bundle: true,
      splitting: true, // a driver that is not asked for is not loaded
      platform: "node",
      format: "esm",
      target: "node20",
      sourcemap: true,
      sourcesContent: false,
      sourceRoot: pathToFileURL(top).href,
      logLevel: "silent",
      banner: { js: `${requireForCommonJs} ${writeAtOnce}` },
      plugins: [
        ownPackage,
        readSources(editable, (source, path) => edit(source, path, files, prelude)),
      ],
    });
    const outputs = new Map(outputFiles.map(({ path, contents }) => [basename(path), contents]));
    return { inputs: dependenciesOf(metafile, entryPoints), outputs };
  } catch (error) {
    throw new Failure("layout", describe(error));
  }
}

/**
 * A step writes into a pipe. On POSIX systems, Node.js would go on before all is written, and lose
 * what is left where the step calls process.exit.
 */
const writeAtOnce =
  "for (const stream of [process.stdout, process.stderr]) stream._handle?.setBlocking?.(true);";

/** pg is CommonJS, and its `require` of Node's modules stays in an ES module. */
const requireForCommonJs =
  'import { createRequire as guideRequire } from "node:module"; const require = guideRequire(import.meta.url);';

const pgStream = /[\\/]pg[\\/]lib[\\/]stream\.js$/;
const editable = new RegExp(`\\.ts$|${pgStream.source}`);

/** What is put before a source stands on its first line, so that every line keeps its number. */
function edit(source: string, path: string, steps: readonly string[], prelude: string): string {
  // The script's own path, as in a direct run.
  if (steps.includes(path)) return `process.argv[1] = ${JSON.stringify(path)}; ${prelude}${source}`;
  // On Node.js 20, pg looks for Cloudflare's runtime in a way that loads undici: 40 ms a process.
  if (pgStream.test(path)) {
    return `const navigator = { userAgent: "Node.js" }; ${source}`;
  }
  return source;
}

function describe(error: unknown): string {
  const message = isBuildFailure(error) ? error.errors[0] : undefined;
  if (!message) return `The steps do not compile. ${messageOf(error)}`;
  const { text, location } = message;
  const place = location ? `${location.file}, line ${location.line}: ` : "";
  return `${place}${text}. Fix it, and run again.`;
}
