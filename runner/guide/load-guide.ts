import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { pathToFileURL } from "node:url";
import { drivers as projectDrivers } from "../../drivers/drivers.ts";
import { Failure, hasCode, messageOf } from "../failure.ts";
import { project } from "../project.ts";
import type { Guide, Run, Step } from "./guide.ts";
import { readManifest } from "./manifest.ts";
import { readStepComment } from "./step-comment.ts";

/**
 * Reads a guide from its directory, and checks both ways that it is whole: everything listed
 * exists, and nothing exists unlisted.
 * @throws Failure of kind "layout"
 */
export async function loadGuide(directory: string): Promise<Guide> {
  const manifest = readManifest(join(directory, "steps", "guide.json"));
  const steps = readSteps(join(directory, "steps"));
  const runs = placeRuns(manifest.runs, steps);

  const unused = steps.find((step) => !runs.some((run) => run.step === step));
  if (unused) {
    fail(`No run uses ${unused.file}. Name it in "runs" in steps/guide.json, or remove it.`);
  }
  refuseOrphans(join(directory, "expected"), runs);
  const driversDirectory = findDrivers(directory);
  const drivers = await readDriverNames(driversDirectory);
  const { title, tables, lesson } = manifest;
  const command = commandFor(directory);
  return { directory, command, title, steps, runs, drivers, driversDirectory, lesson, tables };
}

function isProject(directory: string): boolean {
  return directory === project;
}

function commandFor(directory: string): string {
  const path = relative(process.cwd(), directory) || ".";
  return `npx tsx run-guide.ts${isProject(directory) ? "" : ` --guide ${shellWord(path)}`}`;
}

/** What is printed works when it is pasted. */
function shellWord(text: string): string {
  if (/^[\w./\\:@+-]+$/.test(text)) return text;
  return process.platform === "win32" ? `"${text}"` : `'${text.replaceAll("'", "'\\''")}'`;
}

/** A guide without drivers of its own uses those of this project. */
function findDrivers(directory: string): string {
  const own = join(directory, "drivers");
  return existsSync(join(own, "drivers.ts")) ? own : join(project, "drivers");
}

async function readDriverNames(directory: string): Promise<string[]> {
  if (directory === join(project, "drivers")) return Object.keys(projectDrivers);
  const list = join(directory, "drivers.ts");
  let module: { readonly drivers?: unknown };
  try {
    module = await import(pathToFileURL(list).href);
  } catch (error) {
    fail(`${list} cannot be loaded. ${messageOf(error)}`);
  }
  const { drivers } = module;
  if (typeof drivers === "object" && drivers !== null) return Object.keys(drivers);
  fail(
    `${list} exports no "drivers". If it does, its package.json must say that it is an ES module: "type": "module".`,
  );
}

function readSteps(directory: string): Step[] {
  const steps = list(directory)
    .filter((name) => name.endsWith(".ts"))
    .map((name) => readStep(directory, name))
    .sort((a, b) => a.number - b.number);
  if (steps.length === 0) fail(`There are no steps in ${directory}. Write one: 01-create.ts.`);

  for (const [index, step] of steps.entries()) {
    const before = steps[index - 1];
    if (before?.number === step.number) {
      fail(
        `Two steps have the number ${step.number}: ${before.file} and ${step.file}. Rename one.`,
      );
    }
  }
  return steps;
}

function readStep(directory: string, fileName: string): Step {
  const file = join(directory, fileName);
  const number = /^(\d+)-[\w-]+\.ts$/.exec(fileName)?.[1];
  if (!number) fail(`A step's file is named like 05-sort.ts: rename ${file}.`);

  const comment = readStepComment(readText(file));
  if (!comment) fail(`${file} does not open with /* and a title: # Title. Add them.`);
  return { name: fileName.slice(0, -".ts".length), number: Number(number), file, ...comment };
}

function placeRuns(names: readonly string[], steps: readonly Step[]): Run[] {
  const runs: Run[] = [];
  for (const [index, name] of names.entries()) {
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
    runs.push({ index, step, after, name: runName });
  }
  return runs;
}

function refuseOrphans(directory: string, runs: readonly Run[]): void {
  const used = new Set(runs.map((run) => `${run.name}.txt`));
  const orphan = list(directory).find((name) => !used.has(name));
  if (orphan) fail(`No run uses the golden file ${join(directory, orphan)}. Remove or rename it.`);
}

function list(directory: string): string[] {
  try {
    return readdirSync(directory)
      .filter((name) => !name.startsWith("."))
      .sort();
  } catch (error) {
    if (hasCode(error, "ENOENT")) return [];
    fail(`${directory} cannot be read. It must be a directory that you may read.`);
  }
}

function readText(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    fail(`${file} cannot be read. It must be a file that you may read.`);
  }
}

function fail(message: string): never {
  throw new Failure("layout", message);
}
