import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Database } from "../../drivers/driver.ts";
import { type DatabaseError, SetupError, StepFailure } from "./errors.ts";

/** The comment by which a guide knows the tables that it has made. */
const mark = "Made by the Neon guide";

/** What a guide's `guide.json` says about its tables. */
export interface OwnTables {
  /** The tables that its steps make, change and replace. */
  readonly names: readonly string[];
  /** The step that comes first, and so makes them. */
  readonly firstStep: string;
}

/**
 * Reads `guide.json` in the folder of a step.
 * @returns no tables for a step that belongs to no guide
 * @throws SetupError for one that cannot be read: nobody knows then which tables are the guide's
 */
export function ownTablesOf(stepFile: string): OwnTables {
  const file = join(dirname(stepFile), "guide.json");
  if (!existsSync(file)) return { names: [], firstStep: "" };
  try {
    const { tables = [], runs = [], setup = [] } = JSON.parse(readFileSync(file, "utf8"));
    return { names: tables.map(String), firstStep: String([...setup, ...runs][0]) };
  } catch {
    throw new SetupError(`${file} cannot be read, and it names the guide's tables. Fix it.`);
  }
}

/**
 * Does a step's work in a database that may have tables of the reader's own: one that has the name
 * of a guide's table, and no mark, is never touched. What the work makes gets the mark.
 * @throws StepFailure where there is such a table, before anything is done
 */
export async function withOwnTables(
  db: Database,
  { names }: OwnTables,
  work: (db: Database) => Promise<void>,
): Promise<void> {
  if (names.length === 0) return work(db);
  const [foreign] = await unmarkedTables(db, names);
  if (foreign) {
    throw new StepFailure(
      `There is a table named ${foreign} that this guide did not make. It was left as it is. Rename it, or use another database.`,
    );
  }
  try {
    await work(db);
  } catch (error) {
    await markNew(db, names).catch(() => {}); // the work's own failure is the one to tell
    throw error;
  }
  await markNew(db, names);
}

/**
 * Finds the tables that have one of these names and no mark. A name stands for the table that SQL finds
 * by it without quotes, which is `books` for `Books`, and for the one of exactly this name.
 * @returns their names, quoted where SQL needs it
 */
export async function unmarkedTables(db: Database, names: readonly string[]): Promise<string[]> {
  const found = await db.query<{ name: string }>(
    `SELECT DISTINCT found::text AS name
     FROM unnest($1::text[]) AS name,
       unnest(ARRAY[to_regclass(name), to_regclass(quote_ident(name))]) AS found
     WHERE found IS NOT NULL AND obj_description(found, 'pg_class') IS DISTINCT FROM $2`,
    [names, mark],
  );
  return found.map(({ name }) => name);
}

async function markNew(db: Database, names: readonly string[]): Promise<void> {
  for (const name of await unmarkedTables(db, names)) {
    await db.execute(`COMMENT ON TABLE ${name} IS '${mark}'`);
  }
}

/** What to try where a step misses a table that an earlier step of its guide makes. */
export function missingTableHint(error: DatabaseError, { names, firstStep }: OwnTables): string {
  const missing = error.code === "42P01" && /"([^"]+)"/.exec(error.message)?.[1];
  if (!missing || !names.includes(missing)) return "";
  return `The ${missing} table is not there yet. Run ${firstStep} first.`;
}
