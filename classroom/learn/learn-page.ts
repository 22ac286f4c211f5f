import { basename, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { color, paintDiff } from "../../runner/common/color.ts";
import { visible } from "../../runner/common/visible.ts";
import type { Exercise } from "../../runner/guide/exercises.ts";
import type { Guide } from "../../runner/guide/guide.ts";
import { detailsOf } from "../../runner/report/details.ts";
import { failedLine } from "../../runner/report/findings.ts";
import { diffTexts } from "../../runner/verify/diff.ts";
import { documentedText, readGolden } from "../../runner/verify/golden.ts";
import type { JudgedRun } from "../../runner/verify/judge.ts";
import { frame } from "../common/screen.ts";
import type { Attempt } from "./attempt.ts";
import type { Course } from "./course.ts";
import { readExercise, solutionOf } from "./exercise-files.ts";
import { explainBroken, explainDiff, explainFailure, sayUnawaited } from "./sentences.ts";

const ERROR_LINES = 12;
const DIFF_LINES = 40;

/** Describe an exercise: its title, file and tasks, and what it prints when it is right. */
export function exercisePage(
  { guide, exercises }: Course,
  exercise: Exercise,
  width: number,
): string {
  const position = color.dim(`${exercises.indexOf(exercise) + 1} of ${exercises.length}`);
  const head = `${position}  ${color.bold(color.green(visible(exercise.title)))}  ${color.bold(show(exercise))}`;
  const tasks = exercise.tasks
    .map(({ what }) => `${color.cyan("•")} ${paintMarkedCode(visible(what))}`)
    .join("\n");
  return [head, tasks, expected(exercise, guide, width)].join("\n\n");
}

function expected(exercise: Exercise, guide: Guide, width: number): string {
  return exercise.kind === "driver"
    ? `All ${exercise.judges.length} golden files of the guide must match.`
    : `It prints:\n${frame(expectedOutput(exercise, guide), width)}`;
}

/** What an exercise prints when it is right. */
export function expectedOutput({ judges: [run] }: Exercise, { directory }: Guide): string {
  return run ? documentedText(readGolden(directory, run)) : "";
}

/** How the learner's file differs from the solution. */
export function solutionDiff(exercise: Exercise): Promise<string> {
  const own = (readExercise(exercise) ?? "").replaceAll("\r\n", "\n");
  return diffTexts(own, solutionOf(exercise), show(exercise));
}

/** Color the code in a task or a hint. Without colors, it keeps its marks. */
export function paintMarkedCode(text: string): string {
  return text.replace(/(`+)(.+?)\1(?!`)/g, (whole, ticks, inner) => {
    const code = ticks.length > 1 ? inner.trim() : inner;
    const painted = color.cyan(code);
    return painted === code ? whole : painted;
  });
}

/** The result of an attempt, for people. */
export interface Verdict {
  /** What a learner reads first: a sentence, and where. */
  readonly text: string;
  /** What a program wrote, which the sentence explains. Empty if there is nothing more. */
  readonly rest: string;
}

/** Describe the result of an attempt. */
export function verdictOf(attempt: Attempt, exercise: Exercise): Verdict {
  switch (attempt.kind) {
    case "passed": {
      const { uncounted, types } = attempt;
      const note =
        uncounted && color.dim(`\nHow many rows it changed is not compared: ${uncounted}.`);
      return whole(
        `${color.green("✓ Right. It does what the guide documents.")}${note ?? ""}`,
        types,
      );
    }
    case "to do":
      return whole(`${color.yellow("○ To do:")} ${visible(attempt.task.what)}`);
    case "broken":
      return whole(
        `${color.red("✗ It cannot be run.")} ${visible(explainBroken(attempt.message))}`,
      );
    case "unawaited": {
      const { query } = attempt;
      return whole(`${notYet}: ${visible(sayUnawaited(query))}${placeOf(exercise, query.line)}`);
    }
    case "wrong":
      return wrong(attempt, exercise);
    case "wrong effect": {
      const { message, rows } = attempt.difference;
      const shown = rows.map((row) => `${paintDiff(visible(row))}\n`).join("");
      const legend = shown && `${color.dim("The rows of the solution have -, yours have +:")}\n`;
      const text = `${notYet}. The output is right, but: ${visible(message)}`;
      return whole(`${legend}${shown}${shown && "\n"}${text}`, attempt.types);
    }
    case "stopped":
      return whole(color.dim("Stopped. Enter runs it again."));
  }
}

/** All of a verdict, where no key can ask for the rest. */
export function wholeVerdict(...of: Parameters<typeof verdictOf>): string {
  const { text, rest } = verdictOf(...of);
  return [rest, text].filter(Boolean).join("\n\n");
}

function whole(text: string, types: readonly string[] = []): Verdict {
  const notes = types.map((line) => `\n${color.dim(`TypeScript: ${visible(line)}`)}`);
  return { text: `${text}${notes.join("")}`, rest: "" };
}

type Wrong = Extract<Attempt, { kind: "wrong" }>;

function wrong(attempt: Wrong, exercise: Exercise): Verdict {
  const { types, judged } = attempt;
  const details = detailsFor(attempt, exercise);
  if (isLater(attempt, exercise)) {
    const text = `The output is right, but the database is not: ${judged.run.name} prints something else now.`;
    return whole(`${details}\n\n${notYet}. ${text}`, types);
  }
  const sentence = sentenceFor(attempt, exercise);
  if (!sentence) return whole(`${details}\n\n${notYet}: ${reason(attempt)}`, types);
  const where = placeOf(exercise, lineOf(attempt, exercise));
  const { text } = whole(`${notYet}: ${visible(sentence)}${where}`, types);
  return { text, rest: details };
}

/** True if a script did its own work, and a solution after it does not match. */
function isLater({ judged }: Wrong, { kind, judges: [own] }: Exercise): boolean {
  return kind === "script" && judged.run !== own;
}

const notYet = color.red("✗ Not yet");

function placeOf(exercise: Exercise, line: number | undefined): string {
  return line === undefined ? "" : ` (${show(exercise)}, line ${line})`;
}

/** @returns undefined if the diff or the error says it well enough */
function sentenceFor({ judged, isOpen }: Wrong, exercise: Exercise): string | undefined {
  if (isOpen) {
    const [end = "end()"] = /[\w$.]+\.end\(\)/.exec(solutionOf(exercise)) ?? [];
    return `it printed everything, and then kept a connection open. Close it at the end, with await ${end}.`;
  }
  const outcome = judged.clients.find(({ outcome }) => outcome.kind === "failed")?.outcome;
  if (outcome?.kind !== "failed") return undefined;
  return explainFailure(outcome, {
    kind: exercise.kind,
    source: readExercise(exercise) ?? "",
    solution: solutionOf(exercise),
  });
}

/**
 * Find the line of the learner's file at which an attempt failed.
 * @returns undefined if it did not fail at a line
 */
export function lineOf(attempt: Attempt | undefined, { file }: Exercise): number | undefined {
  if (attempt?.kind === "unawaited") return attempt.query.line;
  if (attempt?.kind === "broken") {
    const [, line = ""] = attempt.message.split(`${basename(file)}, line `);
    return Number.parseInt(line, 10) || undefined;
  }
  if (attempt?.kind !== "wrong") return undefined;
  const lines = attempt.judged.clients.map(({ outcome }) =>
    outcome.kind === "failed" ? failedLine(outcome.stderr, basename(file)) : undefined,
  );
  return lines.find((line) => line !== undefined);
}

function detailsFor(attempt: Wrong, exercise: Exercise): string {
  const judged = inLearnersWords(attempt, exercise);
  const most = judged.verdict === "error" ? ERROR_LINES : DIFF_LINES;
  const lines = detailsOf(judged).map((line) => paintDiff(visible(line)));
  const more = lines.length - most;
  const cut = more > 0 ? [color.dim(`… ${more} more lines`)] : [];
  return [...lines.slice(0, most), ...cut].join("\n");
}

/** A learner has a script, or a driver, and does not know the guide's clients by their names. */
function inLearnersWords(attempt: Wrong, exercise: Exercise): JudgedRun {
  const { judged } = attempt;
  const isAlone = judged.clients.length === 1;
  const program = isLater(attempt, exercise) ? judged.run.name : `your ${exercise.kind}`;
  const clients = judged.clients.map(({ client, outcome, ...rest }) => {
    if (outcome.kind !== "failed") return { ...rest, client: isAlone ? program : client, outcome };
    const stderr = errorLines(outcome.stderr).join("\n");
    const name = isAlone ? program : `${program} with ${client}`;
    return { ...rest, client: name, outcome: { ...outcome, stderr } };
  });
  return { ...judged, clients };
}

function reason({ judged: { verdict, run, clients } }: Wrong): string {
  if (verdict === "error") return "it failed.";
  if (verdict === "divergence") return `with ${run.name}, the clients print different things.`;
  const why = explainDiff(clients[0]?.diff ?? "") ?? "the output differs (- expected, + yours).";
  return `with ${run.name}, ${why}`;
}

/** The file's path, as typed in the terminal. */
export function show({ file }: Exercise): string {
  return relative(process.cwd(), file) || file;
}

const keys: readonly (readonly [key: string, meaning: string])[] = [
  ["save", "the file in your editor, and it is run"],
  ["Enter", "runs it again; if it is right, goes on"],
  ["h", "shows the next hint"],
  ["d", "shows the details of the last error"],
  ["s", "shows the difference from the solution"],
  ["n", "goes on to the next exercise"],
  ["r", "restores the database, if you changed its data"],
  ["b", "goes back to the one before it"],
  ["i", "says on the board that you need help"],
  ["x", "stops a run that hangs"],
  ["?", "shows the keys"],
  ["q", "quits; your files stay"],
];

/** @param hasBoard true if there is a board that can show that the learner needs help */
export function learnKeys(hasBoard: boolean): string {
  return keys
    .filter(([key]) => hasBoard || key !== "i")
    .map(([key, meaning]) => `${color.bold(key.padEnd(5))}  ${meaning}`)
    .join("\n");
}

/** What the board shows of a learner who has asked for help, or does not need it any more. */
export function sayHelp(isNeeded: boolean): string {
  return isNeeded
    ? "The board shows that you need help."
    : "You no longer ask for help on the board.";
}

/** A call in a stack, as Node.js writes it: at f (/a/b.ts:1:2), or at /a/b.ts:1:2. */
const call = /^ +at (?:async )?(?:.*\()?(\S.*?):(\d+):\d+\)?(?: \{)?$/;

/** Calls that are not in a file of the learner's: libraries, Node.js itself, and compiled scripts. */
const foreign = /node_modules|^node:|\.mjs$/;

/** What an error has next to its message: PostgreSQL's own words, or the error below a library's. */
const addition = /^ +\[?(cause|detail|hint)\]?: (?!undefined)(.+?)(?: \{|,)?$/;

/**
 * Shorten what a failed script wrote: Node.js begins with a line of the library that threw, and shows the
 * whole stack.
 * @returns the message, and where in the learner's files it came from; all lines if there is no stack
 */
export function errorLines(stderr: string): string[] {
  const lines = stderr.trimEnd().split("\n").filter(Boolean);
  const calls = lines.findIndex((line) => call.test(line));
  if (calls === -1) return lines;
  const head = lines.slice(0, calls);
  const message = head.slice(head.findIndex((line) => /^\s*\^+$/.test(line)) + 1);
  const additions = lines.flatMap((line) => {
    const [, name, text] = addition.exec(line) ?? [];
    return name ? [`${name}: ${unquoted(text)}`] : [];
  });
  return [...message, ...additions, ...firstOwnCall(lines)];
}

/** A text as it is, where Node.js shows it as a string. */
function unquoted(text = ""): string {
  const [, , inner] = /^(['"`])(.*)\1$/.exec(text) ?? [];
  return inner?.replace(/\\(['"`\\])/g, "$1") ?? text;
}

function firstOwnCall(lines: readonly string[]): string[] {
  for (const line of lines) {
    const [, path = "", number] = call.exec(line) ?? [];
    if (path === "" || foreign.test(path)) continue;
    const file = path.startsWith("file:") ? fileURLToPath(path) : path;
    return [`in ${relative(process.cwd(), file)}, line ${number}`];
  }
  return [];
}
