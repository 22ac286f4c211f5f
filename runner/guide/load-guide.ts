import { existsSync, realpathSync, statSync } from "node:fs";
import { basename, dirname, join, relative } from "node:path";
import { drivers as projectDrivers } from "../../drivers/drivers.ts";
import { Failure } from "../common/failure.ts";
import { commandFor, guideDirectory, isInstalled, shellWord } from "../common/project.ts";
import { namesIn, statIfThere } from "../common/read-files.ts";
import type { PageOptions } from "../page/page.ts";
import {
  type Guide,
  goldenFile,
  type OwnDriver,
  type Run,
  type Step,
  stderrFile,
} from "./guide.ts";
import { readObject } from "./json.ts";
import { type Manifest, readManifest } from "./manifest.ts";
import { isImported, isModule, readSteps, readText } from "./read-steps.ts";
import { mayUseDriver } from "./step-texts.ts";

/**
 * Read a guide from its directory, and check both ways that it is complete: everything listed exists, and
 * nothing exists unlisted.
 * @param options for a page
 * @throws Failure of kind "layout"
 */
export async function loadGuide(directory: string, options: PageOptions = {}): Promise<Guide> {
  if (statIfThere(directory)?.isFile()) {
    const { strict = false, install = false, project } = options;
    const own = { strict, install, ...(project === undefined ? {} : { project }) };
    return (await import("../page/load-page.ts")).loadPage(directory, own);
  }
  refusePageOptions(directory, options);
  if (/\.mdx?$/i.test(directory) && !existsSync(directory)) {
    fail(`${directory} does not exist. Name a page or the directory of a guide with --guide.`);
  }
  refuseOtherCase(directory);
  refuseFolderOfPages(directory);
  const manifest = readManifest(join(directory, "steps", "guide.json"));
  const ownDrivers = findDrivers(directory);
  const steps = readSteps(join(directory, "steps"), manifest.programs);
  const programs = manifest.drivers ? undefined : withoutDrivers(directory, steps, ownDrivers);
  const runs = placeRuns(manifest, steps);

  refuseCommonJs(join(directory, "steps"));
  const unused = steps.find((step) => !runs.some((run) => run.step === step));
  if (unused) {
    fail(`No run uses ${unused.file}. Name it in "runs" in steps/guide.json, or remove it.`);
  }
  refuseOrphans(join(directory, "expected"), runs);
  const all = [...Object.keys(projectDrivers), ...ownDrivers.map(({ name }) => name)];
  const drivers = manifest.drivers ?? programs ?? all;
  const unknown = manifest.drivers?.find((name) => !all.includes(name));
  if (unknown) {
    fail(`steps/guide.json names a driver "${unknown}". There are: ${all.join(", ")}.`);
  }
  const { title, lesson, environment } = manifest;
  const command = commandFor(directory);
  const ofManifest = { title, lesson, environment };
  return { directory, command, steps, runs, drivers, ownDrivers, ...ofManifest };
}

function refusePageOptions(directory: string, { strict, project, install }: PageOptions): void {
  const [name] = Object.entries({ strict, project, install }).find(([, value]) => value) ?? [];
  if (name === undefined) return;
  throw new Failure("usage", `--${name} is for pages, and ${directory} is not one. Leave it out.`);
}

/** Some systems take `Steps` for `steps`, and git keeps the name that it had first. */
function refuseOtherCase(directory: string): void {
  const names = statIfThere(directory)?.isDirectory() ? namesIn(directory) : [];
  for (const wanted of ["steps", "expected"]) {
    const other = names.find((name) => name.toLowerCase() === wanted);
    if (other === undefined || names.includes(wanted)) continue;
    fail(
      `${join(directory, other)} must be named "${wanted}", in lower case. Rename it, with git mv if git has it.`,
    );
  }
}

function refuseFolderOfPages(directory: string): void {
  const isNamed = directory !== guideDirectory(undefined); // a project may well have a README.md
  if (!isNamed || ["steps", "expected"].some((name) => existsSync(join(directory, name)))) return;
  const inside = namesIn(directory).map((name) => join(directory, name));
  const folders = [directory, ...inside].filter(existsSync);
  const names = folders.flatMap((one) => (statSync(one).isDirectory() ? namesIn(one) : []));
  if (!names.some((name) => /\.mdx?$/i.test(name))) return;
  const pattern = shellWord(`${relative(process.cwd(), directory) || "."}/**/*.md`);
  fail(`${directory} has pages, and is not a guide. Verify its pages: --guide ${pattern}`);
}

/** @returns a client with the names of what runs the steps; undefined if one of them may use a driver */
function withoutDrivers(
  directory: string,
  steps: readonly Step[],
  ownDrivers: readonly OwnDriver[],
): string[] | undefined {
  const scripts = steps.filter(({ program }) => !program);
  if (scripts.length > 0 && (ownDrivers.length > 0 || mayUseDriver(directory, scripts))) {
    return undefined;
  }
  const names = steps.map(({ program: [name = ""] = ["node"] }) => basename(name, ".exe"));
  return [[...new Set(names)].join("+")];
}

