import type { Database } from "../../drivers/driver.ts";
import * as driver from "../../drivers/postgres.ts"; // it loads in half the time of pg
import { Failure, messageOf } from "../common/failure.ts";
import { withinLimit } from "../common/within-limit.ts";
import { type ConnectOptions, connect } from "../connection/connect.ts";
import { withDatabase } from "../connection/connection-uri.ts";
import { DatabaseError } from "../connection/errors.ts";

/** Connections for the runner's own work on a server. */
export interface Pool {
  /**
   * Does a piece of work on a connection that nothing else uses meanwhile.
   * @throws Failure of kind "database"
   */
  withConnection<Result>(work: (db: Database) => Promise<Result>): Promise<Result>;
  /** Connects to another database of the server. The caller closes the connection. */
  openIn(database: string): Promise<Database>;
  /** Closes the idle connections. */
  close(): Promise<void>;
}

/** What a network that went silent may cost. The copy of a large database takes long, too. */
const ANSWER_LIMIT_MS = 120_000;

/** Pieces of work come in bursts, and logging in costs more than most of them. */
const IDLE_LIMIT_MS = 100;

/**
 * Connects when there is something to do. Nothing is held open while the steps run, or while a
 * reader reads: a compute that could sleep does.
 * @param onRetry is told of each failed attempt to connect that will be tried again
 * @param limit milliseconds for the answer to a statement
 */
export function openPool(
  url: string,
  onRetry: (message: string) => void = () => {},
  limit = ANSWER_LIMIT_MS,
): Pool {
  const idle = new Map<Database, NodeJS.Timeout>();

  async function open(target: string, options: ConnectOptions = {}): Promise<Database> {
    const db = await connect(driver, target, options);
    return {
      query: (statement, values) => inTime(db.query(statement, values), limit),
      close: () => db.close(),
    };
  }

  async function take(): Promise<Database> {
    const [db] = idle.keys();
    if (!db) return open(url, { onRetry: ({ message }) => onRetry(message) });
    clearTimeout(idle.get(db));
    idle.delete(db);
    return db;
  }

  async function release(db: Database): Promise<void> {
    clearTimeout(idle.get(db));
    idle.delete(db);
    await db.close();
  }

  return {
    async withConnection(work) {
      try {
        const db = await take();
        const result = await work(db).catch(async (error) => {
          await db.close(); // the connection may be the cause
          throw error;
        });
        const timer = setTimeout(() => void release(db), IDLE_LIMIT_MS);
        idle.set(db, timer);
        return result;
      } catch (error) {
        throw databaseFailure(error);
      }
    },

    openIn: (database) => open(withDatabase(url, database)),

    async close() {
      await Promise.all([...idle.keys()].map(release));
    },
  };
}

/**
 * Waits for a server, which may be gone without a word.
 * @param limit milliseconds
 * @throws Failure of kind "database"
 */
export function inTime<Result>(work: Promise<Result>, limit: number): Promise<Result> {
  const message = `The server did not answer within ${limit / 1000} s.`;
  return withinLimit(work, limit, () => new Failure("database", message));
}

export function databaseFailure(error: unknown): Failure {
  if (error instanceof Failure) return error;
  const code = error instanceof DatabaseError ? `${error.code}: ` : "";
  const message = `The database cannot be used. ${code}${messageOf(error)}`;
  return new Failure("database", message, { cause: error });
}
