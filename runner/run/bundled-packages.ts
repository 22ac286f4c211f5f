import { basename, parse } from "node:path";
import { pathToFileURL } from "node:url";
import type { OutputFile, Plugin } from "esbuild";
import { digestOf } from "../common/kept-texts.ts";
import type { OwnDriver } from "../guide/guide.ts";
import {
  isBuildFailure,
  namesOfFile,
  onlyDriver,
  ownSources,
  readSources,
  requireBuiltins,
  resolveFromProject,
  withoutUnused,
} from "./compiler-plugins.ts";
import { settings } from "./guide-modules.ts";
import type { Compiled, Text } from "./kept-programs.ts";
import { sourceFinder } from "./program-sources.ts";

/**
 * Compiles what scripts import: each entry with all that it needs, and what several need once. Node would take twice
 * as long to load the files one by one.
 * @param entries absolute paths
 * @param driver the only one that is in it; without it, all that `drivers.ts` names
 * @param isBare true if Node.js loads the packages as they are
 * @param onRead is called with each text that this process read for the compiler
 * @returns undefined if a package does not work, or not compile, in another file than its own. The first files are those of the
 *   entries, in their order; without `inputs`, it cannot be known what they depend on
 * @throws esbuild's BuildFailure for a driver that does not compile
 */
export async function bundle(
  entries: readonly string[],
  driver: OwnDriver | undefined,
  isBare: boolean,
  onRead: (file: string, text: string) => void,
): Promise<(Pick<Compiled, "files"> & { inputs: string[] | undefined }) | undefined> {
  const [first] = entries;
  if (first === undefined) return { files: new Map(), inputs: [] };
  const top = parse(first).root;
  const { build } = await import("esbuild");
  const { outputFiles, metafile } = await build({
    ...settings,
    entryPoints: entries.map((file, index) => ({ in: file, out: String(index) })),
    outdir: top,
    outExtension: { ".js": ".mjs" },
    chunkNames: "[hash]",
    bundle: true,
    splitting: entries.length > 1,
    write: false,
    metafile: true,
    keepNames: true, // a class of a driver may have the name of one in a package, and is printed with it
    sourcemap: "external",
    sourcesContent: false,
    sourceRoot: pathToFileURL(top).href,
    banner: { js: requireFrom(first) },
    plugins: [
      ...(isBare ? [leavePackages] : []),
      resolveFromProject,
      requireBuiltins,
      ...(driver ? [onlyDriver(driver.name, driver.file)] : []),
      readSources(ownSources, (source, path) => {
        onRead(path, source);
        return withoutUnused(source, path);
      }),
    ],
  }).catch((error) => {
    if (isBare || !isInPackage(error)) throw error;
    return { outputFiles: [], metafile: { inputs: {}, outputs: {} } };
  });
  const isWhole = outputFiles.length > 0 && (isBare || !outputFiles.some(asksForItsFile));
  if (!isWhole) return undefined;
  const texts = new Map(outputFiles.map(({ path, text }) => [basename(path), text]));
  const firstNames = entries.map((_, index) => `${index}.mjs`);
  const names = [...texts.keys()].filter((name) => name.endsWith(".mjs"));
  const folder = `packages/${digestOf(outputFiles.map(({ hash }) => hash).join()).slice(0, 16)}`;
  const files = [...new Set([...firstNames, ...names])].map((name): [string, Text] => [
    `${folder}/${name}`,
    { code: texts.get(name) ?? "", map: texts.get(`${name}.map`) ?? "" },
  ]);
  const all = entries.map(sourceFinder(metafile.inputs));
  const isKnown = all.every((one) => one !== undefined);
  return { files: new Map(files), inputs: isKnown ? [...new Set(all.flat())] : undefined };
}

const asksForItsFile = ({ path, text }: OutputFile) =>
  path.endsWith(".mjs") && namesOfFile.test(text);

/**
 * pg is CommonJS, and its `require` of Node's modules stays in an ES module. So does one of a package whose name
 * is only known when it runs.
 */
const requireFrom = (file: string) =>
  `import { createRequire as guideRequire } from "node:module"; const require = guideRequire(${JSON.stringify(file)});`;

/** Leaves all packages to Node.js, so that each of them is there once. */
const leavePackages: Plugin = {
  name: "leave-packages",
  setup({ onResolve, resolve }) {
    onResolve({ filter: /^[^./]/ }, async ({ path, kind, importer, resolveDir, pluginData }) => {
      const isImport = kind === "import-statement" || kind === "dynamic-import";
      if (!isImport || pluginData !== undefined) return undefined;
      const found = await resolve(path, { kind, importer, resolveDir, pluginData: "leaving" });
      if (found.external || !/[\\/]node_modules[\\/]/.test(found.path)) return undefined;
      return { path: pathToFileURL(found.path).href, external: true };
    });
  },
};

function isInPackage(error: unknown): boolean {
  if (!isBuildFailure(error)) return false;
  return error.errors.some(({ location }) =>
    /(?:^|[\\/])node_modules[\\/]/.test(location?.file ?? ""),
  );
}
