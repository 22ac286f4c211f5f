import type { Exercise, Task } from "../../runner/guide/exercises.ts";
import { readParts } from "../../runner/guide/step-source.ts";

/**
 * Find the task in whose gap a line of the learner's file is: between the lines that are around its region
 * in the solution.
 * @param line counted from 1
 * @returns undefined if the line is outside of the gaps, or if the lines around one were changed
 */
export function taskAt(
  { source, tasks }: Exercise,
  learners: string,
  line: number,
): Task | undefined {
  const lines = learners.split(/\r?\n/).map((one) => one.trim());
  const parts = readParts(source);
  let from = 0;
  for (const [index, { region, lines: own }] of parts.entries()) {
    if (region !== undefined) continue;
    const shown = own.map((one) => one.trim()).filter(isMark);
    const first = shown[0];
    const begin = index === 0 || first === undefined ? from : lines.indexOf(first, from);
    if (begin < 0) return undefined;
    const before = parts[index - 1]?.region;
    if (before !== undefined && line > from && line <= begin) {
      return tasks.find((task) => task.region === before);
    }
    const last = shown.at(-1);
    const end = last === undefined ? begin : lines.indexOf(last, begin);
    if (end < 0) return undefined;
    from = end + 1;
  }
  return undefined;
}

/** A line by which a place in a file is found again. Imports are written anew, and braces are everywhere. */
function isMark(line: string): boolean {
  return /\w/.test(line) && !/^(import|\} from)\b/.test(line);
}
