import { withoutStrings } from "../../../common/sql-text.ts";
import { connect } from "../../../connection/connect.ts";
import { CONNECTION_LOST, databaseError } from "../../../connection/errors.ts";
import { formatMessage, isNotice, readMessage } from "../print/server-message.ts";
import type { SqlError, SqlResult } from "../sql-result.ts";
import { openPg, openPostgres, type Wire } from "./wire.ts";

/** One connection, for one statement at a time. */
export interface SqlSession {
  /**
   * Send one statement by the simple protocol.
   * @returns what the server answered; where the connection is gone, an error with the severity FATAL
   */
  send(sql: string): Promise<SqlResult>;
  close(): Promise<void>;
}

/** What a page may switch off (`SET statement_timeout = 0`) is given up this much later, in milliseconds. */
const GRACE = 2000;

/** Neither library gives or takes rows without a stream. */
export function copiesRows(sql: string): boolean {
  return /^\s*COPY\b.*\b(?:FROM|TO)\s+(?:STDIN|STDOUT)\b/is.test(withoutStrings(sql));
}

const copyRefused: SqlError = {
  severity: "ERROR",
  message: "COPY from stdin or to stdout is not supported here",
  code: "0A000",
};

/**
 * Connect to a database for the SQL of a page.
 * @param options `statementTimeout`: milliseconds, after which the server cancels a statement; `onUnusable`: called
 * once, when the connection can send no more
 * @throws DatabaseError if the server cannot be reached; SetupError for a bad connection string
 */
export async function openSqlSession(
  driver: "pg" | "postgres",
  url: string,
  { statementTimeout, onUnusable }: { statementTimeout: number; onUnusable?: () => void },
): Promise<SqlSession> {
  let statement = "";
  let notices: string[] = [];
  let isOpen = false; // a login that fails is told by `connect`
  let isLost = false;
  const lose = () => {
    if (isLost) return;
    isLost = true;
    onUnusable?.();
  };
  const onNotice = (fields: object) => {
    const message = readMessage(fields);
    if (isNotice(message)) notices.push(formatMessage(message, statement));
  };

  const wires: Wire[] = [];
  const database = await connect(
    {
      async connect(target, options) {
        const open = driver === "pg" ? openPg : openPostgres;
        const wire = await open(target, options, onNotice, () => isOpen && lose());
        wires.push(wire);
        return {
          async query(sql) {
            await wire.send(sql);
            return { rows: [], count: 0, command: "" };
          },
          close: wire.close,
        };
      },
    },
    url,
    { usesPg: driver === "pg" },
  );
  const wire = wires.at(-1);
  if (!wire) throw new Error("The driver did not connect.");
  isOpen = true;
  await database.query(`SET statement_timeout = ${statementTimeout}`);

  return {
    async send(sql) {
      statement = sql;
      notices = [];
      const failed = (error: SqlError): SqlResult => ({
        statement: sql,
        columns: undefined,
        rows: [],
        tag: "",
        notices,
        error,
      });
      if (isLost) return failed(connectionLost);
      if (copiesRows(sql)) return failed(copyRefused);
      const timer = setTimeout(wire.destroy, statementTimeout + GRACE);
      try {
        return { statement: sql, ...(await wire.send(sql)), notices };
      } catch (cause) {
        const error = readMessage(cause);
        const isGone = error.severity === "FATAL" || error.severity === "PANIC";
        if (!isGone && databaseError("query", cause).code !== CONNECTION_LOST) return failed(error);
        lose();
        return failed(connectionLost);
      } finally {
        clearTimeout(timer);
      }
    },
    async close() {
      isOpen = false;
      await database.close();
    },
  };
}

const connectionLost: SqlError = {
  severity: "FATAL",
  message: "the connection was closed before the statement was done",
  code: CONNECTION_LOST,
};