/**
 * Read a guide again while it is running: its texts may have changed.
 * @throws Failure of kind "layout" if it cannot be read any more, or if its runs or drivers changed
 */
export async function reloadGuide(guide: Guide): Promise<Guide> {
  const now = await loadGuide(guide.page?.file ?? guide.directory, guide.page?.options);
  if (whatIsRun(now) === whatIsRun(guide)) return now;
  throw new Failure("layout", "The guide's runs or drivers have changed. Start it again.");
}

function whatIsRun({ runs, drivers, environment }: Guide): string {
  const all = runs.map(({ name, isSetup, exitCode, step }) => [
    ...[name, isSetup, exitCode],
    ...[step.file, step.program],
  ]);
  return JSON.stringify([drivers, environment, all]);
}

/** In a checkout, the folder of this project's own guide has the drivers that every guide has. */
function findDrivers(directory: string): OwnDriver[] {
  if (!isInstalled && directory === guideDirectory(undefined)) return [];
  const folder = join(directory, "drivers");
  const names = namesIn(folder);
  const files = names.filter((name) => /^[\w-]+\.ts$/.test(name));
  const found = files.map((name) => ({ name: basename(name, ".ts"), file: join(folder, name) }));
  const twin = found.find(({ name }) => Object.hasOwn(projectDrivers, name));
  const odd = found.find(({ file }) => !statSync(file, { throwIfNoEntry: false })?.isFile());
  if (odd) fail(`${odd.file} cannot be read. It must be a file that you may read.`);
  if (twin) fail(`Every guide has a driver ${twin.name}. Give ${twin.file} another name.`);
  const modules = names.filter((name) => isModule(name) && !/\.(?:test|spec|d)\.\w+$/i.test(name));
  const sources = modules.map((name) => readText(join(folder, name))).join("\n");
  const folders = names.filter((name) => {
    const path = join(folder, name);
    return statIfThere(path)?.isDirectory() && namesIn(path).some(isModule);
  });
  const others = modules.filter((name) => !files.includes(name));
  const lone =
    others.find((name) => !isImported(name, false, sources)) ??
    folders.find((name) => name !== "node_modules" && !isImported(name, true, sources));
  if (lone) {
    const advice = "A driver is a file, named like my-driver.ts: rename it, or remove it.";
    fail(`No driver uses ${join(folder, lone)}. ${advice}`);
  }
  return found;
}

function placeRuns({ setup, runs: names, exitCodes }: Manifest, steps: readonly Step[]): Run[] {
  const runs: Run[] = [];
  for (const [index, name] of [...setup, ...names].entries()) {
    const step = steps.find((candidate) => candidate.name === name);
    if (!step) {
      const known = steps.map((candidate) => candidate.name).join(", ");
      fail(`steps/guide.json runs "${name}", and there is no such step. The steps: ${known}.`);
    }
    const isRerun = runs.some((run) => run.step === step);
    const after = isRerun ? runs.at(-1)?.step : undefined;
    const runName = after ? `${name}.after-${after.name}` : name;
    if (runs.some((run) => run.name === runName)) {
      fail(`steps/guide.json runs "${name}" twice after "${after?.name}". Remove one.`);
    }
    const kind = index < setup.length ? { isSetup: true } : {};
    runs.push({ index, step, after, name: runName, exitCode: exitCodes[runName], ...kind });
  }
  const documented = runs.filter(({ isSetup }) => !isSetup).map(({ name }) => name);
  const unknown = Object.keys(exitCodes).find((name) => !documented.includes(name));
  if (unknown !== undefined) {
    fail(
      `"exitCodes" in steps/guide.json names "${unknown}", which is not a run with a golden file. The runs: ${documented.join(", ")}.`,
    );
  }
  return runs;
}

function refuseOrphans(directory: string, runs: readonly Run[]): void {
  const documented = runs.filter((run) => !run.isSetup);
  const used = new Set(
    documented.flatMap((run) => [goldenFile(run), stderrFile(run)]).map((file) => basename(file)),
  );
  const orphan = namesIn(directory).find((name) => !used.has(name));
  if (orphan) fail(`No run uses the golden file ${join(directory, orphan)}. Remove or rename it.`);
}

/** Steps are ES modules: in a CommonJS package, the first `await` of one fails. */
function refuseCommonJs(steps: string): void {
  const nearest = nearestPackage(realpathSync(steps));
  if (!nearest || nearest.isModule) return;
  fail(
    `${nearest.file} makes the steps CommonJS, in which they do not run. Add "type": "module" to it.`,
  );
}

/**
 * Find the package.json that says what kind of modules a directory has: its own, or one above it.
 * @param directory need not exist yet
 * @throws Failure of kind "layout" for one that cannot be read
 */
export function nearestPackage(
  directory: string,
): { readonly file: string; readonly isModule: boolean } | undefined {
  const file = join(directory, "package.json");
  const fields = readObject({ file, example: '{ "type": "module" }' });
  if (fields) return { file, isModule: fields.type === "module" };
  const parent = dirname(directory);
  return parent === directory ? undefined : nearestPackage(parent);
}

function fail(message: string): never {
  throw new Failure("layout", message);
}
