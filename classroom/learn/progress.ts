import { join } from "node:path";
import { color } from "../../runner/common/color.ts";
import { Failure, messageOf } from "../../runner/common/failure.ts";
import { isRecord } from "../../runner/common/json.ts";
import { digestOf } from "../../runner/common/kept-texts.ts";
import { count } from "../../runner/common/words.ts";
import { writeWhole, writing } from "../../runner/common/write-files.ts";
import { type Exercise, exercisesDirectory } from "../../runner/guide/exercises.ts";
import type { Guide } from "../../runner/guide/guide.ts";
import { readGolden } from "../../runner/verify/golden.ts";
import { readToChange } from "../common/change-text.ts";
import type { Attempt, Attempts } from "./attempt.ts";
import { readExercise, solutionOf } from "./exercise-files.ts";

/** What `progress.json` has of an exercise. `learn list --run` runs all of them again. */
export interface Progress {
  readonly attempts: number;
  readonly hints: number;
  /** Identifies the file that passed, and what it was compared with. */
  readonly verified?: string;
}

const nothing: Progress = { attempts: 0, hints: 0 };

type State =
  | "not begun"
  | "begun"
  /** It has passed as it is now. */
  | "done"
  /** It had passed before it was changed, or the guide was. */
  | "changed";

export function stateOf(
  guide: Guide,
  exercise: Exercise,
  { attempts, hints, verified }: Progress = progressOf(guide, exercise),
): State {
  if (verified) return verified === evidenceOf(guide, exercise) ? "done" : "changed";
  return attempts + hints > 0 ? "begun" : "not begun";
}

/** What a board is told of an exercise. */
export function progressFor(guide: Guide, exercise: Exercise) {
  const progress = progressOf(guide, exercise);
  const { attempts, hints } = progress;
  const isDone = stateOf(guide, exercise, progress) === "done";
  const verdict = isDone ? "passed" : attempts > 0 ? "not yet" : "to do";
  return { exercise: exercise.name, verdict, attempts, hints } as const;
}

function progressOf(guide: Guide, { name }: Exercise): Progress {
  return readAll(guide)[name] ?? nothing;
}

/**
 * Identify what a verdict is about: the learner's file as it is now, and what it is compared with.
 * @returns undefined if there is no file
 */
function evidenceOf(guide: Guide, exercise: Exercise): string | undefined {
  const text = readExercise(exercise);
  if (text === undefined) return undefined;
  const goldens = exercise.judges.map((run) => digestOf(readGolden(guide.directory, run).bytes));
  return digestOf([text, solutionOf(exercise), ...goldens].map(digestOf).join());
}

/** Run an exercise, and remember its result. */
export async function recordAttempt(
  guide: Guide,
  attempts: Pick<Attempts, "run">,
  exercise: Exercise,
  stop: AbortSignal,
): Promise<Attempt> {
  const before = evidenceOf(guide, exercise);
  const attempt = await attempts.run(exercise, stop);
  if (attempt.kind === "stopped") return attempt;
  // A file that was saved during the run is another one, which has not passed.
  const isSame = before !== undefined && before === evidenceOf(guide, exercise);
  remember(guide, exercise, ({ attempts, hints, verified }) => {
    const isNew = verified !== before;
    const stillVerified = isNew ? verified : undefined;
    const proof = attempt.kind === "passed" && isSame ? before : stillVerified;
    const count = attempt.kind !== "to do" && isNew ? attempts + 1 : attempts;
    return { attempts: count, hints, ...(proof ? { verified: proof } : {}) };
  });
  return attempt;
}

/** Remember how many hints of an exercise the learner has seen. */
export function recordHints(guide: Guide, exercise: Exercise, seen: number): void {
  remember(guide, exercise, (one) => ({ ...one, hints: Math.max(one.hints, seen) }));
}

/** Change what is remembered. Another terminal may do so too: the file is read each time. */
function remember(guide: Guide, { name }: Exercise, change: (before: Progress) => Progress): void {
  const file = fileOf(guide);
  const before = readAll(guide)[name] ?? nothing;
  const text = JSON.stringify({ ...readFile(file), [name]: change(before) }, null, 2);
  writing(file, () => writeWhole(file, `${text}\n`));
}

/** Entries that are not ours are left out. */
function readAll(guide: Guide): Record<string, Progress> {
  const all = Object.entries(readFile(fileOf(guide)));
  return Object.fromEntries(all.flatMap(([name, one]) => (isProgress(one) ? [[name, one]] : [])));
}

/** @throws Failure of kind "usage" for what is not such a file: to write it would replace it */
function readFile(file: string): Record<string, unknown> {
  const text = readToChange(file);
  if (text === "") return {};
  let json: unknown;
  let reason = "it is not an object";
  try {
    json = JSON.parse(text.replace(/^\uFEFF/, "")); // as Windows saves it
  } catch (error) {
    reason = messageOf(error);
  }
  if (isRecord(json)) return json;
  throw new Failure(
    "usage",
    `${file} cannot be read: ${reason}. Repair it, or move it away to begin again.`,
  );
}

function isProgress(value: unknown): value is Progress {
  return isRecord(value) && Number.isInteger(value.attempts) && Number.isInteger(value.hints);
}

function fileOf(guide: Guide): string {
  return join(exercisesDirectory(guide), "progress.json");
}

const symbols: Readonly<Record<State, string>> = {
  "not begun": color.dim("·"),
  begun: color.yellow("○"),
  done: color.green("✓"),
  changed: color.yellow("○"),
};

/** List exercises, each with its state, attempts and hints. */
export function describeProgress(guide: Guide, exercises: readonly Exercise[]): string {
  const all = readAll(guide);
  const width = Math.max(...exercises.map(({ name }) => name.length));
  const lines = exercises.map((exercise) => {
    const progress = all[exercise.name] ?? nothing;
    const { attempts, hints } = progress;
    const state = stateOf(guide, exercise, progress);
    const text = state === "changed" ? "changed since it passed" : state;
    const counts =
      attempts + hints > 0 ? `, ${count(attempts, "attempt")}, ${count(hints, "hint")}` : "";
    return `${symbols[state]} ${exercise.name.padEnd(width)}  ${text}${counts}\n`;
  });
  return lines.join("");
}
