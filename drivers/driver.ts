import type { ConnectionAttempt } from "./connection/dial.ts";

/** What a statement may be given. Both drivers send it to the server in the same form. */
export type Parameter = string | number | boolean | null | Date;

/** A row is a plain object: column name → value, as `values.ts` reads it. */
export type Row = Record<string, unknown>;

/** One open connection. Every method rejects with a `DatabaseError`. */
export interface Database {
  /** Runs a statement; returns the number of affected rows (0 for DDL). */
  execute(statement: string, parameters?: readonly Parameter[]): Promise<number>;

  /** Runs a statement once for each row of parameters, in order, and stops at the first error. */
  executeMany(statement: string, rows: readonly (readonly Parameter[])[]): Promise<number>;

  /** Runs a query; returns its rows. */
  query(statement: string, parameters?: readonly Parameter[]): Promise<Row[]>;

  /** Commits when `work` succeeds. Rolls back, and rethrows, when it does not. */
  transaction<Result>(work: () => Promise<Result>): Promise<Result>;

  /** Closes the connection. Closing twice does no harm. */
  close(): Promise<void>;
}

/** What a driver file exports: `connect`. It rejects with whatever the library reports. */
export interface Driver {
  connect(attempt: ConnectionAttempt): Promise<Database>;
}
