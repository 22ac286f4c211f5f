import { existsSync, readFileSync } from "node:fs";
import { basename, dirname, extname, join, relative, resolve } from "node:path";
import { Failure } from "../../runner/common/failure.ts";
import { project, shellWord } from "../../runner/common/project.ts";
import { readRegularFile } from "../../runner/common/read-files.ts";
import { hideSecrets } from "../../runner/common/secrets.ts";
import { move, writeWhole, writing } from "../../runner/common/write-files.ts";
import type { Exercise, Task } from "../../runner/guide/exercises.ts";
import { readParts, withoutRegions } from "../../runner/guide/step-source.ts";
import type { Course } from "./course.ts";

/** Write the starters that do not exist yet, and what an editor and the steps need next to them. */
export function writeStarters(course: Course): void {
  const { directory, exercises } = course;
  writeSettings(dirname(directory));
  for (const exercise of exercises) writeNew(exercise.file, starterOf(exercise));
}

/** For editors: the types of the libraries, and the project's strictness. */
function writeSettings(directory: string): void {
  const base = join(project, "tsconfig.json");
  if (!existsSync(base)) return; // in an installed package
  const settings = {
    extends: relative(directory, base).replaceAll("\\", "/"),
    include: ["**/*.ts"],
    exclude: [],
  };
  writeNew(join(directory, "tsconfig.json"), `${JSON.stringify(settings, null, 2)}\n`);
}

/**
 * Write a starter again. The old file is kept next to it, with the time in its name.
 * @returns where the old file is now; undefined if there was none
 */
export function resetExercise(exercise: Exercise, now: Date): string | undefined {
  const { file } = exercise;
  const backup = existsSync(file) ? backupOf(file, now) : undefined;
  const draft = join(dirname(file), `.${basename(file)}.new`);
  writeFile(draft, starterOf(exercise)); // if the disk is full, the learner's file is not moved
  if (backup) move(file, backup);
  move(draft, file);
  return backup;
}

function backupOf(file: string, now: Date): string {
  const ending = extname(file);
  const time = now.toISOString().replaceAll(":", "-").replace("Z", "");
  const backup = join(dirname(file), `${basename(file, ending)}.${time}${ending}`);
  if (existsSync(backup)) throw new Failure("usage", `${backup} exists already. Try again.`);
  return backup;
}

/** @returns undefined if the learner's file does not exist */
export function readExercise({ file }: Exercise): string | undefined {
  return readRegularFile(file)?.toString("utf8");
}

function writeNew(file: string, text: string): void {
  if (!existsSync(file)) writeFile(file, text);
}

function writeFile(file: string, text: string): void {
  writing(file, () => writeWhole(file, text));
}

/** Tells a starter's own failure from any other. */
export const toDo = "To do: ";

/**
 * Make the file that a learner begins with: the script, and in place of each solution a line that fails
 * and says what to do.
 * @param cut whether a task is cut out; otherwise its solution stays
 */
export function starterOf(exercise: Exercise, cut: (task: Task) => boolean = () => true): string {
  const { source } = exercise;
  return withRegions(exercise, (task, lines) => (cut(task) ? gap(task, lines, source) : lines));
}

/** Make the solution, but with nothing in the region of one task. */
export function withoutAnswer(exercise: Exercise, task: Task): string {
  return withRegions(exercise, (one, lines) => (one === task ? [] : lines));
}

function withRegions(
  exercise: Exercise,
  contentOf: (task: Task, solution: readonly string[]) => readonly string[],
): string {
  const { source, tasks } = exercise;
  const lines = readParts(source).flatMap(({ lines, region }) => {
    const task = tasks.find((one) => one.region === region);
    return task ? contentOf(task, lines) : lines;
  });
  return withImports(lines.join("\n"), exercise);
}

/** Make the solution, as it would be in the learner's file. */
export function solutionOf(exercise: Exercise): string {
  const source = readFileSync(exercise.source, "utf8").replaceAll("\r\n", "\n");
  return withImports(withoutRegions(source, exercise.source), exercise);
}

/** Find the task by which a starter failed, from what it wrote to stderr: a password may be a word of the task. */
export function taskLeft({ tasks }: Exercise, stderr: string): Task | undefined {
  return tasks.find(({ what }) => stderr.includes(hideSecrets(toDo + what)));
}

/** True for the starter of a task that the guide does not have any more. */
export function isOldStarter(exercise: Exercise): boolean {
  const text = readExercise(exercise) ?? "";
  return text.includes(toDo) && !exercise.tasks.some(({ what }) => text.includes(toDo + what));
}

/** @throws Failure of kind "layout" for a language in which no starter can say what to do */
function gap({ what }: Task, solution: readonly string[], source: string): string[] {
  const indent = /^[ \t]*/.exec(solution.find((line) => line.trim()) ?? "")?.[0] ?? "";
  const text = toDo + what;
  const isScript = /\.[cm]?[jt]sx?$/.test(source);
  const failures: Readonly<Record<string, string>> = {
    ".py": `raise Exception(${JSON.stringify(text)})`,
    ".sh": `echo ${shellWord(text, "linux")} >&2; exit 1`,
  };
  const failure = isScript
    ? `throw new Error(${JSON.stringify(text)});`
    : failures[extname(source)];
  if (!failure) {
    throw new Failure(
      "layout",
      `${source}: exercises are in TypeScript, JavaScript, Python (.py) and shell scripts (.sh). Remove its regions.`,
    );
  }
  const comment = `${isScript ? "//" : "#"} Your code goes here, in place of this:`;
  return [`${indent}${comment}`, `${indent}${failure}`];
}

/** What names a file from where the script is: an import, and a URL. */
const relativeImport = /(\b(?:from|import)\b\s*\(?\s*)(["'`])(\.[^"'`$\n]*)\2/g;
const relativeUrl = /(\bnew\s+URL\(\s*)(["'`])([^"'`$:\n]+)\2(?=\s*,\s*import\.meta\.url)/g;

/** What the script names from where it is, the learner's file names from its own directory. */
function withImports(code: string, { source, file }: Exercise): string {
  const fromFile = (_: string, before: string, quote: string, path: string) => {
    const target = relative(dirname(file), resolve(dirname(source), path)).replaceAll("\\", "/");
    return `${before}${quote}${target}${quote}`;
  };
  return code.replace(relativeImport, fromFile).replace(relativeUrl, fromFile);
}
