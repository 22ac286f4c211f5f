import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Database } from "../../drivers/driver.ts";
import { realPath } from "../common/paths.ts";
import { othersIn, tablesIn } from "../common/sql-in-scripts.ts";
import { type DatabaseError, SetupError, StepFailure } from "./errors.ts";

/** The comment by which a guide recognizes what it has made. */
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

/** What a guide may replace in a database. */
export interface GuideObjects {
  /** The tables that its steps create, change and replace. Undefined where that is not known: it may be any. */
  readonly names: readonly string[] | undefined;
  /** What the step itself makes, removes or empties, as far as it is written out in it: "table notes", "schema shop". */
  readonly others?: readonly string[];
  /** The step that comes first, and so creates the tables. */
  readonly firstStep: string;
}

/**
 * Read `guide.json` in the folder of a step, or in that of the file that a link to it leads to.
 * @param stepFile "" if node was given code instead of a file
 * @returns names that are not known for a file that is not in a guide, such as one that imports a step
 * @throws SetupError for a file that cannot be read, or has an unknown field, such as a misspelt `tables`: it would
 *   not be known which tables are the guide's
 */
export function guideObjectsOf(stepFile: string): GuideObjects {
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
    const code = text.replace(/^\s*\/\*[\s\S]*?\*\//, ""); // without its prose
    const others = [...asTables(tablesIn(code)), ...othersIn(code)];
    return { names: tables.map(String), others, firstStep: String([...setup, ...runs][0]) };
  } catch (error) {
    throw error instanceof SetupError ? error : fail("cannot be read");
  }
}

/** What a guide's steps may replace in place: the tables of `guide.json`, and what else they make and remove. */
export function objectsOfSteps({
  tables,
  steps,
}: {
  readonly tables: readonly string[];
  readonly steps: readonly { readonly code: string }[];
}): string[] {
  return [...asTables(tables), ...steps.flatMap(({ code }) => othersIn(code))];
}

const asTables = (names: readonly string[]) => names.map((name) => `table ${name}`);

/**
 * Do a step's work in a database that may have objects of the reader's. Those that it makes under these
 * names get the guide's comment. If the names are not known, that is all tables.
 * @throws StepFailure before anything is done, if an object has such a name without the comment
 */
export async function protectingObjects(
  db: Database,
  { names: own, others = [] }: GuideObjects,
  work: (db: Database) => Promise<void>,
): Promise<void> {
  const objects = own && [...asTables(own), ...others];
  if (objects?.length === 0) return work(db);
  const [foreign] = await foreignObjects(db, objects);
  if (foreign) {
    throw new StepFailure(
      objects
        ? `There is ${foreign} that this guide did not make. It was left as it is. Rename it, or use another database.`
        : `There is ${foreign}, and it is not known which tables the guide may replace: guide.json is not next to the file that was started. It was left as it is. Start the step's own file, or use an empty database.`,
    );
  }
  try {
    await work(db);
  } catch (error) {
    await commentOnNew(db, objects).catch(() => {}); // the work's own failure is reported
    throw error;
  }
  await commentOnNew(db, objects);
}

/**
 * Find what has one of these names and not the guide's comment, in every schema that the role may use. A name means
 * what SQL finds by it without quotes, which is `books` for `Books`, and what has exactly this name. Views count as
 * tables, domains as types, and a function whatever it takes.
 * @param objects such as "table books", "type mood", "routine total"; undefined for all tables, apart from those of
 *   extensions
 * @returns in words, such as "a table named books"
 */
export async function foreignObjects(
  db: Database,
  objects: readonly string[] | undefined,
): Promise<string[]> {
  const found = await findObjects(db, objects, "foreign");
  return found.map(({ kind, name }) => `${/^[ae]/.test(kind) ? "an" : "a"} ${kind} named ${name}`);
}

/** All that SQL finds by a name. `kind` is what is looked for: PostgreSQL's own word is narrower. */
const everything = `
  SELECT 'table' AS kind, oid, 'pg_class' AS catalog, relname AS name, relnamespace AS schema,
      oid::regclass::text AS shown, reltype
    FROM pg_class WHERE relkind IN ('r', 'p', 'f', 'v', 'm')
  UNION ALL SELECT 'sequence', oid, 'pg_class', relname, relnamespace, oid::regclass::text, 0
    FROM pg_class WHERE relkind = 'S'
  UNION ALL SELECT 'type', oid, 'pg_type', typname, typnamespace, oid::regtype::text, 0
    FROM pg_type WHERE NOT EXISTS (SELECT FROM pg_class c WHERE c.oid = typrelid AND relkind <> 'c')
  UNION ALL SELECT 'routine', oid, 'pg_proc', proname, pronamespace, oid::regprocedure::text, 0 FROM pg_proc
  UNION ALL SELECT 'schema', oid, 'pg_namespace', nspname, oid, oid::regnamespace::text, 0 FROM pg_namespace
  UNION ALL SELECT 'extension', oid, 'pg_extension', extname, extnamespace, quote_ident(extname), 0 FROM pg_extension`;

