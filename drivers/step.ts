import { basename } from "node:path";
import { parseArgs } from "node:util";
import { connect } from "./connect.ts";
import { databaseUrl } from "./connection/environment.ts";
import { DatabaseError, SetupError, StepFailure } from "./connection/errors.ts";
import type { Database, Driver } from "./driver.ts";
import { drivers } from "./drivers.ts";
import { missingTableHint, type OwnTables, ownTablesOf, withOwnTables } from "./own-tables.ts";

export { StepFailure } from "./connection/errors.ts";

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
    tables = ownTablesOf(process.argv[1] ?? "");
    const db = await connect(await chosenDriver(), chosenUrl());
    await withOwnTables(db, tables, work).finally(() => db.close());
  } catch (error) {
    const hint = error instanceof DatabaseError && missingTableHint(error, tables);
    console.error(explain(error, hint ? { ...hints, "42P01": hint } : hints));
    process.exitCode = 1;
  }
  finished = true;
}

function chosenDriver(): Promise<Driver> {
  const names = Object.keys(drivers);
  const usage = `Choose one with --driver ${names.join(" or --driver ")}.`;
  try {
    const { values } = parseArgs({ options: { driver: { type: "string", default: "pg" } } });
    const load = names.includes(values.driver) && drivers[values.driver];
    if (load) return load();
    throw new SetupError(`There is no driver "${values.driver}". ${usage}`);
  } catch (error) {
    if (error instanceof SetupError || !(error instanceof Error)) throw error;
    throw new SetupError(`${error.message.split(". ")[0]}. ${usage}`);
  }
}

function chosenUrl(): string {
  const url = databaseUrl();
  if (url) return url;
  throw new SetupError(
    "DATABASE_URL is not set. Copy .env.example to .env and put your connection string there, or run the whole guide without one: npx tsx run-guide.ts",
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
