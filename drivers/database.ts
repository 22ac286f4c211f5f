import { setTimeout as sleep } from "node:timers/promises";
import { CONNECTION_LOST, DatabaseError, databaseError } from "../runner/connection/errors.ts";
import { sendAndTell } from "../runner/connection/sent-statements.ts";
import type { Database, Parameter, Statements } from "./driver.ts";
import { parameterText } from "./values.ts";

/** What the server answered to one statement. */
export interface Answer<Shape extends object> {
  readonly rows: readonly Shape[];
  /** Affected rows; null where the command has no count. */
  readonly count: number | null;
  /** The command tag's first words, such as UPDATE or CREATE TABLE. */
  readonly command: string;
}

/** The little that differs between the libraries. */
export interface Connection {
  send<Shape extends object>(statement: string, values: (string | null)[]): Promise<Answer<Shape>>;
  /** Says goodbye to the server. */
  close(): Promise<void>;
  /** Drops the connection at once, whatever is going on. */
  destroy(): void;
}

/** Seconds after which a statement without an answer is given up: a stalled proxy never says so. */
const STATEMENT_LIMIT = 20;
const CLOSE_LIMIT = 1;

const endsConnection = new Set([
  CONNECTION_LOST,
  "STATEMENT_TIMEOUT",
  "INVALID_RESPONSE",
  "COPY_NOT_SUPPORTED",
]);

/** Sends to one connection. */
interface Sender {
  /** One statement at a time: whatever is sent meanwhile waits. */
  send<Shape extends object>(
    statement: string,
    parameters?: readonly Parameter[],
  ): Promise<Answer<Shape>>;
  close(): Promise<void>;
}

/** Builds the interface of `driver.ts` on a connection: the same behaviour for every library. */
export function openDatabase(connection: Connection): Database {
  const sender = openSender(connection);
  const statements = statementsOf(sender);
  let inTransaction = false;

  return {
    ...statements,

    async transaction(work) {
      if (inTransaction) {
        throw new DatabaseError("query", "25001", "A transaction is open already.");
      }
      inTransaction = true;
      try {
        await sender.send("BEGIN");
        const result = await work(statements).catch(async (error: unknown) => {
          await sender.send("ROLLBACK").catch(() => {});
          throw error;
        });
        await commit(sender);
        return result;
      } finally {
        inTransaction = false;
      }
    },

    close: sender.close,
  };
}

function statementsOf({ send }: Sender): Statements {
  return {
    async execute(statement, parameters) {
      return (await send(statement, parameters)).count ?? 0;
    },

    async executeMany(statement, rows) {
      let count = 0;
      for (const row of rows) count += (await send(statement, row)).count ?? 0;
      return count;
    },

    async query<Shape extends object>(statement: string, parameters?: readonly Parameter[]) {
      return (await send<Shape>(statement, parameters)).rows.map((row) => ({ ...row }));
    },
  };
}

async function commit({ send }: Sender): Promise<void> {
  const { command } = await send("COMMIT");
  // The server answers COMMIT with ROLLBACK where a statement had failed and was caught.
  if (command === "ROLLBACK") {
    const message = "The transaction was rolled back, because a statement in it failed.";
    throw new DatabaseError("query", "25P02", message);
  }
}

/** A connection that is lost stays lost: nothing reconnects silently. */
function openSender(connection: Connection): Sender {
  let lost: DatabaseError | undefined;
  let closed = false;
  let previous: Promise<unknown> = Promise.resolve();

  return {
    send<Shape extends object>(statement: string, parameters: readonly Parameter[] = []) {
      const caller = new Error();
      const answer = previous.then(async () => {
        try {
          if (closed) throw new DatabaseError("query", "CONNECTION_CLOSED", "close() was called.");
          if (lost) throw lost;
          const values = parameters.map(parameterText);
          return await sendAndTell(statement, values, () =>
            withinLimit(connection.send<Shape>(statement, values)),
          );
        } catch (cause) {
          const error = databaseError("query", cause);
          if (endsConnection.has(error.code)) lost = error;
          throw pointAt(caller, error);
        }
      });
      previous = answer.catch(() => {});
      return answer;
    },

    async close() {
      if (closed) return;
      closed = true;
      const farewell = connection.close().catch(() => {});
      if (!lost) await Promise.race([farewell, sleep(CLOSE_LIMIT * 1000, null, { ref: false })]);
      connection.destroy();
    },
  };
}

async function withinLimit<Result>(answer: Promise<Result>): Promise<Result> {
  const stop = new AbortController();
  const limit = sleep(STATEMENT_LIMIT * 1000, null, { signal: stop.signal }).then(() => {
    const message = `The server did not answer within ${STATEMENT_LIMIT} s.`;
    throw new DatabaseError("query", "STATEMENT_TIMEOUT", message);
  });
  limit.catch(() => {});
  try {
    return await Promise.race([answer, limit]);
  } finally {
    stop.abort();
  }
}

/**
 * The same error with the stack of the call that failed, which a library's own stack does not show.
 * A new one: postgres.js locks the stack of the errors that it has rejected with.
 */
function pointAt(caller: Error, { phase, code, message }: DatabaseError): DatabaseError {
  const error = new DatabaseError(phase, code, message);
  const frames = (caller.stack ?? "").split("\n").slice(1);
  error.stack = [`${error.name}: ${error.message}`, ...frames].join("\n");
  return error;
}
