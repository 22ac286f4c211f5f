import { join } from "node:path";
import { digestOf, isRecord, readRecord, writeWhole, writing } from "../../runner/common/files.ts";
import { type Exercise, exercisesDirectory } from "../../runner/guide/exercises.ts";
import type { Guide } from "../../runner/guide/guide.ts";
import { readGolden } from "../../runner/verify/golden.ts";
import { readExercise } from "./exercise-files.ts";
import { solutionOf } from "./starter.ts";

/** What is remembered of an exercise. Nobody has to believe it: `learn list --run` runs all again. */
export interface Progress {
  readonly tries: number;
  readonly hints: number;
  /** Stands for the very file that passed, and for what it was judged by. */
  readonly verified?: string;
}

const nothing: Progress = { tries: 0, hints: 0 };

/** Where a learner is with an exercise. */
export type State =
  | "not begun"
  | "begun"
  /** It has passed as it is now. */
  | "done"
  /** It had passed, and then it was changed, or the guide was. */
  | "changed";

export function progressOf(guide: Guide, { name }: Exercise): Progress {
  return readAll(guide)[name] ?? nothing;
}

export function stateOf(guide: Guide, exercise: Exercise): State {
  const { tries, hints, verified } = progressOf(guide, exercise);
  if (verified) return verified === evidenceOf(guide, exercise) ? "done" : "changed";
  return tries + hints > 0 ? "begun" : "not begun";
}

/**
 * What a verdict is about: the learner's file as it is now, and what judges it.
 * @returns undefined where there is no file
 */
export function evidenceOf(guide: Guide, exercise: Exercise): string | undefined {
  const text = readExercise(exercise);
  if (text === undefined) return undefined;
  const goldens = exercise.judges.map((run) => digestOf(readGolden(guide.directory, run).bytes));
  return digestOf([text, solutionOf(exercise), ...goldens].map(digestOf).join());
}

/** Changes what is remembered. Another terminal may do so, too: the file is read each time. */
export function remember(
  guide: Guide,
  { name }: Exercise,
  change: (before: Progress) => Progress,
): Progress {
  const all = readAll(guide);
  const now = change(all[name] ?? nothing);
  const file = fileOf(guide);
  const text = JSON.stringify({ ...all, [name]: now }, null, 2);
  writing(file, () => writeWhole(file, `${text}\n`));
  return now;
}

/** Where the file was damaged, what passes will pass again. */
function readAll(guide: Guide): Record<string, Progress> {
  const all = Object.entries(readRecord(fileOf(guide)));
  return Object.fromEntries(all.flatMap(([name, one]) => (isProgress(one) ? [[name, one]] : [])));
}

function isProgress(value: unknown): value is Progress {
  return isRecord(value) && Number.isInteger(value.tries) && Number.isInteger(value.hints);
}

function fileOf(guide: Guide): string {
  return join(exercisesDirectory(guide), "progress.json");
}
