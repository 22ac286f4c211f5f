import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import type { BuildFailure, TransformFailure } from "esbuild";
import { Failure, messageOf } from "../common/failure.ts";
import { digestOf } from "../common/kept-texts.ts";
import { realPath } from "../common/paths.ts";
import type { Step } from "../guide/guide.ts";
import { nearestPackage } from "../guide/load-guide.ts";
import { bundle } from "./bundled-packages.ts";
import { compileModules, withImports } from "./compile-modules.ts";
import { isBuildFailure } from "./compiler-plugins.ts";
import {
  findModules,
  type GuideModules,
  ownFile,
  type ReadModule,
  reachable,
  type Target,
} from "./guide-modules.ts";
import {
  type Compilation,
  type KeptPrograms,
  openKeptPrograms,
  type Text,
} from "./kept-programs.ts";
import { openSources, type Sources, sourceFinder } from "./program-sources.ts";

/** A step, or another TypeScript file: a script, a driver. */
export interface Source {
  /** The file's name without its ending. */
  readonly name: string;
  /** Absolute path. */
  readonly file: string;
}

/** Finds the program to give to node for a step. */
export type Programs<One extends Source = Step> = ReadonlyMap<One, string>;

/** What the programs of this process were compiled from, by their paths. */
const inputsOf = new Map<string, Digests>();

/** Those of files as they were compiled, by their absolute paths. */
export type Digests = ReadonlyMap<string, string>;

/** @returns none for what is not a compiled program */
export function sourcesOf(program: string): Digests {
  return inputsOf.get(program) ?? new Map();
}

/**
 * Compiles the steps, and what they import: node starts such a program in half the time that tsx needs for the
 * file itself. Lines, paths and output stay those of the step's own file, and what node or tsx would refuse to
 * load does not run. A program is not compiled again while the files that it was compiled from stay the same.
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
  const kept = openKeptPrograms(directory, sources);
  const keyOf = ({ file }: Source) => [file, firstLine, driver?.file].join("\n");
  const remember = (step: One, inputs: readonly string[]) => {
    const files = inputs.filter((file) => !sources.texts.has(file));
    const digests = new Map(files.map((file) => [file, sources.digestOf(file)]));
    inputsOf.set(programs.get(step) ?? "", digests);
  };
  const stale = steps.filter((step) => {
    const inputs = kept.restore(keyOf(step))?.inputs;
    if (inputs) remember(step, inputs);
    return inputs === undefined;
  });
  if (stale.length === 0) return programs;
  const compilation = { began: Date.now(), read: new Map<string, string>() };
  const scripts = new Map(steps.map(({ file }) => [realPath(file), file])); // the compiler follows links
  const read = openReader(sources, compilation.read, scripts, firstLine);
  try {
    const entries = stale.map(({ file }) => realPath(file));
    const modules = await findModules([...entries, ...(driver ? [driver.file] : [])], read);
    const own = new Set(entries.flatMap((file) => reachable(modules, file)));
    const packages = await bundleFor(modules, own, driver, kept, compilation);
    const compiled = await compileModules([...own], read);
    const find = sourceFinder(modules.inputs);
    for (const [file, digest] of compilation.read) sources.wasRead(file, digest);
    for (const step of stale) {
      const inputs = find(step.file);
      const program = {
        files: filesOf(step, modules, packages, compiled),
        inputs: inputs ?? [step.file, ...reachable(modules, realPath(step.file))],
        needs: { key: packages.key, names: [...packages.names.values()] },
      };
      kept.place(keyOf(step), program, inputs && packages.isKept ? compilation : undefined);
      remember(step, [...program.inputs, ...packages.inputs]);
    }
  } catch (error) {
    throw isBuildFailure(error) ? new Failure("layout", describe(error)) : error;
  }
  return programs;
}

/**
 * @param digests get that of each text
 * @param scripts the files of scripts, by their paths without links
 * @param firstLine goes before each script's text
 */
