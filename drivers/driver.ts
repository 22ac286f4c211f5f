/**
 * What `$1`, `$2`, … in a statement may stand for. For json and jsonb, pass `JSON.stringify(value)`:
 * an array is an array of PostgreSQL, and `[]` would become `{}`.
 */
export type Value = string | number | boolean | null | Date | readonly Value[];

export interface Result<Row> {
  /** Plain objects: column name → value. */
  readonly rows: Row[];
  /** How many rows were affected or returned; 0 for DDL. */
  readonly count: number;
  /** What the server did, in one word: INSERT, CREATE, COMMIT. */
  readonly command: string;
}

/**
 * One open connection, for one task at a time: a web server needs a pool. If the server ends it, every
 * later query fails; connect again.
 */
export interface Database {
  /**
   * Sends a statement. `query<Book>(…)` says which columns its rows have. Of several statements in one
   * text, the result is the last one's, if that returns rows. If it returns none, only `command` is certain:
   * postgres.js leaves the rows and the count of an earlier one. Send them one by one.
   */
  query<Row extends object = Record<string, unknown>>(
    statement: string,
    values?: readonly Value[],
  ): Promise<Result<Row>>;
  close(): Promise<void>;
}

/** What a driver file exports. The options are those of its library. */
export interface Driver {
  connect(url: string, options?: object): Promise<Database>;
}

const inTransaction = new WeakSet<Database>();

/** Commits if `work` succeeds; rolls back and rethrows if it throws. */
export async function transaction<T>(db: Database, work: () => Promise<T> | T): Promise<T> {
  if (inTransaction.has(db)) throw new Error("A transaction is open already.");
  inTransaction.add(db);
  try {
    await db.query("BEGIN");
    const result = await work();
    const { command } = await db.query("COMMIT");
    // PostgreSQL rolls back at COMMIT if a query had failed, even if its error was caught.
    if (command === "ROLLBACK") throw new Error("Rolled back: a query in the transaction failed.");
    return result;
  } catch (error) {
    await db.query("ROLLBACK").catch(() => {});
    throw error;
  } finally {
    inTransaction.delete(db);
  }
}
