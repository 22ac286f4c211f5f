// What the server sends to the pages. The page imports only the types.

import { type ChangedTable, type Comparison, VALUE_SHOWN } from "../tables/changed-table.ts";

/** What the server sends to the pages. */
export type ServerEvent =
  /** All that there is to show, for a page that connects. */
  | {
      readonly kind: "past";
      readonly status: Status;
      readonly states: readonly RunState[];
      readonly scripts: readonly ScriptState[];
      /** The client that the reader chose the last time; empty at first. */
      readonly library: string;
      /** The courses of exercises. */
      readonly courses: readonly string[];
      /** The course with which the page begins; empty without one. */
      readonly course: string;
    }
  | { readonly kind: "status"; readonly status: Status }
  | { readonly kind: "scripts"; readonly scripts: readonly ScriptState[] }
  | { readonly kind: "run"; readonly run: number; readonly state: RunState }
  /** A client printed something. */
  | {
      readonly kind: "output";
      readonly run: number;
      readonly client: string;
      readonly text: string;
    }
  /** The guide's text or code has changed. */
  | { readonly kind: "reload" }
  | { readonly kind: "end" };

/** A script that the page shows, and whether the reader has a version of it. */
export interface ScriptState {
  /** As the page names it, such as standalone/pg/02-read.ts. */
  readonly name: string;
  /** The ending of its name, such as ts. */
  readonly language: string;
  /** SHA-256 of the version; empty without one. */
  readonly digest: string;
  /** True if the script has changed since the version was begun. */
  readonly isOutdated: boolean;
}

export interface Status {
  /** How many runs the databases have been through. */
  readonly position: number;
  readonly isBusy: boolean;
  readonly runOnSave: boolean;
  /** What the reader should know now, or empty. */
  readonly message: string;
}

export type RunState =
  | { readonly kind: "waiting" }
  /** What each client has printed so far. */
  | { readonly kind: "running"; readonly outputs: Readonly<Record<string, string>> }
  /** The run could not begin: a file does not compile, or the server is gone. */
  | {
      readonly kind: "blocked";
      readonly reason: string;
      /** The last result. */
      readonly before: DoneState | undefined;
    }
  | DoneState;

export interface DoneState {
  readonly kind: "done";
  /** The verdict of the run, such as match. */
  readonly verdict: string;
  /** What the verdict means here, and what to do. */
  readonly text: string;
  /** True if a file on which the run depends was saved since. */
  readonly isStale: boolean;
  /** The scripts that the reader's versions replaced, in this run or before it. Then nothing is verified. */
  readonly versions: readonly string[];
  readonly clients: readonly ClientResult[];
  /** The lines that differ from the last run of the same step. */
  readonly changes: readonly ChangedLine[] | undefined;
  readonly databases: Comparison;
  /** How the rows differ that the clients changed, though they printed the same. Empty if they don't. */
  readonly effects: string;
}

export interface ChangedLine {
  readonly sign: "-" | "+";
  readonly text: string;
}

export interface ClientResult {
  readonly client: string;
  /** The file that it ran. */
  readonly file: string;
  /** True if the reader's version ran in its place. */
  readonly isVersion: boolean;
  readonly output: string;
  /** How it went, such as "exit code 1 · 0.9 s". */
  readonly note: string;
  readonly isGood: boolean;
  readonly details: Details;
  /** The client's database after the run. */
  readonly tables: readonly ChangedTable[];
  /** What is not shown of the database, and why: a sentence each. */
  readonly unshown: readonly string[];
  /** The statements that the client sent. Undefined if they are not known. */
  readonly statements: readonly Statement[] | undefined;
}

/** What is wrong with a run. */
export type Details =
  | { readonly kind: "none" }
  /** A unified diff of what the guide documents and what the client printed. */
  | { readonly kind: "diff"; readonly lines: readonly string[] }
  | {
      readonly kind: "error";
      /** The message and its hint, in one line. */
      readonly summary: string;
      /** The line of the script. 0 if that is not known. */
      readonly line: number;
      /** The script, as the page names it. */
      readonly name: string;
      /** All that the run wrote to stderr. Empty if the summary is all. */
      readonly lines: readonly string[];
    }
  | { readonly kind: "skipped"; readonly because: string };

/** What a database said to a statement of the reader's. */
export type Asked =
  | {
      readonly kind: "answered";
      readonly columns: readonly string[];
      readonly rows: readonly (readonly (string | null)[])[];
      /** True if there are more rows than are shown. */
      readonly hasMore: boolean;
      /** Rows that were returned or changed. */
      readonly count: number;
      /** What the server did, such as UPDATE. */
      readonly command: string;
      /** Milliseconds. */
      readonly duration: number;
    }
  | {
      readonly kind: "refused";
      /** The message, its detail and its hint. */
      readonly message: string;
      /** From 1; 0 if the place is not known. */
      readonly line: number;
      readonly column: number;
    };

export interface Statement {
  readonly text: string;
  /** As PostgreSQL writes them: $1 = '1984'. Empty if there are none. */
  readonly parameters: string;
  /** Milliseconds: the server's own, or for a driver, until it had the answer. */
  readonly duration: number | undefined;
  /** Undefined if it is not known. */
  readonly rows: number | undefined;
  /** The server's error. */
  readonly error: string | undefined;
}

/** Bytes of an output that the page shows. */
export const OUTPUT_SHOWN = 64 * 1024;
/** Characters of a statement, and of all of its parameters. */
export const TEXT_SHOWN = 4000;
/** Statements of one run. */
export const STATEMENTS_SHOWN = 200;

/** Shortens a text, with an ellipsis for the rest. */
export function shorten(text: string, most = VALUE_SHOWN): string {
  return text.length > most ? `${text.slice(0, most)}…` : text;
}
