import { color } from "../../runner/common/color.ts";
import type { Course } from "./course.ts";
import { progressOf, type State, stateOf } from "./progress.ts";

const signs: Readonly<Record<State, string>> = {
  "not begun": color.dim("·"),
  begun: color.yellow("○"),
  done: color.green("✓"),
  changed: color.yellow("○"),
};

/** A line for each exercise: done or not, tries, and hints. */
export function describeProgress({
  guide,
  exercises,
}: Pick<Course, "guide" | "exercises">): string {
  const width = Math.max(...exercises.map(({ name }) => name.length));
  return exercises
    .map((exercise) => {
      const state = stateOf(guide, exercise);
      const { tries, hints } = progressOf(guide, exercise);
      const said = state === "changed" ? "changed since it was right" : state;
      const counts =
        tries + hints > 0 ? `, ${count(tries, "try", "tries")}, ${count(hints, "hint")}` : "";
      return `${signs[state]} ${exercise.name.padEnd(width)}  ${said}${counts}\n`;
    })
    .join("");
}

function count(number: number, one: string, many = `${one}s`): string {
  return `${number} ${number === 1 ? one : many}`;
}
