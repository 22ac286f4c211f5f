import { connect } from "../../drivers/connect.ts";
import type { Database } from "../../drivers/driver.ts";
import { DatabaseError } from "../../drivers/errors.ts";
import * as driver from "../../drivers/postgres.ts"; // it loads in half the time of pg
import { Failure, messageOf } from "../failure.ts";

/** The runner's own work on a server, piece by piece. */
export interface Visits {
  /**
   * Does a piece of work. Pieces come one after the other.
   * @throws Failure of kind "database"
   */
  visit<Result>(work: (db: Database) => Promise<Result>): Promise<Result>;
  /** Closes the connection, if there is one. */
  close(): Promise<void>;
}

/** Logging in costs more than most pieces of work, and they come in bursts. */
const LINGER_MS = 100;

/**
 * Pieces of work that come together share a connection. Nothing is held open while the steps run, or
 * while a reader reads: a compute that could sleep does.
 * @param onRetry is told of each failed attempt to connect that will be tried again
 */
export function openVisits(url: string, onRetry: (message: string) => void = () => {}): Visits {
  let connection: Promise<Database> | undefined;
  let timer: NodeJS.Timeout | undefined;
  let previous: Promise<unknown> = Promise.resolve();
  let pending = 0;

  async function close(): Promise<void> {
    clearTimeout(timer);
    const closing = connection;
    connection = undefined;
    await closing?.then((db) => db.close()).catch(() => {});
  }

  return {
    async visit(work) {
      clearTimeout(timer);
      pending++;
      connection ??= connect(driver, url, ({ message }) => onRetry(message));
      const open = connection;
      const result = previous.then(async () => work(await open));
      previous = result.catch(() => {});
      try {
        return await result;
      } catch (error) {
        if (pending === 1) await close(); // it may be the connection's fault
        throw failureOf(error);
      } finally {
        if (--pending === 0) timer = setTimeout(close, LINGER_MS);
      }
    },
    close,
  };
}

function failureOf(error: unknown): Failure {
  if (error instanceof Failure) return error;
  const code = error instanceof DatabaseError ? `${error.code}: ` : "";
  return new Failure("database", `The database cannot be used. ${code}${messageOf(error)}`);
}