/**
 * Give what each is, as SQL calls it, and its name as SQL needs it: quoted, and with a schema if it is not on the path.
 * `comment` gives it the guide's comment, after its own. Where a step has given a table a comment, it goes to the
 * table's type, and is the guide's until that changes.
 * @param whose with the guide's comment, or without it
 */
async function findObjects(
  db: Database,
  objects: readonly string[] | undefined,
  whose: "guide's" | "foreign",
) {
  const kinds = objects?.map((one) => one.replace(/ .*/s, "")) ?? ["table"];
  const { rows } = await db.query<{ kind: string; name: string; comment: string }>(
    `SELECT o.shown AS name, word.type AS kind, CASE WHEN own IS NULL OR o.kind <> 'table'
         THEN format('COMMENT ON %s %s IS %L', word.type, o.shown, concat_ws(E'\\n', own, $3::text))
         ELSE format('COMMENT ON TYPE %s IS %L', o.reltype::regtype, $3 || ': ' || own) END AS comment
     FROM (${everything}) AS o JOIN pg_namespace n ON n.oid = o.schema,
       obj_description(o.oid, o.catalog) AS own, pg_identify_object(o.catalog::regclass, o.oid, 0) AS word
     WHERE (n.nspname !~ '^pg_|^information_schema$' AND has_schema_privilege(n.oid, 'USAGE') OR o.kind = 'extension')
       AND o.kind = ANY ($5::text[])
       AND CASE WHEN $1 THEN NOT EXISTS (SELECT FROM pg_depend WHERE objid = o.oid AND deptype = 'e')
         ELSE EXISTS (SELECT FROM unnest($2::text[]) AS wanted
           WHERE concat(o.kind, ' ', o.name) IN (wanted, lower(wanted))
             OR concat(o.kind, ' ', n.nspname, '.', o.name) IN (wanted, lower(wanted))) END
       AND coalesce(CASE WHEN o.kind = 'table'
           THEN own = $3 OR obj_description(o.reltype, 'pg_type') = $3 || ': ' || own
           ELSE right(E'\\n' || own, length($3) + 1) = E'\\n' || $3 END, false) <> $4
     ORDER BY name`,
    [objects === undefined, objects ?? [], commentOfGuide, whose === "foreign", kinds],
  );
  return rows;
}

/** Give the guide's comment to what has these names, so that its next run may replace it. */
export async function commentOnNew(
  db: Database,
  objects: readonly string[] | undefined,
): Promise<void> {
  for (const { comment } of await findObjects(db, objects, "foreign")) await db.query(comment);
}

/** Drop what is the guide's own, with what is in its tables. What depends on it is the reader's, and keeps it. */
export async function dropOwn(db: Database, objects: readonly string[]): Promise<void> {
  const own = await findObjects(db, objects, "guide's");
  const isTable = ({ kind }: (typeof own)[number]) => /(?:table|view)$/.test(kind);
  const kinds = new Set(own.filter(isTable).map(({ kind }) => kind));
  let left = [
    ...[...kinds].map((kind) => own.filter((one) => one.kind === kind)), // they may refer to each other
    ...own.filter((one) => !isTable(one)).map((one) => [one]),
  ];
  while (left.length > 0) {
    const kept: typeof left = [];
    let failure: unknown;
    for (const some of left) {
      const names = some.map(({ name }) => name).join(", ");
      await db.query(`DROP ${some[0]?.kind} IF EXISTS ${names}`).catch((error) => {
        kept.push(some); // until what depends on it is gone
        failure ??= error;
      });
    }
    if (kept.length === left.length) throw failure;
    left = kept;
  }
}

/**
 * What to try if a step misses a table that an earlier step of its guide creates.
 * @returns "" for any other error
 */
export function missingTableHint({ code, message }: DatabaseError, stepFile: string): string {
  const missing = code === "42P01" && /"([^"]+)"/.exec(message)?.[1];
  if (!missing) return "";
  const { names, firstStep } = guideObjectsOf(stepFile);
  if (!names?.includes(missing)) return "";
  return `The ${missing} table is not there yet. Run ${firstStep} first.`;
}
