import { readFileSync } from "node:fs";
import { dirname, extname, relative, resolve } from "node:path";
import { splitMarks, type Task, withoutMarks } from "../../runner/guide/marks.ts";
import type { Exercise } from "./course.ts";

/** By this, a starter's own failure is told from any other. */
const toDo = "To do: ";

/**
 * What a learner begins with: the script, and in the place of each solution a line that says what is
 * to be done. It can be run: then that line fails.
 * @param cut whether a task is cut out; otherwise its solution stays
 */
export function starterOf(exercise: Exercise, cut: (task: Task) => boolean = () => true): string {
  const { source } = exercise;
  const lines = splitMarks(readSource(source), source).flatMap(({ lines, task }) =>
    task && cut(task) ? gap(task, extname(source)) : lines,
  );
  return inItsPlace(lines.join("\n"), exercise);
}

/** The solution, as it would stand in the learner's file. */
export function solutionOf(exercise: Exercise): string {
  return inItsPlace(withoutMarks(readSource(exercise.source), exercise.source), exercise);
}

/** The task by which a starter failed, from what it wrote to stderr. */
export function taskLeft({ tasks }: Exercise, stderr: string): Task | undefined {
  return tasks.find(({ what }) => stderr.includes(toDo + what));
}

function readSource(file: string): string {
  return readFileSync(file, "utf8").replaceAll("\r\n", "\n");
}

function gap({ what, indent }: Task, ending: string): string[] {
  const text = JSON.stringify(toDo + what);
  if (ending === ".py") {
    return [
      `${indent}# Your code goes here, in place of this:`,
      `${indent}raise Exception(${text})`,
    ];
  }
  return [
    `${indent}// Your code goes here, in place of this:`,
    `${indent}throw new Error(${text});`,
  ];
}

/** What the script imports from the files around it, the learner's file imports from there, too. */
function inItsPlace(code: string, { source, file }: Exercise): string {
  return code.replace(/(\bfrom |\bimport\(|^import )"(\.[^"]*)"/gm, (_, before, path) => {
    const target = relative(dirname(file), resolve(dirname(source), path)).replaceAll("\\", "/");
    return `${before}"${target}"`;
  });
}
