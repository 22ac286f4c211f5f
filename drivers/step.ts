import { connect } from "../runner/connection/connect.ts";
import { parseConnectionString } from "../runner/connection/connection-string.ts";
import { chosenDriver, connectionString, isScratch } from "../runner/connection/step-settings.ts";
import type { Database } from "./driver.ts";
import { drivers } from "./drivers.ts";

export { DatabaseError, StepFailure } from "../runner/connection/errors.ts";
export { type Database, transaction } from "./driver.ts";

/** What to try, by the code of an error: an SQLSTATE, or one of Node's codes. */
export type Hints = Readonly<Record<string, string>>;

const END_MS = 1000;
let ending: NodeJS.Timeout | undefined;

/**
 * Connect as DATABASE_URL and `--driver` say, do the step's work, and close the connection. A failure is
 * printed on stderr, and the process exits with 1. What goes on for more than a second afterwards is ended,
 * and is a failure, too.
 * @param hints added to the message of an error with that code
 */
export async function step(
  work: (db: Database) => Promise<void>,
  hints: Hints = {},
): Promise<void> {
  clearTimeout(ending);
  process.once("exit", failUnfinished);
  const file = process.argv[1] ?? "";
  try {
    await run(file, work);
  } catch (error) {
    const { explain } = await import("../runner/connection/explain.ts");
    console.error(explain(error, hints, file));
    process.exitCode = 1;
  }
  process.off("exit", failUnfinished);
  ending = setTimeout(endWhatIsLeft, END_MS).unref();
}

function endWhatIsLeft(): never {
  if (!process.exitCode) {
    console.error(
      "The step went on for a second after its work was done, and was ended. Do all of its work in step(…), and close what it opens.",
    );
  }
  process.exit(1);
}

/** A process whose work never settles would exit with 0. */
function failUnfinished(code: number): void {
  if (code !== 0) return;
  console.error("The step ended before its work was done.");
  process.exitCode = 1;
}

async function run(file: string, work: (db: Database) => Promise<void>): Promise<void> {
  const { name, load } = await chosenDriver(file, drivers);
  const settings = parseConnectionString(await connectionString(file));
  const variables = { ...process.env };
  const db = await connect(await load(), settings, { usesPg: name === "pg" });
  Object.assign(process.env, variables); // for a step that connects once more, the libraries' own way
  try {
    if (isScratch(settings.database)) return await work(db);
    // In a database of the reader's own, all has to be the guide's.
    const { protectingObjects } = await import("../runner/connection/guide-objects.ts");
    await protectingObjects(db, work, file);
  } finally {
    await db.close();
  }
}
