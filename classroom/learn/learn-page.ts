import { relative } from "node:path";
import { color, paintDiff } from "../../runner/common/color.ts";
import { frame } from "../../runner/common/screen.ts";
import { visible } from "../../runner/common/visible.ts";
import type { Exercise } from "../../runner/guide/exercises.ts";
import { detailsOf } from "../../runner/report/details.ts";
import { readGolden } from "../../runner/verify/golden.ts";
import type { JudgedRun } from "../../runner/verify/judge.ts";
import type { Attempt } from "./attempt.ts";
import { type Course, learnersDriver } from "./course.ts";
import { errorLines } from "./error-lines.ts";

/** A stack and an error's own fields are long; what went wrong stands first. */
const ERROR_LINES = 12;
const DIFF_LINES = 40;

/** What a learner sees of an exercise: what is to be done, where, and what comes of it. */
export function exercisePage({ guide, exercises }: Course, exercise: Exercise, width: number) {
  const place = color.dim(`${exercises.indexOf(exercise) + 1} of ${exercises.length}`);
  const head = `${place}  ${color.bold(color.green(visible(exercise.title)))}  ${color.bold(show(exercise))}`;
  const tasks = exercise.tasks.map(({ what }) => `${color.cyan("•")} ${visible(what)}`).join("\n");
  return [head, tasks, ...expected(exercise, guide.directory, width)].join("\n\n");
}

function expected({ kind, judges }: Exercise, directory: string, width: number): string[] {
  const [run] = judges;
  if (kind === "driver") return [`All ${judges.length} outputs of the guide judge it.`];
  if (!run) return [];
  return [`It prints:\n${frame(readGolden(directory, run).bytes.toString("utf8"), width)}`];
}

/** What an attempt came to, for people. */
export function verdictOf(attempt: Attempt): string {
  switch (attempt.kind) {
    case "passed":
      return color.green("✓ Right. It does what the guide documents.");
    case "to do":
      return `${color.yellow("○ To do:")} ${visible(attempt.task.what)}`;
    case "broken":
      return `${color.red("✗ It cannot be run.")} ${visible(attempt.message)}`;
    case "wrong":
      return `${details(attempt)}\n\n${color.red("✗ Not yet:")} ${reason(attempt)}`;
    case "wrong data": {
      const { name } = attempt.judged.run;
      const text = `The output is right, but not what is in the database now: ${name} shows it.`;
      return `${details(attempt)}\n\n${color.red("✗ Not yet.")} ${text}`;
    }
    case "stopped":
      return color.dim("Stopped. Enter runs it again.");
  }
}

type Wrong = Extract<Attempt, { kind: "wrong" | "wrong data" }>;

function details(attempt: Wrong): string {
  const judged = inLearnersWords(attempt);
  const lines = detailsOf(judged).map((line) => paintDiff(visible(line)));
  const most = judged.verdict === "error" ? ERROR_LINES : DIFF_LINES;
  const more = lines.length - most;
  const cut = more > 0 ? [color.dim(`… ${more} more lines`)] : [];
  return [...lines.slice(0, most), ...cut].join("\n");
}

/** A learner has a script, or a client, and knows no client of the guide by its name. */
function inLearnersWords({ kind, judged }: Wrong): JudgedRun {
  const isAlone = judged.clients.length === 1;
  const own = judged.clients[0]?.client === learnersDriver ? "your client" : "your script";
  const program = kind === "wrong data" ? judged.run.name : own;
  const clients = judged.clients.map(({ client, outcome, diff }) => {
    if (outcome.kind !== "failed") return { client: isAlone ? program : client, outcome, diff };
    const stderr = errorLines(outcome.stderr).join("\n");
    const name = isAlone ? program : `${program} with ${client}`;
    return { client: name, outcome: { ...outcome, stderr }, diff };
  });
  return { ...judged, clients };
}

function reason({ judged: { verdict, run } }: Wrong): string {
  if (verdict === "error") return "it failed.";
  if (verdict === "divergence") return `with ${run.name}, the clients do not print the same.`;
  return `with ${run.name}, the output is another one (- what it should be, + what it is).`;
}

/** The file as one types it. */
export function show({ file }: Exercise): string {
  return relative(process.cwd(), file) || file;
}

const keys: readonly (readonly [key: string, meaning: string])[] = [
  ["save", "the file in your editor, and it is run"],
  ["Enter", "runs it again; where it is right, goes on"],
  ["h", "shows the next hint"],
  ["s", "shows what differs from the solution"],
  ["n", "goes on to the next exercise"],
  ["x", "stops a run that hangs"],
  ["?", "shows the keys"],
  ["q", "quits; your files stay"],
];

export function learnKeys(): string {
  return keys.map(([key, meaning]) => `${color.bold(key.padEnd(5))}  ${meaning}`).join("\n");
}
