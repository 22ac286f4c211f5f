import { readFileSync, statSync } from "node:fs";
import { basename, extname, join } from "node:path";
import { Failure } from "../common/failure.ts";
import { namesIn, readRegularFile } from "../common/read-files.ts";
import type { Step } from "./guide.ts";
import type { Manifest } from "./manifest.ts";
import { readStepComment, readStepText } from "./step-source.ts";

/**
 * Reads the steps of a guide, in the order of their numbers.
 * @param directory its `steps/`
 * @param programs what runs the steps that are not TypeScript, by the endings of their files
 * @throws Failure of kind "layout" for a step that cannot be read, and for a file that no step uses
 */
export function readSteps(directory: string, programs: Manifest["programs"]): Step[] {
  const isSource = (name: string) =>
    name.endsWith(".ts") || Object.hasOwn(programs, endingOf(name));
  const isStep = (name: string) => /^\d/.test(name) && isSource(name);
  const names = namesIn(directory);
  const steps = names
    .filter(isStep)
    .map((name) => readStep(directory, name, programs[endingOf(name)]))
    .sort((a, b) => a.number - b.number);
  const lone = names.find(
    (name) => /^\d+-.*\.md$/.test(name) && !steps.some((step) => `${step.name}.md` === name),
  );
  if (lone) {
    fail(`${join(directory, lone)} is not the text of a step. Remove it, or write the step.`);
  }
  if (steps.length === 0) fail(`There are no steps in ${directory}. Write one: 01-create.ts.`);
  const sources = steps.map(({ title, prose, code }) => `${title}\n${prose}\n${code}`).join("\n");
  const others = names.filter((name) => !isStep(name));
  refuseUnused(directory, others, sources, isSource);

  for (const [index, step] of steps.entries()) {
    const before = steps[index - 1];
    if (before?.number !== step.number) continue;
    fail(`Two steps have the number ${step.number}: ${before.file} and ${step.file}. Rename one.`);
  }
  return steps;
}

function readStep(directory: string, fileName: string, program?: readonly string[]): Step {
  const file = join(directory, fileName);
  const { name, number } = /^(?<name>(?<number>\d+)-[\w-]+)\.\w+$/.exec(fileName)?.groups ?? {};
  if (!name) {
    fail(`A step's file is named like 05-sort.${endingOf(fileName)}: rename ${file}.`);
  }
  const ofStep = { name, number: Number(number), file, program };

  const source = readText(file);
  const textFile = join(directory, `${name}.md`);
  const text = readRegularFile(textFile)?.toString("utf8");
  if (text !== undefined) {
    const prose = readStepText(text, source, file);
    if (!prose) fail(`${textFile} does not begin with a title: # Title. Add it.`);
    return { ...ofStep, ...prose };
  }
  const comment = readStepComment(source, file);
  if (!comment) {
    const advice = program
      ? `has no title. Write ${textFile}, with a line "# Title".`
      : "does not open with /* and a title: # Title. Add them.";
    fail(`${file} ${advice}`);
  }
  return { ...ofStep, ...comment };
}

/** What looks like a step and is none, or like a module that no step imports. Data may be there. */
function refuseUnused(
  directory: string,
  names: readonly string[],
  sources: string,
  isSource: (name: string) => boolean,
): void {
  const isDirectory = (name: string) =>
    statSync(join(directory, name), { throwIfNoEntry: false })?.isDirectory() ?? false;
  const mayBeUsed = (name: string) => isSource(name) || isModule(name);
  const used = new Set<string>();
  // What a step imports may import others.
  for (let text = sources; text !== ""; ) {
    const found = names.filter(
      (name) => !used.has(name) && !/^\d/.test(name) && isImported(name, isDirectory(name), text),
    );
    for (const name of found) used.add(name);
    const files = found.filter((name) => mayBeUsed(name) && !isDirectory(name));
    text = files.map((name) => readFileSync(join(directory, name), "utf8")).join("\n");
  }
  for (const name of names) {
    const file = join(directory, name);
    const isFolder = isDirectory(name);
    if (/^(node_modules|venv|__pycache__)$/.test(name)) continue;
    if (!isFolder && !mayBeUsed(name)) continue;
    if (used.has(name)) continue;
    const ending = isSource(name) ? endingOf(name) : "ts";
    const kind = isFolder ? "A step is a file" : `A step is named like 05-sort.${ending}`;
    fail(`No step uses ${file}. ${kind}: rename it, or remove it.`);
  }
}

export function isModule(name: string): boolean {
  return /\.[cm]?[jt]sx?$/i.test(name);
}

/** True if sources name a module, in the way of JavaScript, or of Python, or as a file. */
export function isImported(name: string, isFolder: boolean, sources: string): boolean {
  const stem = isFolder ? name : basename(name, extname(name));
  if (sources.includes(isFolder ? `${name}/` : `/${stem}`)) return true;
  if (!isFolder && sources.includes(name)) return true;
  const imports = sources.matchAll(/^\s*(?:import|from)\s+(\w+)/gm);
  return [...imports].some(([, module]) => module === stem);
}

function endingOf(fileName: string): string {
  return extname(fileName).slice(1);
}

/** @throws Failure of kind "layout" if it is not a file that can be read */
export function readText(file: string): string {
  const bytes = readRegularFile(file);
  if (!bytes) fail(`${file} cannot be read. It must be a file that you may read.`);
  return bytes.toString("utf8");
}

function fail(message: string): never {
  throw new Failure("layout", message);
}
