import { basename } from "node:path";
import { guideCommand, isInstalled } from "../runner/common/project.ts";
import { connect } from "../runner/connection/connect.ts";
import { databaseUrl } from "../runner/connection/environment.ts";
import { DatabaseError, SetupError, StepFailure } from "../runner/connection/errors.ts";
import {
  missingTableHint,
  type OwnTables,
  ownTablesOf,
  withOwnTables,
} from "../runner/connection/own-tables.ts";
import { chosenDriver } from "./choose-driver.ts";
import type { Database } from "./driver.ts";

export { DatabaseError, StepFailure } from "../runner/connection/errors.ts";
export type { Database, Row, Statements } from "./driver.ts";

/** What to try, by the code of an error: an SQLSTATE, or one of Node's codes. */
export type Hints = Readonly<Record<string, string>>;

/**
 * Connects as DATABASE_URL and `--driver` say, does the step's work, and closes the connection. A
 * table of the reader's own is left alone, whatever the step does: see `own-tables.ts`. A failure is printed on stderr, and the process exits with 1.
 */
export async function step(
  work: (db: Database) => Promise<void>,
  hints: Hints = {},
): Promise<void> {
  let tables: OwnTables = { names: [], firstStep: "" };
  let finished = false;
  process.once("exit", (code) => {
    if (finished || code !== 0) return;
    console.error("The step ended before its work was done.");
    process.exitCode = 1;
  });

  try {
    const file = process.argv[1] ?? "";
    tables = ownTablesOf(file);
    const db = await connect(await chosenDriver(file), chosenUrl());
    await withOwnTables(db, tables, work).finally(() => db.close());
  } catch (error) {
    const hint = error instanceof DatabaseError && missingTableHint(error, tables);
    console.error(explain(error, hint ? { ...hints, "42P01": hint } : hints));
    process.exitCode = 1;
  }
  finished = true;
}

const envAdvice = isInstalled
  ? "Put your connection string into .env"
  : "Copy .env.example to .env and put your connection string there";

function chosenUrl(): string {
  const url = databaseUrl();
  if (url) return url;
  throw new SetupError(
    `DATABASE_URL is not set. ${envAdvice}, or run the whole guide without one: ${guideCommand}`,
  );
}

function explain(error: unknown, hints: Hints): string {
  if (error instanceof SetupError) return error.message;
  if (error instanceof StepFailure) return `Query failed.\n${error.message}`;
  if (error instanceof DatabaseError) {
    const failure = error.phase === "connect" ? "Connection failed." : "Query failed.";
    const hint = hints[error.code];
    return `${failure}\n${error.code}: ${error.message}${lineOf(error)}${hint ? `\n${hint}` : ""}`;
  }
  // Not the database's fault: the stack shows where the step itself went wrong.
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

/** The line of the step whose statement failed. */
function lineOf(error: DatabaseError): string {
  const file = basename(process.argv[1] ?? "");
  const frame = error.stack?.split("\n").find((line) => line.includes(`${file}:`));
  const line = frame && /:(\d+):\d+\)?$/.exec(frame)?.[1];
  return line ? ` (${file}, line ${line})` : "";
}
