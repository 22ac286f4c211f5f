// What the page asks for, and what it gets. No path is ever sent. The page imports only the types.

import type { ChangedTable } from "../tables/changed-table.ts";
import type { Asked, ChangedLine } from "./messages.ts";

/** What the server knows of the page that asks. */
interface Known {
  /** How many. */
  readonly scripts: number;
  readonly runs: number;
  /** Their names. */
  readonly clients: readonly string[];
}

const isIndex = (value: unknown): value is number => Number.isInteger(value) && Number(value) >= 0;
const isRun = (value: unknown, { runs }: Known): value is number => isIndex(value) && value < runs;
const isScript = (value: unknown, { scripts }: Known): value is number =>
  isIndex(value) && value < scripts;
/** A point is named by the index of the run before it; -1 is before the first run. */
const isPoint = (value: unknown, known: Known): value is number =>
  value === -1 || isRun(value, known);
const isClient = (value: unknown, { clients }: Known): value is string =>
  isText(value) && clients.includes(value);
const isText = (value: unknown): value is string => typeof value === "string";
const isTextOrNull = (value: unknown): value is string | null => isText(value) || value === null;
const isBoolean = (value: unknown): value is boolean => typeof value === "boolean";
const isShown = (value: unknown): value is Shown =>
  typeof value === "object" && value !== null && Object.values(value).every(isText);

/** The digests of the reader's versions that the page shows, by the index of their script. */
export type Shown = Readonly<Record<string, string>>;

const exercise = { course: isText, exercise: isIndex };
/** With what the learner wrote, and the digest of the file that the learner saw. */
const written = { ...exercise, text: isText, seen: isText };

/** What can be asked, by its kind. Runs, scripts and exercises are named by their index. */
const questions = {
  /** Runs this one. Runs before it that are not done yet run first. */
  run: { run: isRun, shown: isShown },
  /** Undoes this run and all after it. */
  back: { run: isRun, shown: isShown },
  /** Runs all that is left, up to the first output that does not match. */
  all: { shown: isShown },
  stop: {},
  runOnSave: { isOn: isBoolean },

  script: { script: isScript },
  /**
   * Keeps the reader's version in place of what the page has shown. Without a text, the guide's script counts
   * again.
   */
  write: { script: isScript, text: isTextOrNull, seen: isText },
  /** Checks the types of the version. */
  types: { script: isScript },
  /** Writes the version that the page has shown to the script's file. */
  save: { script: isScript, seen: isText },

  course: { course: isText },
  help: { course: isText },
  exercise,
  hint: exercise,
  solution: exercise,
  /** Writes the learner's file. Then, "attempt" judges it, and "restart" keeps it next to a new one. */
  keep: written,
  attempt: written,
  restart: written,
  "stop exercise": {},

  /** Asks a client's database, as it is after a run. */
  database: { run: isRun, client: isClient, statement: isText },
  /** The statements that the reader asked before. */
  history: {},
  /** Remembers the library that the reader chose. */
  library: { client: isClient },
  /** The tables at a point, compared with another one. */
  tables: { after: isPoint, since: isPoint },
};

type Kind = keyof typeof questions;
type Checked<Check> = Check extends (value: unknown, known: Known) => value is infer Value
  ? Value
  : never;
type WithoutShown<Of> = Of extends unknown ? Omit<Of, "shown"> : never;

/** What the page asks, of one of the kinds. */
export type QuestionOf<Of extends Kind> = {
  readonly [One in Of]: { readonly kind: One } & {
    readonly [Name in keyof (typeof questions)[One]]: Checked<(typeof questions)[One][Name]>;
  };
}[Of];
export type Question = QuestionOf<Kind>;
export type RunAction = WithoutShown<QuestionOf<"run" | "back" | "all">>;
/** What the reader wants to be done. The result comes with the events. */
export type Action = RunAction | QuestionOf<"stop" | "runOnSave">;
export type ScriptQuestion = QuestionOf<"script" | "write" | "types" | "save">;
export type LearnQuestion = QuestionOf<
  | ("course" | "help" | "stop exercise")
  | ("exercise" | "hint" | "solution" | "keep" | "attempt" | "restart")
