import { color } from "../../runner/common/color.ts";
import { visible } from "../../runner/common/visible.ts";
import type { Exercise, Task } from "../../runner/guide/exercises.ts";
import type { Guide } from "../../runner/guide/guide.ts";
import type { Attempt } from "./attempt.ts";
import { remember } from "./progress.ts";

/** Gives the hints of an exercise, one each time, and remembers how many were seen. */
export function openHints(
  guide: Guide,
  exercise: Exercise,
): (attempt: Attempt | undefined) => string {
  const hints = exercise.tasks.flatMap((task) => task.hints);
  let shown = 0;
  return (attempt) => {
    if (attempt?.kind === "to do") shown = Math.max(shown, hintsBefore(exercise, attempt.task));
    const hint = hints[shown];
    if (hint === undefined) return color.dim("There are no more hints; s shows the solution.");
    const seen = ++shown;
    remember(guide, exercise, (one) => ({ ...one, hints: Math.max(one.hints, seen) }));
    return `${color.cyan(`Hint ${seen} of ${hints.length}:`)} ${visible(hint)}`;
  };
}

/** How many hints there are for the tasks before one: whoever has done those needs them no more. */
function hintsBefore({ tasks }: Exercise, task: Task): number {
  const before = tasks.slice(0, tasks.indexOf(task));
  return before.reduce((count, { hints }) => count + hints.length, 0);
}
