/** What the server said about a statement that failed. */
export interface SqlError {
  /** ERROR, FATAL or PANIC. */
  readonly severity: string;
  readonly message: string;
  readonly code: string;
  readonly detail?: string | undefined;
  readonly hint?: string | undefined;
  /** Where in the statement, in characters from 1. */
  readonly position?: number | undefined;
  /** The statement inside of a function that failed, and where in it. */
  readonly internalQuery?: string | undefined;
  readonly internalPosition?: number | undefined;
  /** The functions that were running. */
  readonly context?: string | undefined;
}

/** What the server answered to one statement, with its values as text. */
export interface SqlResult {
  readonly statement: string;
  /** `type` is an oid. Undefined where the statement returns no rows, as CREATE TABLE. */
  readonly columns: readonly SqlColumn[] | undefined;
  readonly rows: readonly (readonly (string | null)[])[];
  /** Complete, such as `INSERT 0 3`; empty after an error. */
  readonly tag: string;
  /** Each as psql prints it, such as `NOTICE:  table "x" does not exist, skipping`. */
  readonly notices: readonly string[];
  readonly error?: SqlError;
  /** Why psql may print something else, in a sentence: a command of psql before it is not known. */
  readonly unknown?: string | undefined;
}

export interface SqlColumn {
  readonly name: string;
  readonly type: number;
}

/** SQL of a page, as a reader sends it. */
export interface PsqlInput {
  readonly sql: string;
  /** True for a psql command with a file. */
  readonly isCommand: boolean;
  /** True for the first block below one that leaves psql. */
  readonly isNew?: boolean | undefined;
  /** The database that a command above it has connected psql to: empty for the page's first one. */
  readonly database?: string | undefined;
  /** True for what the page needs, and does not make. */
  readonly isSetup?: boolean;
}

/** What every statement gets until the transaction is rolled back. */
export const FAILED_TRANSACTION = "25P02";