>;

export interface CourseAnswer {
  readonly course: string;
  /** What the board shows of the learner; null without a board. */
  readonly needsHelp: boolean | null;
  readonly exercises: readonly ExerciseState[];
}

export interface HelpAnswer {
  readonly needsHelp: boolean;
  /** What the board shows now, in words. */
  readonly text: string;
}

export interface ExerciseState {
  readonly title: string;
  /** The name of the run that the exercise stands for. */
  readonly run: string;
  /** The learner's file, as the page names it. */
  readonly file: string;
  readonly language: string;
  /** What is to be done in each gap. */
  readonly tasks: readonly string[];
  /** not begun, begun, done, or changed since it passed. */
  readonly state: string;
}

export interface ExerciseAnswer {
  /** The learner's file. */
  readonly source: string;
  readonly digest: string;
  /** What it prints when it is right. */
  readonly expected: string;
}

export interface KeptAnswer {
  readonly state: string;
  /** Of the learner's file. */
  readonly digest: string;
}

export interface AttemptAnswer extends KeptAnswer {
  readonly isPassed: boolean;
  /** The verdict, in words. */
  readonly text: string;
  /** What the verdict leaves out: all that the program wrote. */
  readonly rest: string;
  /** The line at which it failed; 0 if that is not known. */
  readonly line: number;
  readonly tables: readonly ChangedTable[];
  readonly unshown: readonly string[];
}

export interface HintAnswer {
  readonly hint: string;
  readonly state: string;
}

export interface SolutionAnswer {
  readonly solution: string;
  /** How the learner's file differs. */
  readonly diff: string;
}

/** The tables of each client. Null if the client was not there. */
export type PointAnswer = readonly {
  readonly client: string;
  readonly title: string;
  readonly tables: readonly ChangedTable[] | null;
}[];

/** A script, and the reader's version of it. */
export interface ScriptAnswer {
  /** The script in the guide. */
  readonly guide: string;
  /** Null if there is none. */
  readonly version: string | null;
  /** Of the version; without one, of the script in the guide. */
  readonly digest: string;
  /** How the version differs from the script. Null if in too many lines to show. */
  readonly changes: readonly ChangedLine[] | null;
  readonly problems: readonly Problem[];
}

/** What a question gets as its answer. */
export type Answers = Readonly<
  Record<Action["kind"] | "library" | "stop exercise", object> &
    Record<ScriptQuestion["kind"], ScriptAnswer> &
    Record<"exercise" | "restart", ExerciseAnswer> & {
      database: Asked;
      history: readonly string[];
      tables: PointAnswer;
      course: CourseAnswer;
      help: HelpAnswer;
      keep: KeptAnswer;
      attempt: AttemptAnswer;
      solution: SolutionAnswer;
      hint: HintAnswer;
    }
>;

/** What is wrong at a place of a text. */
export interface Problem {
  /** From 1; 0 if it is not known. */
  readonly line: number;
  /** From 1; 0 for the whole line. */
  readonly column: number;
  readonly text: string;
  /** False for a warning. */
  readonly isError: boolean;
}

/** Reads what a page asked. @returns undefined if it is not a valid question */
export function readQuestion(body: string, known: Known): Question | undefined {
  const asked = parseJson(body);
  return isQuestion(asked, known) ? asked : undefined;
}

function isQuestion(asked: Readonly<Record<string, unknown>>, known: Known): asked is Question {
  const [, checks] = Object.entries(questions).find(([kind]) => kind === asked.kind) ?? [];
  if (!checks) return false;
  return Object.entries(checks).every(([name, isValid]) => isValid(asked[name], known));
}

/** @returns an empty object for what is not JSON, or not an object */
export function parseJson(text: string): Readonly<Record<string, unknown>> {
  try {
    const json: unknown = JSON.parse(text);
    return typeof json === "object" && json !== null ? { ...json } : {};
  } catch {
    return {};
  }
}
