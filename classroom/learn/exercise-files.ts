import { existsSync, readFileSync } from "node:fs";
import { basename, dirname, extname, join, relative } from "node:path";
import { Failure } from "../../runner/common/failure.ts";
import { move, readRegularFile, writeWhole, writing } from "../../runner/common/files.ts";
import { project } from "../../runner/common/project.ts";
import type { Exercise } from "../../runner/guide/exercises.ts";
import type { Course } from "./course.ts";
import { starterOf } from "./starter.ts";

/**
 * Writes the starters that are not there yet, and what an editor and the steps need beside them. What
 * is there stays as it is.
 */
export function writeStarters(course: Course): void {
  const { directory, exercises } = course;
  writeSettings(dirname(directory));
  writeManifest(course, directory);
  for (const exercise of exercises) writeNew(exercise.file, starterOf(exercise));
}

/** For editors: the types of the libraries, and the project's strictness. */
function writeSettings(directory: string): void {
  const base = join(project, "tsconfig.json");
  if (!existsSync(base)) return; // where the project is a package
  const settings = {
    extends: relative(directory, base).replaceAll("\\", "/"),
    include: ["**/*.ts"],
    exclude: [],
  };
  writeNew(join(directory, "tsconfig.json"), `${JSON.stringify(settings, null, 2)}\n`);
}

/** By it, a step knows which tables are the guide's, marks them, and leaves all others alone. */
export function writeManifest({ guide, name }: Course, directory: string): void {
  if (name !== "steps") return;
  const manifest = readFileSync(join(guide.directory, "steps", "guide.json"), "utf8");
  writeOwn(join(directory, "guide.json"), manifest);
}

/**
 * Writes a starter anew. The file that was there stays beside it, with the time in its name.
 * @returns where the old file is now; undefined where there was none
 */
export function resetExercise(exercise: Exercise, now: Date): string | undefined {
  const { file } = exercise;
  const kept = existsSync(file) ? keptName(file, now) : undefined;
  const draft = join(dirname(file), `.${basename(file)}.new`);
  writeOwn(draft, starterOf(exercise)); // where the disk is full, the learner's file stays in its place
  if (kept) move(file, kept);
  move(draft, file);
  return kept;
}

function keptName(file: string, now: Date): string {
  const ending = extname(file);
  const time = now.toISOString().replaceAll(":", "-").replace("Z", "");
  const kept = join(dirname(file), `${basename(file, ending)}.${time}${ending}`);
  if (existsSync(kept)) throw new Failure("usage", `${kept} is there already. Try again.`);
  return kept;
}

/** @returns undefined where there is no such file */
export function readExercise({ file }: Exercise): string | undefined {
  return readRegularFile(file)?.toString("utf8");
}

function writeNew(file: string, text: string): void {
  if (!existsSync(file)) writeOwn(file, text);
}

/** What was there before stays where it cannot be written. */
function writeOwn(file: string, text: string): void {
  writing(file, () => writeWhole(file, text));
}
