import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Database } from "../../drivers/driver.ts";
import { realPath } from "../common/paths.ts";
import { tablesIn } from "../common/sql-in-scripts.ts";
import { type DatabaseError, SetupError, StepFailure } from "./errors.ts";

/** The comment by which a guide recognizes the tables that it has made. */
export const commentOfGuide = "Made by the Neon guide";

/** The fields of `guide.json`. */
export const manifestFields: readonly string[] = [
  "title",
  "runs",
  "tables",
  "lesson",
  "setup",
  "drivers",
  "programs",
  "environment",
  "exitCodes",
];

/** What a guide's `guide.json` says about its tables. */
export interface GuideTables {
  /** The tables that its steps create, change and replace. Undefined where that is not known: it may be any. */
  readonly names: readonly string[] | undefined;
  /** Others that the step itself makes, removes or empties, as far as it is written out in it. */
  readonly others?: readonly string[];
  /** The step that comes first, and so creates them. */
  readonly firstStep: string;
}

/**
 * Read `guide.json` in the folder of a step, or in that of the file that a link to it leads to.
 * @param stepFile "" if node was given code instead of a file
 * @returns names that are not known for a file that is not in a guide, such as one that imports a step
 * @throws SetupError for a file that cannot be read, or has an unknown field, such as a misspelt `tables`: it would
 *   not be known which tables are the guide's
 */
export function guideTablesOf(stepFile: string): GuideTables {
  const places = stepFile === "" ? [] : [stepFile, realPath(stepFile)];
  const file = places.map((place) => join(dirname(place), "guide.json")).find(existsSync);
  if (file === undefined) return { names: undefined, firstStep: "" };
  const fail = (what: string) =>
    new SetupError(`${file} ${what}, and it names the guide's tables. Fix it.`);
  try {
    const fields = JSON.parse(readFileSync(file, "utf8").replace(/^\uFEFF/, ""));
    const unknown = Object.keys(fields).find((name) => !manifestFields.includes(name));
    if (unknown !== undefined) throw fail(`has an unknown field "${unknown}"`);
    const { tables = [], runs = [], setup = [] } = fields;
    const source = [stepFile, `${stepFile}.ts`].find(existsSync); // tsx does not ask for the ending
    const text = source === undefined ? "" : readFileSync(source, "utf8");
    const others = tablesIn(text.replace(/^\s*\/\*[\s\S]*?\*\//, "")); // without its prose
    return { names: tables.map(String), others, firstStep: String([...setup, ...runs][0]) };
  } catch (error) {
    throw error instanceof SetupError ? error : fail("cannot be read");
  }
}

/**
 * Do a step's work in a database that may have tables of the reader's. Tables that it makes under these
 * names get the guide's comment. If the names are not known, that is all tables.
 * @throws StepFailure before anything is done, if a table has such a name without the comment
 */
export async function protectingTables(
  db: Database,
  { names: own, others = [] }: GuideTables,
  work: (db: Database) => Promise<void>,
): Promise<void> {
  const names = own && [...own, ...others];
  if (names?.length === 0) return work(db);
  const [foreign] = await foreignTables(db, names);
  if (foreign) {
    throw new StepFailure(
      names
        ? `There is a ${foreign} that this guide did not make. It was left as it is. Rename it, or use another database.`
        : `There is a ${foreign}, and it is not known which tables the guide may replace: guide.json is not next to the file that was started. It was left as it is. Start the step's own file, or use an empty database.`,
    );
  }
  try {
    await work(db);
  } catch (error) {
    await commentOnNew(db, names).catch(() => {}); // the work's own failure is reported
    throw error;
  }
  await commentOnNew(db, names);
}

/**
 * Find the tables that have one of these names and not the guide's comment, in every schema that the role may
 * use. A name means the table that SQL finds by it without quotes, which is `books` for `Books`, and the one
 * of exactly this name. Views count, too.
 * @param names undefined for all tables, apart from those of extensions
 * @returns in words, such as "table named books"
 */
export async function foreignTables(
  db: Database,
  names: readonly string[] | undefined,
): Promise<string[]> {
  const found = await findTables(db, names, "foreign");
  return found.map(({ kind, name }) => `${kind} named ${name}`);
}

/**
 * Give what each is, as SQL calls it, and its name as SQL needs it: quoted, and with a schema if it is not on the path.
 * `comment` gives it the guide's comment: to its type, where a step has given the table a comment, which goes with it.
 * @param whose with the guide's comment, or without it
 */
async function findTables(
  db: Database,
  names: readonly string[] | undefined,
  whose: "guide's" | "foreign",
) {
  const { rows } = await db.query<{ kind: string; name: string; comment: string }>(
    `SELECT c.oid::regclass::text AS name, kind, CASE WHEN own IS NULL
         THEN format('COMMENT ON %s %s IS %L', kind, c.oid::regclass, $3::text)
         ELSE format('COMMENT ON TYPE %s IS %L', c.reltype::regtype, $3 || ': ' || own) END AS comment
     FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace,
       obj_description(c.oid, 'pg_class') AS own,
       LATERAL (SELECT CASE c.relkind WHEN 'f' THEN 'foreign table'
         WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized view' ELSE 'table' END AS kind) AS of_kind
     WHERE c.relkind IN ('r', 'p', 'f', 'v', 'm') AND n.nspname !~ '^pg_|^information_schema$'
       AND has_schema_privilege(n.oid, 'USAGE')
       AND CASE WHEN $1 THEN NOT EXISTS (SELECT FROM pg_depend WHERE objid = c.oid AND deptype = 'e')
         ELSE EXISTS (SELECT FROM unnest($2::text[]) AS wanted
           WHERE c.relname IN (wanted, lower(wanted))
             OR n.nspname || '.' || c.relname IN (wanted, lower(wanted))) END
       AND coalesce(own = $3 OR obj_description(c.reltype, 'pg_type') = $3 || ': ' || own, false) <> $4
     ORDER BY name`,
    [names === undefined, names ?? [], commentOfGuide, whose === "foreign"],
  );
  return rows;
}

/** Give the guide's comment to the tables of these names, so that its next run may replace them. */
export async function commentOnNew(
  db: Database,
  names: readonly string[] | undefined,
): Promise<void> {
  for (const { comment } of await findTables(db, names, "foreign")) await db.query(comment);
}

/** Drop the guide's own tables, with what it has in them. What depends on them is the reader's, and keeps them. */
export async function dropOwn(db: Database, names: readonly string[]): Promise<void> {
  const own = await findTables(db, names, "guide's");
  for (const kind of ["materialized view", "view", "foreign table", "table"]) {
    const ofKind = own.filter((one) => one.kind === kind).map(({ name }) => name);
    if (ofKind.length > 0) await db.query(`DROP ${kind} ${ofKind.join(", ")}`);
  }
}

/**
 * What to try if a step misses a table that an earlier step of its guide creates.
 * @returns "" for any other error
 */
export function missingTableHint({ code, message }: DatabaseError, stepFile: string): string {
  const missing = code === "42P01" && /"([^"]+)"/.exec(message)?.[1];
  if (!missing) return "";
  const { names, firstStep } = guideTablesOf(stepFile);
  if (!names?.includes(missing)) return "";
  return `The ${missing} table is not there yet. Run ${firstStep} first.`;
}
