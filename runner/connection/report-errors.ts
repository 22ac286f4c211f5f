import { channel } from "node:diagnostics_channel";
import type { Database, Result, Value } from "../../drivers/driver.ts";
import { withinLimit } from "../common/within-limit.ts";
import { CONNECTION_LOST, copyRefused, DatabaseError, databaseError } from "./errors.ts";

/** A statement that a driver sent, and its outcome. */
export interface SentStatement {
  readonly text: string;
  readonly values: readonly Value[];
  /** Milliseconds until the answer was there. */
  readonly duration: number;
  /** The number of rows; undefined after an error. */
  readonly rows: number | undefined;
  /** The code and the message of an error. */
  readonly error: string | undefined;
}

/** Every statement that is sent is published here, for subscribers in the same process. */
export const sentStatements = channel("neon-typescript-guide:sent-statements");

const CLOSE_LIMIT_MS = 1000;

/**
 * Wrap a connection so that it behaves the same with every library: its errors are DatabaseErrors that
 * point at the calling line, a query waits for the one before it, and what is closed or lost stays so.
 */
export function reportErrors(db: Database): Database {
  let end: DatabaseError | undefined;
  let isClosed = false;
  let previous: Promise<unknown> = Promise.resolve();

  return {
    query<Row extends object>(statement: string, values: readonly Value[] = []) {
      const caller = new Error();
      Error.captureStackTrace(caller, this.query); // the first line of the stack is the caller's
      const answer = previous.then(async () => {
        try {
          if (end) throw end;
          if (typeof statement !== "string") throw notAStatement(statement);
          const result = await publish(statement, values, () => db.query<Row>(statement, values));
          if (result.command === "COPY") throw copyRefused();
          return result;
        } catch (cause) {
          const error = databaseError("query", cause);
          if (error.code === CONNECTION_LOST) end ??= error;
          throw pointAt(caller, error);
        }
      });
      previous = answer.catch(() => {});
      return answer;
    },

    async close() {
      if (isClosed) return;
      isClosed = true;
      end = new DatabaseError("query", "CONNECTION_CLOSED", "close() was called.");
      await withinLimit(db.close(), CLOSE_LIMIT_MS, () => new Error("late")).catch(() => {});
    },
  };
}

/** JavaScript may pass anything, and the libraries fail in different ways. */
function notAStatement(value: never): DatabaseError {
  const message = `The statement is ${typeof value}, not text.`;
  return new DatabaseError("query", "INVALID_STATEMENT", message);
}

async function publish<Row>(
  text: string,
  values: readonly Value[],
  send: () => Promise<Result<Row>>,
): Promise<Result<Row>> {
  if (!sentStatements.hasSubscribers) return send();
  const started = performance.now();
  const tell = (rows?: number, error?: string): void => {
    const duration = performance.now() - started;
    sentStatements.publish({ text, values, duration, rows, error } satisfies SentStatement);
  };
  try {
    const result = await send();
    tell(result.count);
    return result;
  } catch (cause) {
    const { code, message } = databaseError("query", cause);
    tell(undefined, `${code}: ${message}`);
    throw cause;
  }
}

/**
 * The same error with the stack of the call that failed, which a library's own stack does not show. A new
 * one: postgres.js locks the stack of its errors.
 */
function pointAt(caller: Error, { phase, code, message }: DatabaseError): DatabaseError {
  const error = new DatabaseError(phase, code, message);
  const frames = (caller.stack ?? "").split("\n").slice(1);
  error.stack = [`${error.name}: ${error.message}`, ...frames].join("\n");
  return error;
}
