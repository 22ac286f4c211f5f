import { readFileSync } from "node:fs";
import { dirname, extname, relative, resolve } from "node:path";
import type { Exercise, Task } from "../../runner/guide/exercises.ts";
import { splitRegions, withoutRegions } from "../../runner/guide/step-source.ts";

/** By this, a starter's own failure is told from any other. */
const toDo = "To do: ";

/**
 * Makes the file that a learner begins with: the script, and in place of each solution a line that fails
 * and says what is to be done.
 * @param cut whether a task is cut out; otherwise its solution stays
 */
export function starterOf(exercise: Exercise, cut: (task: Task) => boolean = () => true): string {
  const { source, tasks } = exercise;
  const lines = splitRegions(readSource(source), source).flatMap(({ lines, region }) => {
    const task = tasks.find((one) => one.region === region);
    return task && cut(task) ? gap(task, lines, extname(source)) : lines;
  });
  return inItsPlace(lines.join("\n"), exercise);
}

/** The solution, as it would be in the learner's file. */
export function solutionOf(exercise: Exercise): string {
  return inItsPlace(withoutRegions(readSource(exercise.source), exercise.source), exercise);
}

/** The task by which a starter failed, from what it wrote to stderr. */
export function taskLeft({ tasks }: Exercise, stderr: string): Task | undefined {
  return tasks.find(({ what }) => stderr.includes(toDo + what));
}

function readSource(file: string): string {
  return readFileSync(file, "utf8").replaceAll("\r\n", "\n");
}

function gap({ what }: Task, solution: readonly string[], ending: string): string[] {
  const indent = /^[ \t]*/.exec(solution.find((line) => line.trim()) ?? "")?.[0] ?? "";
  const text = JSON.stringify(toDo + what);
  const [comment, failure] =
    ending === ".py" ? ["#", `raise Exception(${text})`] : ["//", `throw new Error(${text});`];
  return [`${indent}${comment} Your code goes here, in place of this:`, `${indent}${failure}`];
}

/** What the script imports from the files around it, the learner's file imports from there, too. */
function inItsPlace(code: string, { source, file }: Exercise): string {
  return code.replace(/(\bfrom |\bimport\(|^import )"(\.[^"]*)"/gm, (_, before, path) => {
    const target = relative(dirname(file), resolve(dirname(source), path)).replaceAll("\\", "/");
    return `${before}"${target}"`;
  });
}
