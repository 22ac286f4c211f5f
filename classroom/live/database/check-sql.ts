import { splitStatements } from "../../../runner/page/sql/parse/split-statements.ts";
import type { Problem } from "../questions.ts";
import { askWith, placeIn } from "./ask-database.ts";

/** Statements that are checked. */
const MOST = 200;
/** Even to read a statement, the server waits for a table that a transaction has locked. */
const LOCK_MS = 500;
const DEADLINE_MS = 3000;
/** PostgreSQL's code for a syntax error. */
const SYNTAX = "42601";
/** Only psql replaces these: `:name`, `:'name'`, `:"name"`. */
const variable = /(^|[^:]):['"A-Za-z_]/;

/** Finds the syntax errors in a script of SQL. The server reads its statements, and executes none. */
export async function checkSql(url: string, script: string): Promise<Problem[]> {
  const problems: Problem[] = [];
  await askWith(url, DEADLINE_MS, async (db, sql) => {
    await db.query(`SET lock_timeout = ${LOCK_MS}`);
    let from = 0;
    for (const part of splitStatements(script).slice(0, MOST)) {
      if (part.kind !== "statement") continue;
      const { text } = part;
      const start = script.indexOf(text, from);
      if (start < 0 || variable.test(text)) continue; // psql puts it together
      from = start + text.length;
      const before = script.slice(0, start).split("\n");
      await sql
        .unsafe(text)
        .describe()
        .catch((error: unknown) => {
          const { code, message }: Readonly<Record<string, unknown>> =
            error instanceof Error ? { ...error, message: error.message } : {};
          if (code !== SYNTAX) return; // a table may be made before it
          const place = placeIn(text, error);
          const line = before.length - 1 + place.line;
          const indent = place.line === 1 ? (before.at(-1) ?? "").length : 0;
          const column = indent + place.column;
          problems.push({ line, column, text: String(message), isError: true });
        });
    }
  });
  return problems;
}
