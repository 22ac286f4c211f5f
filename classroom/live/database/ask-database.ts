import postgres from "postgres";
import type { Database, Driver } from "../../../drivers/driver.ts";
import { messageOf } from "../../../runner/common/failure.ts";
import { hideSecrets } from "../../../runner/common/secrets.ts";
import { withoutComments } from "../../../runner/common/sql-text.ts";
import { visible } from "../../../runner/common/visible.ts";
import { withinLimit } from "../../../runner/common/within-limit.ts";
import { connect } from "../../../runner/connection/connect.ts";
import { type Asked, shorten } from "../messages.ts";
import { keepSequences } from "./keep-sequences.ts";

export const ROWS_SHOWN = 1000;
/** Characters of a value. */
const CELL_SHOWN = 2000;
/** The OID of boolean in pg_type. */
const BOOLEAN = 16;
const STATEMENT_MS = 5000;
/** If the server doesn't end the statement. */
const DEADLINE_MS = 8000;

/**
 * Asks a database one statement, in a transaction that is rolled back. What rolling back leaves, such as the
 * next value of a sequence, is put back as well.
 * @param url of a role that may do what the steps may
 */
export async function askDatabase(url: string, statement: string): Promise<Asked> {
  const refusal = refusalOf(statement);
  if (refusal) return { kind: "refused", message: refusal, line: 0, column: 0 };
  try {
    return await askWith(url, DEADLINE_MS, (db, sql) => askAndRollBack(url, db, sql, statement));
  } catch (error) {
    return refusedBy(error, statement);
  }
}

/**
 * Connects with a driver that can describe a statement, asks, and closes the connection.
 * @param limit milliseconds for the asking
 * @throws DatabaseError, what the driver throws, or an Error where it takes longer
 */
export async function askWith<Result>(
  url: string,
  limit: number,
  ask: (db: Database, sql: postgres.Sql) => Promise<Result>,
): Promise<Result> {
  const { db, sql } = await openForQuestions(url);
  const late = () => new Error("It took too long, and was ended.");
  return withinLimit(ask(db, sql), limit, late).finally(() => db.close());
}

/** A transaction of their own would outlive ours. COPY's answer is a stream. */
function refusalOf(statement: string): string {
  const plain = withoutComments(statement).trim();
  if (plain === "") return "There is no statement.";
  if (/^copy\b/i.test(plain)) return "COPY needs a stream. Write a SELECT.";
  if (plain.startsWith("\\")) return "That is a command of psql, and not SQL. Write a SELECT.";
  const isControl =
    /^(begin|start|commit|end|rollback|abort|savepoint|release|prepare\s+transaction|set\s+(local\s+)?transaction|set\s+session\s+characteristics)\b/i;
  if (!isControl.test(plain)) return "";
  return "Every question has a transaction of its own, which is rolled back. Ask without BEGIN, COMMIT and ROLLBACK.";
}

/** Connects with a driver that can describe a statement without executing it. */
async function openForQuestions(url: string) {
  let sql: postgres.Sql | undefined;
  const driver: Driver = {
    async connect(address, options): Promise<Database> {
      const opened = postgres(address, {
        max: 1,
        max_lifetime: null,
        fetch_types: false,
        onnotice: () => {},
        ...options,
      });
      sql = opened;
      await opened`SELECT 1`;
      return {
        async query<Row extends object>(text: string) {
          const rows = await opened.unsafe<Row[]>(text);
          return { rows: [...rows], count: rows.count ?? 0, command: rows.command };
        },
        close: () => opened.end({ timeout: 0 }), // ends a statement that is still running
      };
    },
  };
  const db = await connect(driver, url);
  if (!sql) throw new Error("The driver did not connect.");
  return { db, sql };
}

async function askAndRollBack(
  url: string,
  db: Database,
  sql: postgres.Sql,
  text: string,
): Promise<Asked> {
  const putBack = await keepSequences(db);
  await db.query("BEGIN");
  try {
    await db.query(`SET LOCAL statement_timeout = ${STATEMENT_MS}`);
    const started = performance.now();
    // With the extended protocol, the server takes one statement: no COMMIT can follow it.
    const { columns } = await sql.unsafe(text).describe();
    const cells: (string | null)[][] = [];
    const take = (rows: readonly object[]) => {
      for (const row of rows) {
        cells.push(Object.values(row).map((value, index) => cellOf(value, columns[index]?.type)));
      }
    };
    const query = sql.unsafe(text).raw();
    const last = await query.cursor(ROWS_SHOWN + 1, (rows) => {
      take(rows);
      return cells.length > ROWS_SHOWN ? sql.CLOSE : undefined;
    });
    // What has no number of rows, such as EXPLAIN, gives its rows only at the end.
    if (!last.count) take(last);
    return {
      kind: "answered",
      columns: columns.map(({ name }) => visible(name)),
      rows: cells.slice(0, ROWS_SHOWN),
      hasMore: cells.length > ROWS_SHOWN,
      count: columns.length > 0 ? Math.min(cells.length, ROWS_SHOWN) : (last.count ?? 0),
      command: last.command,
      duration: Math.round((performance.now() - started) * 10) / 10,
    };
  } finally {
    try {
      await db.query("ROLLBACK");
      await db.query("SELECT pg_advisory_unlock_all()");
      await putBack(db);
    } catch {
      await askWith(url, DEADLINE_MS, putBack); // the statement has ended its own connection
    }
  }
}

/** @param type the OID of the column's type */
function cellOf(value: unknown, type: number | undefined): string | null {
  if (!Buffer.isBuffer(value) && !(value instanceof Uint8Array)) return null;
  const text = Buffer.from(value).toString("utf8");
  // The server sends t or f. Where the page shows a table, it is a word.
  if (type === BOOLEAN) return text === "t" ? "true" : "false";
  return visible(shorten(hideSecrets(text), CELL_SHOWN));
}

function refusedBy(error: unknown, statement: string): Asked {
  const fields: Readonly<Record<string, unknown>> = error instanceof Error ? { ...error } : {};
  const { code, hint, detail } = fields;
  const parts = [messageOf(error), detail, hint].filter((one) => typeof one === "string" && one);
  const message =
    code === "42601" && /multiple commands/.test(messageOf(error))
      ? "One statement at a time."
      : code === "08P01"
        ? "Write the values in place of $1, $2 and so on."
        : code === "57014"
          ? `It took more than ${STATEMENT_MS / 1000} s, and was ended.`
          : parts.join(" · ");
  return {
    kind: "refused",
    message: visible(message),
    ...placeIn(statement, error),
  };
}

/** Finds where in a statement the server found an error. Both are 0 if it did not say that. */
export function placeIn(statement: string, error: unknown) {
  const position = error instanceof Error && "position" in error ? Number(error.position) : 0;
  if (!(position > 0)) return { line: 0, column: 0 };
  // PostgreSQL counts characters, and JavaScript halves of some of them.
  const lines = [...statement]
    .slice(0, position - 1)
    .join("")
    .split("\n");
  return { line: lines.length, column: (lines.at(-1) ?? "").length + 1 };
}
