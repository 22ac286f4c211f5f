// What the page and the server say to each other. Types only: both sides import them.

/** What a reader may ask for. Runs are named by their index; no path and no code is ever sent. */
export type Action =
  /** Run this one. The runs before it that were not made yet are made first. */
  | { readonly kind: "run"; readonly run: number }
  /** Run all that is left, up to the first output that is not as documented. */
  | { readonly kind: "all" }
  /** Undo this run, and all after it. */
  | { readonly kind: "back"; readonly run: number }
  | { readonly kind: "stop" }
  | { readonly kind: "runOnSave"; readonly isOn: boolean };

/** What happens, as the page is told. */
export type ServerEvent =
  /** For a page that joins, or comes back: all that there is to show. */
  | { readonly kind: "past"; readonly status: Status; readonly states: readonly RunState[] }
  | { readonly kind: "status"; readonly status: Status }
  | { readonly kind: "run"; readonly run: number; readonly state: RunState }
  /** A client printed something. */
  | {
      readonly kind: "output";
      readonly run: number;
      readonly client: string;
      readonly text: string;
    }
  /** The guide's text or code is another one now. */
  | { readonly kind: "reload" }
  | { readonly kind: "end" };

export interface Status {
  /** How many runs the databases have behind them. */
  readonly position: number;
  readonly isBusy: boolean;
  readonly runOnSave: boolean;
  /** What the reader should know now. Empty where there is nothing to say. */
  readonly message: string;
}

export type RunState =
  | { readonly kind: "waiting" }
  /** What each client has printed so far. */
  | { readonly kind: "running"; readonly outputs: Readonly<Record<string, string>> }
  /** It could not begin: a file does not compile, or the server is gone. */
  | {
      readonly kind: "blocked";
      readonly reason: string;
      /** What it came to the last time. */
      readonly before: DoneState | undefined;
    }
  | DoneState;

export interface DoneState {
  readonly kind: "done";
  /** One of the verdicts of a run, such as match. */
  readonly verdict: string;
  /** What the verdict means here, and what to do. */
  readonly text: string;
  /** A file was saved since, on which the run depends. */
  readonly isStale: boolean;
  readonly clients: readonly ClientResult[];
  /** Against the last run of the same step. */
  readonly changes: readonly ChangedText[] | undefined;
  readonly databases: Comparison;
}

/** What is known of the clients' databases after a run, beside each other. */
export type Comparison =
  /** There is one only, or not all of them was seen. */
  | { readonly kind: "unknown" }
  /** They hold the same. */
  | { readonly kind: "same"; readonly databases: number }
  | {
      readonly kind: "different";
      /** The clients that may be wrong. */
      readonly odd: readonly string[];
      /** In what they differ, a sentence each. */
      readonly named: readonly string[];
    };

export interface ClientResult {
  readonly client: string;
  /** What it ran. */
  readonly file: string;
  readonly output: string;
  /** How it went, such as "exit code 1 · 0.9 s". */
  readonly note: string;
  readonly isGood: boolean;
  readonly details: Details;
  /** The client's database after the run. */
  readonly tables: readonly TableNow[];
  /** What is not shown of the database, and why: a sentence each. */
  readonly unshown: readonly string[];
  /** What the client sent to the server. Undefined where nobody could see it. */
  readonly statements: readonly Statement[] | undefined;
}

/** What is wrong with a run. */
export type Details =
  | { readonly kind: "none" }
  /** What it printed, and what is documented: a unified diff. */
  | { readonly kind: "diff"; readonly lines: readonly string[] }
  /** What a failed run wrote to stderr. */
  | { readonly kind: "error"; readonly lines: readonly string[] }
  | { readonly kind: "skipped"; readonly because: string };

export interface TableNow {
  readonly name: string;
  readonly columns: readonly string[];
  readonly moreColumns: number;
  readonly rows: readonly RowNow[];
  readonly moreRows: number;
  /** The table itself was dropped. */
  readonly isGone: boolean;
}

export interface RowNow {
  /** What became of it in this run. */
  readonly mark: "same" | "came" | "changed" | "went";
  readonly cells: readonly (string | null)[];
  /** The cells of a row that changed, as they were. */
  readonly before: readonly (string | null)[] | undefined;
}

export interface Statement {
  readonly text: string;
  /** As the server names them: $1 = '1984'. Empty where there are none. */
  readonly parameters: string;
  /** Milliseconds: those of the server, or for a driver, until the answer was there. */
  readonly duration: number | undefined;
  /** Undefined where the server does not say. */
  readonly rows: number | undefined;
  /** What the server said against it. */
  readonly error: string | undefined;
}

export interface ChangedText {
  readonly sign: "-" | "+";
  readonly text: string;
}
