import { readFileSync } from "node:fs";
import type { Database } from "../../drivers/driver.ts";
import { attempt } from "../common/failure.ts";
import { StepFailure } from "./errors.ts";
import { findOutsideObjects, whyNotToRun } from "./outside-objects.ts";

/** The comment by which guides recognize what guides have made. */
export const commentOfGuide = "Made by the Neon guide";

/**
 * Do a step's work in a database of the reader's, if guides have made all that is in it. What the step makes gets
 * their comment.
 * @param file the step's, in which databases, roles and settings of the server are looked for
 * @throws StepFailure before anything is done, if there is something without the comment, or it has one of those
 */
export async function protectingObjects(
  db: Database,
  work: (db: Database) => Promise<void>,
  file = "",
): Promise<void> {
  const why = await whyNotToRun(db, findOutsideObjects([[file, codeOf(file)]]), true);
  if (why !== undefined) throw new StepFailure(why);
  const { foreign, schemas } = await findForeign(db);
  if (foreign !== undefined) {
    throw new StepFailure(
      `There is ${foreign} that no guide has made, so nothing was run. Give the guide a database of its own: CREATE DATABASE guide.`,
    );
  }
  try {
    await work(db);
  } catch (error) {
    await markNew(db, schemas).catch(() => {}); // the work's own failure is reported
    throw error;
  }
  await markNew(db, schemas);
}

/** Read a step without its prose. What is not a file, such as code on a command line, is not looked at. */
function codeOf(file: string): string {
  const places = [file, `${file}.ts`]; // tsx does not ask for the ending
  const [text = ""] = places.flatMap((place) => attempt(() => [readFileSync(place, "utf8")], []));
  return text.replace(/^\s*\/\*[\s\S]*?\*\//, "");
}

/** What a database has that no guide made. */
export interface Foreign {
  /** The first object, in words, such as "a table named books". */
  readonly foreign: string | undefined;
  /** Schemas, which may be there: what is in them is an object, too. */
  readonly schemas: readonly string[];
}

/** Look at all schemas that the role may use. */
export async function findForeign(db: Database): Promise<Foreign> {
  const found = await findObjects(db, "foreign");
  const [first] = found.filter(({ kind }) => kind !== "schema");
  return {
    foreign:
      first && `${first.kind === "aggregate" ? "an" : "a"} ${first.kind} named ${first.name}`,
    schemas: found.filter(({ kind }) => kind === "schema").map(({ name }) => name),
  };
}

/**
 * PostgreSQL's own objects are in its own schemas, and are left out before anything is asked about each. What belongs
 * to another object, or an extension, goes with it.
 */
const everything = `
  schema AS MATERIALIZED (
    SELECT oid FROM pg_namespace
    WHERE nspname !~ '^pg_|^information_schema$' AND has_schema_privilege(oid, 'USAGE')),
  named (catalog, oid, type) AS MATERIALIZED (
    SELECT 'pg_class'::regclass, c.oid, CASE relkind WHEN 'S' THEN 0 ELSE reltype END
      FROM pg_class c JOIN schema ON schema.oid = relnamespace WHERE relkind IN ('r', 'p', 'f', 'v', 'm', 'S')
    UNION ALL SELECT 'pg_type'::regclass, t.oid, 0 FROM pg_type t JOIN schema ON schema.oid = typnamespace
    UNION ALL SELECT 'pg_proc'::regclass, p.oid, 0 FROM pg_proc p JOIN schema ON schema.oid = pronamespace
    UNION ALL SELECT 'pg_namespace'::regclass, oid, 0 FROM schema),
  object AS MATERIALIZED (
    SELECT named.*, obj_description(oid, catalog::text) AS own FROM named
    WHERE NOT EXISTS (SELECT FROM pg_depend d
      WHERE d.classid = named.catalog AND d.objid = named.oid AND d.deptype IN ('a', 'i', 'e')))`;

/**
 * Give what each is, as SQL calls it, and its name as SQL needs it: quoted, and with a schema if it is not on the path.
 * `comment` gives it the guide's comment, after its own. Where a step has given a table a comment, it goes to the
 * table's type, and is the guide's until that changes.
 * @param whose with the guide's comment, or without it
 */
async function findObjects(db: Database, whose: "guide's" | "foreign") {
  const { rows } = await db.query<{ kind: string; name: string; comment: string }>(
    `WITH ${everything}
     SELECT kind, name, CASE WHEN own IS NULL OR o.type = 0
         THEN format('COMMENT ON %s %s IS %L', kind, name, concat_ws(E'\\n', own, $1::text))
         ELSE format('COMMENT ON TYPE %s IS %L', o.type::regtype, $1 || ': ' || own) END AS comment
     FROM object AS o, LATERAL (SELECT type AS kind, CASE catalog
         WHEN 'pg_class'::regclass THEN o.oid::regclass::text
         WHEN 'pg_type'::regclass THEN o.oid::regtype::text
         WHEN 'pg_proc'::regclass THEN o.oid::regprocedure::text
         ELSE o.oid::regnamespace::text END AS name FROM pg_identify_object(catalog, o.oid, 0)) AS word
     WHERE coalesce(CASE WHEN o.type <> 0
           THEN own = $1 OR obj_description(o.type, 'pg_type') = $1 || ': ' || own
           ELSE right(E'\\n' || own, length($1) + 1) = E'\\n' || $1 END, false) <> $2
     ORDER BY catalog <> 'pg_class'::regclass, name`,
    [commentOfGuide, whose === "foreign"],
  );
  return rows;
}

/**
 * Give the guide's comment to all that has appeared, so that its next run may replace it.
 * @param schemas those that were there before
 */
export async function markNew(db: Database, schemas: readonly string[]): Promise<void> {
  for (const { kind, name, comment } of await findObjects(db, "foreign")) {
    if (kind !== "schema" || !schemas.includes(name)) await db.query(comment);
  }
}

/** Drop what a guide has made, with what is in its tables. What depends on it is the reader's, and keeps it. */
export async function dropOwn(db: Database): Promise<void> {
  const own = await findObjects(db, "guide's");
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
