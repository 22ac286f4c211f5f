import { color } from "../../runner/common/color.ts";
import { visible } from "../../runner/common/visible.ts";
import type { Exercise, Task } from "../../runner/guide/exercises.ts";
import type { Attempt } from "./attempt.ts";
import type { Course } from "./course.ts";
import { readExercise } from "./exercise-files.ts";
import { taskAt } from "./gaps.ts";
import { lineOf } from "./learn-page.ts";
import { recordHints } from "./progress.ts";

/** Gives the next hint each time: of the gap that fails, or of the first one that has any left. */
export function openHints({ guide }: Course, exercise: Exercise) {
  const { tasks } = exercise;
  const all = tasks.flatMap(({ hints }) => hints).length;
  const shown = new Map<Task, number>();
  const left = (task: Task) => task.hints.length > (shown.get(task) ?? 0);

  return (attempt: Attempt | undefined): string => {
    const wanted = taskFor(attempt, exercise);
    const others = attempt?.kind === "to do" ? tasks.slice(tasks.indexOf(attempt.task)) : tasks;
    const task = wanted && left(wanted) ? wanted : others.find(left);
    const hint = task?.hints[shown.get(task) ?? 0];
    if (!task || hint === undefined) {
      return color.dim("There are no more hints. Have a look at the solution.");
    }
    shown.set(task, (shown.get(task) ?? 0) + 1);
    const count = [...shown.values()].reduce((sum, one) => sum + one, 0);
    recordHints(guide, exercise, count);
    return `${color.cyan(`Hint ${count} of ${all}:`)} ${visible(hint)}`;
  };
}

/** The task at which an attempt failed, if that is known. */
function taskFor(attempt: Attempt | undefined, exercise: Exercise): Task | undefined {
  if (attempt?.kind === "to do") return attempt.task;
  const line = lineOf(attempt, exercise);
  return line === undefined ? undefined : taskAt(exercise, readExercise(exercise) ?? "", line);
}
