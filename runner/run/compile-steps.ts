import { basename, join, parse } from "node:path";
import type { BuildFailure, Plugin, TransformFailure } from "esbuild";
import { Failure, messageOf } from "../common/failure.ts";
import { digestOf } from "../common/kept-texts.ts";
import type { Step } from "../guide/guide.ts";
import {
  hasTwice,
  inputsIn,
  joinTexts,
  openPackages,
  type Packages,
  partsIn,
  settings,
  withoutLines,
} from "./bundled-packages.ts";
import {
  allSources,
  type Edit,
  isBuildFailure,
  leaveToPackages,
  namesOfFile,
  onlyDriver,
  ownSources,
  readSources,
  requireBuiltins,
  resolveFromProject,
  withoutUnused,
} from "./compiler-plugins.ts";
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
  const began = Date.now();
  const read = new Map<string, string>();
  const edit: Edit = (source, path) => {
    read.set(path, digestOf(source));
    if (!files.includes(path)) return withoutUnused(source, path);
    const text = sources.texts.get(path) ?? source;
    return `${ownPath(path)} ${firstLine}${text.replace(/^#!/, "//")}`;
  };
  const packages = openPackages(directory, sources);
  try {
    const { outputFiles, metafile } = await bundle(stale, edit, packages, driver);
    const outputs = new Map(outputFiles.map(({ path, text }) => [basename(path), text]));
    const parts = partsIn(metafile, packages.found);
    const compiled = stale.map((step) => {
      const file = programs.get(step) ?? "";
      const name = basename(file);
      const own = { code: outputs.get(name) ?? "", map: outputs.get(`${name}.map`) ?? "" };
      const first = { code: requireFrom(step.file), map: withoutLines };
      return { source: step.file, file, ...joinTexts([first, ...parts(name), own]) };
    });
    const inputs = inputsIn(metafile, packages.found);
    for (const program of compiled) writeProgram(program, inputs);
    kept.keep(compiled, { inputs: metafile.inputs, packages: packages.found, read, began });
  } catch (error) {
    throw isBuildFailure(error) ? new Failure("layout", describe(error)) : error;
  }
  return programs;
}

async function bundle(
  sources: readonly Source[],
  edit: Edit,
  packages: Packages,
  driver: Source | undefined,
) {
  const files = sources.map(({ file }) => file);
  const top = parse(files[0] ?? "").root;
  const { build } = await import("esbuild");
  const run = (editable: RegExp, ...more: readonly Plugin[]) =>
    build({
      entryPoints: files,
      outdir: top,
      outExtension: { ".js": ".mjs" },
      entryNames: "[name]",
      ...settings(top),
      sourcemap: true,
      plugins: [
        ...more,
        resolveFromProject,
        requireBuiltins,
        ...(driver ? [onlyDriver(driver.name, driver.file)] : []),
        readSources(editable, edit),
      ],
    });
  const simple = await run(ownSources, packages.plugin).catch((error) => {
    if (!isInPackage(error)) throw error;
  });
  // Few packages look for files next to theirs, or do without others: to ask for each takes time.
  if (!simple || simple.outputFiles.some(({ text }) => namesOfFile.test(text))) {
    return run(allSources, leaveToPackages);
  }
  return hasTwice(simple.metafile, packages.found) ? run(ownSources) : simple;
}

/**
 * pg is CommonJS, and its `require` of Node's modules stays in an ES module. So does one of a package whose name
 * is only known when it runs: it is found where the step would find it.
 */
const requireFrom = (file: string) =>
  `import { createRequire as guideRequire } from "node:module"; const require = guideRequire(${JSON.stringify(file)});\n`;

/** Sets a script's path to that of its source, as in a direct run. */
const ownPath = (path: string) => `process.argv[1] = ${JSON.stringify(path)};`;

function isInPackage(error: unknown): boolean {
  if (!isBuildFailure(error)) return false;
  return error.errors.some(({ location }) =>
    /(?:^|[\\/])node_modules[\\/]/.test(location?.file ?? ""),
  );
}

function describe(error: BuildFailure | TransformFailure): string {
  const [first] = error.errors;
  if (!first) return `The steps do not compile. ${messageOf(error)}`;
  const { text, location } = first;
  const where = location ? `${location.file}, line ${location.line}: ` : "";
  return `${where}${text}. Fix it, and run again.`;
}
