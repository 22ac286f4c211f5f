import type { ConnectionAttempt } from "../runner/connection/dial.ts";

/** What a statement may be given. Every driver sends it to the server in the same form. */
export type Parameter = string | number | boolean | null | Date | readonly Parameter[];

/** A row is a plain object: column name → value, as `values.ts` reads it. */
export type Row = Record<string, unknown>;

/** What can be done with an open connection. Every method rejects with a `DatabaseError`. */
export interface Statements {
  /** Runs a statement; returns the number of affected rows (0 for DDL). */
  execute(statement: string, parameters?: readonly Parameter[]): Promise<number>;

  /**
   * Runs a statement once for each row of parameters, in order, and stops at the first error. Each
   * row is a round trip to the server: for many rows, write one statement.
   */
  executeMany(statement: string, rows: readonly (readonly Parameter[])[]): Promise<number>;

  /** Runs a query; returns its rows. `query<Book>(…)` says which columns they have. */
  query<Shape extends object = Row>(
    statement: string,
    parameters?: readonly Parameter[],
  ): Promise<Shape[]>;
}

/** One open connection. */
export interface Database extends Statements {
  /**
   * Commits when `work` succeeds. Rolls back, and rethrows, when it does not.
   * @param work sends its statements with the handle that it is given
   */
  transaction<Result>(work: (tx: Statements) => Promise<Result>): Promise<Result>;

  /** Closes the connection. Closing twice does no harm. */
  close(): Promise<void>;
}

/** What a driver file exports: `connect`. It rejects with whatever the library reports. */
export interface Driver {
  connect(attempt: ConnectionAttempt): Promise<Database>;
}