function openReader(
  { texts }: Sources,
  digests: Map<string, string>,
  scripts: ReadonlyMap<string, string>,
  firstLine: string,
): ReadModule {
  const known = new Map<string, string>();
  return (file) => {
    const name = scripts.get(file) ?? file;
    const source = known.get(file) ?? texts.get(name) ?? readFileSync(file, "utf8");
    if (!known.has(file)) digests.set(name, digestOf(source));
    known.set(file, source); // the compiler asks twice, and it may be saved meanwhile
    const text = source.replace(/^\uFEFF/, "").replace(/^#!/, "//");
    return (scripts.has(file) ? firstLine : "") + ownFile(file, text) + text;
  };
}

/** What scripts import that is not compiled with them. */
interface Packages {
  readonly key: string;
  /** By the files' absolute paths: relative to where programs are. */
  readonly names: ReadonlyMap<string, string>;
  readonly inputs: readonly string[];
  /** False if it cannot be known what they depend on. */
  readonly isKept: boolean;
  /** Changes with the versions of the packages that scripts import. */
  readonly versions: string;
}

/**
 * A package is to be there once, and work as it does under tsx: if a script imports one that is not known, which may import
 * any other, Node.js loads all of them.
 */
async function bundleFor(
  { imports }: GuideModules,
  own: ReadonlySet<string>,
  driver: Source | undefined,
  kept: KeptPrograms,
  compilation: Compilation,
): Promise<Packages> {
  const targetsOf = (file: string) => [...(imports.get(file)?.values() ?? [])];
  const targets = [...own].flatMap(targetsOf);
  const filesOfKind = (...kinds: Target["kind"][]) =>
    [...new Set(targets.filter(({ kind }) => kinds.includes(kind)).map(({ file }) => file))].sort();
  const manifests = filesOfKind("known", "lone", "other").flatMap(
    (file) => nearestPackage(dirname(file))?.file ?? [],
  );
  const versions = digestOf(manifests.map((file) => readFileSync(file, "utf8")).join());
  const compile = async (isBare: boolean): Promise<Packages | undefined> => {
    const entries = isBare ? filesOfKind("project") : filesOfKind("project", "known");
    const key = ["packages", isBare, driver?.name, driver?.file, ...entries].join("\n");
    const found = kept.restore(key);
    const facts = { key, versions };
    if (found) return { ...found, ...facts, names: namesOf(entries, found.names), isKept: true };
    const onRead = (file: string, text: string) => void compilation.read.set(file, digestOf(text));
    const bundled = await bundle(entries, driver, isBare, onRead);
    if (!bundled) return undefined;
    const { files, inputs = entries } = bundled;
    const isKept = bundled.inputs !== undefined;
    kept.place(key, { files, inputs }, isKept ? compilation : undefined);
    return { ...facts, names: namesOf(entries, [...files.keys()]), inputs, isKept };
  };
  const isBare = [...imports.keys()].flatMap(targetsOf).some(({ kind }) => kind === "other");
  const packages = (!isBare && (await compile(false))) || (await compile(true));
  if (!packages) throw new Error("No bundle was made of this project's own files.");
  return packages;
}

const namesOf = (entries: readonly string[], names: readonly string[]) =>
  new Map(entries.map((entry, index) => [entry, names[index] ?? ""]));

/** @returns a step's program, and the modules that it leads to, by their names */
function filesOf(
  step: Source,
  modules: GuideModules,
  packages: Packages,
  compiled: ReadonlyMap<string, Text>,
): ReadonlyMap<string, Text> {
  const files = reachable(modules, realPath(step.file));
  const texts = files.map((file) => `${file}\n${compiled.get(file)?.code}`);
  // A program changes with every module that it leads to.
  const folder = `modules/${digestOf([...packages.names.values(), ...texts].join("\n")).slice(0, 16)}`;
  const nameOf = new Map(
    files.map((file, index) => [file, index === 0 ? `${step.name}.mjs` : `${folder}/${index}.mjs`]),
  );
  return new Map(
    files.map((file, index): [string, Text] => {
      const { code, map } = compiled.get(file) ?? { code: "", map: "" };
      const toTop = index === 0 ? "./" : "../../";
      const text = withImports(code, file, modules, (target) => {
        const name = packages.names.get(target.file) ?? nameOf.get(target.file);
        return name === undefined ? pathToFileURL(target.file).href : toTop + name;
      });
      if (index > 0) return [nameOf.get(file) ?? "", { code: text, map }];
      const whole = `${ownPath(step.file)}\n${text}//${packages.versions}\n`;
      return [`${step.name}.mjs`, { code: whole, map: oneLineLater(map) }];
    }),
  );
}

/** A semicolon in a source map stands for a line. */
const oneLineLater = (map: string) => map.replace(/"mappings":\s*"/, "$&;");

/** Sets a script's path to that of its source, as in a direct run. */
const ownPath = (path: string) => `process.argv[1] = ${JSON.stringify(path)};`;

function describe(error: BuildFailure | TransformFailure): string {
  const [first] = error.errors;
  if (!first) return `The steps do not compile. ${messageOf(error)}`;
  const { text, location } = first;
  const where = location ? `${location.file}, line ${location.line}: ` : "";
  return `${where}${text}. Fix it, and run again.`;
}
