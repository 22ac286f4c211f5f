// What the page asks for, and what it gets. No path is ever sent. The page imports only the types.
import type { Asked, ChangedLine, ChangedTable } from "./messages.ts";

/** What the reader wants to be done. Runs are named by their index. The result comes with the events. */
export type Action = RunAction | ControlAction;

export type RunAction =
  /** Runs this one. Runs before it that are not done yet run first. */
  | { readonly kind: "run"; readonly run: number }
  /** Undoes this run and all after it. */
  | { readonly kind: "back"; readonly run: number }
  /** Runs all that is left, up to the first output that does not match. */
  | { readonly kind: "all" };

type ControlAction =
  | { readonly kind: "stop" }
  | { readonly kind: "runOnSave"; readonly isOn: boolean };

/** The digests of the reader's versions that the page shows, by the index of their script. */
export type Shown = Readonly<Record<string, string>>;

/** Scripts are named by their index. */
export type ScriptQuestion =
  | { readonly kind: "script"; readonly script: number }
  /** Keeps the reader's version. Without a text, the guide's script counts again. */
  | {
      readonly kind: "write";
      readonly script: number;
      readonly text: string | null;
      /** The digest of what the page has shown. */
      readonly seen: string;
    }
  /** Checks the types of the version. */
  | { readonly kind: "types"; readonly script: number }
  /** Writes the version that the page has shown to the script's file. */
  | { readonly kind: "save"; readonly script: number; readonly seen: string };

/** About a course. Exercises are named by their index. */
export type LessonQuestion =
  | { readonly kind: "lesson" | "help"; readonly course: string }
  | {
      readonly kind: "exercise" | "hint" | "solution";
      readonly course: string;
      readonly exercise: number;
    }
  /** Writes the learner's file. Then, "attempt" judges it, and "restart" keeps it next to a new one. */
  | {
      readonly kind: "keep" | "attempt" | "restart";
      readonly course: string;
      readonly exercise: number;
      readonly text: string;
      /** The digest of the file that the learner saw. */
      readonly seen: string;
    }
  | { readonly kind: "stop exercise" };

export interface LessonAnswer {
  readonly course: string;
  /** What the wall shows of the learner; null without a board. */
  readonly needsHelp: boolean | null;
  readonly exercises: readonly ExerciseState[];
}

export interface HelpAnswer {
  readonly needsHelp: boolean;
  /** What the wall shows now, in words. */
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

export type Question =
  | (RunAction & { readonly shown: Shown })
  | ControlAction
  | ScriptQuestion
  | LessonQuestion
  /** Asks a client's database, as it is after a run. */
  | {
      readonly kind: "database";
      readonly run: number;
      readonly client: string;
      readonly statement: string;
    }
  /** The statements that the reader asked before. */
  | { readonly kind: "history" }
  /** Remembers the library that the reader chose. */
  | { readonly kind: "library"; readonly client: string }
  | PointQuestion;

/** The tables of any point. Points are named by the index of the run before them; -1 is before the first run. */
export interface PointQuestion {
  readonly kind: "tables";
  readonly after: number;
  /** The point that it is compared with. */
  readonly since: number;
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
      lesson: LessonAnswer;
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

/**
 * Reads what a page asked.
 * @param known how many scripts and runs the page has, and the names of its clients
 * @returns undefined if it is not a valid question
 */
export function readQuestion(
  body: string,
  known: { readonly scripts: number; readonly runs: number; readonly clients: readonly string[] },
): Question | undefined {
  const { kind, script, text, seen, run, client, statement, ...more } = parseJson(body);
  const { course, exercise, after, since, isOn } = more;
  const shown = readShown(more.shown);
  const isScript = isIndex(script, known.scripts);
  const isPoint = (value: unknown): value is number => value === -1 || isIndex(value, known.runs);
  const isClient = (value: unknown): value is string =>
    typeof value === "string" && known.clients.includes(value);
  switch (kind) {
    case "run":
    case "back":
      return shown && isIndex(run, known.runs) ? { kind, run, shown } : undefined;
    case "all":
      return shown && { kind, shown };
    case "runOnSave":
      return typeof isOn === "boolean" ? { kind, isOn } : undefined;
    case "stop":
    case "history":
    case "stop exercise":
      return { kind };
    case "script":
    case "types":
      return isScript ? { kind, script } : undefined;
    case "write":
      return isScript && (typeof text === "string" || text === null) && typeof seen === "string"
        ? { kind, script, text, seen }
        : undefined;
    case "save":
      return isScript && typeof seen === "string" ? { kind, script, seen } : undefined;
    case "lesson":
    case "help":
      return typeof course === "string" ? { kind, course } : undefined;
    case "exercise":
    case "hint":
    case "solution":
      return typeof course === "string" && isIndex(exercise, MOST_EXERCISES)
        ? { kind, course, exercise }
        : undefined;
    case "keep":
    case "attempt":
    case "restart":
      return typeof course === "string" &&
        isIndex(exercise, MOST_EXERCISES) &&
        typeof text === "string" &&
        typeof seen === "string"
        ? { kind, course, exercise, text, seen }
        : undefined;
    case "library":
      return isClient(client) ? { kind, client } : undefined;
    case "database":
      return isClient(client) && isIndex(run, known.runs) && typeof statement === "string"
        ? { kind, run, client, statement }
        : undefined;
    case "tables":
      return isPoint(after) && isPoint(since) ? { kind, after, since } : undefined;
    default:
      return undefined;
  }
}

const MOST_EXERCISES = 1000;

function isIndex(value: unknown, length: number): value is number {
  return typeof value === "number" && Number.isInteger(value) && value >= 0 && value < length;
}

function readShown(json: unknown): Shown | undefined {
  if (typeof json !== "object" || json === null) return undefined;
  const digests = Object.entries(json);
  return digests.every(([, digest]) => typeof digest === "string")
    ? Object.fromEntries(digests)
    : undefined;
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
