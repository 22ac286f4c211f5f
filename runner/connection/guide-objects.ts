import type { Database } from "../../drivers/driver.ts";
import { StepFailure } from "./errors.ts";

/** The comment by which a guide recognizes what it has made. */
export const commentOfGuide = "Made by the Neon guide";

/**
 * Do a step's work in a database of the reader's, if the guide has made all that is in it. What the step makes gets
 * the guide's comment.
 * @throws StepFailure before anything is done, if there is something without the comment
 */
export async function protectingObjects(
  db: Database,
  work: (db: Database) => Promise<void>,
): Promise<void> {
  const { foreign, schemas } = await findForeign(db);
  if (foreign !== undefined) {
    throw new StepFailure(
      `There is ${foreign} that this guide did not make, so nothing was run. Give the guide a database of its own: CREATE DATABASE guide.`,
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

/** PostgreSQL's own objects are in its own schemas. What belongs to another object, or an extension, goes with it. */
const isAlone = `
  NOT EXISTS (SELECT FROM pg_depend d
    WHERE d.classid = o.catalog AND d.objid = o.oid AND d.deptype IN ('a', 'i', 'e'))`;
const everything = `
  SELECT 'pg_class'::regclass AS catalog, oid, relnamespace AS schema, oid::regclass::text AS name,
      CASE relkind WHEN 'S' THEN 0 ELSE reltype END AS type
    FROM pg_class WHERE relkind IN ('r', 'p', 'f', 'v', 'm', 'S')
  UNION ALL SELECT 'pg_type'::regclass, oid, typnamespace, oid::regtype::text, 0 FROM pg_type
  UNION ALL SELECT 'pg_proc'::regclass, oid, pronamespace, oid::regprocedure::text, 0 FROM pg_proc
  UNION ALL SELECT 'pg_namespace'::regclass, oid, oid, oid::regnamespace::text, 0 FROM pg_namespace`;

/**
 * Give what each is, as SQL calls it, and its name as SQL needs it: quoted, and with a schema if it is not on the path.
 * `comment` gives it the guide's comment, after its own. Where a step has given a table a comment, it goes to the
 * table's type, and is the guide's until that changes.
 * @param whose with the guide's comment, or without it
 */
async function findObjects(db: Database, whose: "guide's" | "foreign") {
  const { rows } = await db.query<{ kind: string; name: string; comment: string }>(
    `SELECT o.name, word.type AS kind, CASE WHEN own IS NULL OR o.type = 0
         THEN format('COMMENT ON %s %s IS %L', word.type, o.name, concat_ws(E'\\n', own, $1::text))
         ELSE format('COMMENT ON TYPE %s IS %L', o.type::regtype, $1 || ': ' || own) END AS comment
     FROM (${everything}) AS o JOIN pg_namespace n ON n.oid = o.schema,
       obj_description(o.oid, o.catalog::text) AS own, pg_identify_object(o.catalog, o.oid, 0) AS word
     WHERE n.nspname !~ '^pg_|^information_schema$' AND has_schema_privilege(n.oid, 'USAGE') AND ${isAlone}
       AND coalesce(CASE WHEN o.type <> 0
           THEN own = $1 OR obj_description(o.type, 'pg_type') = $1 || ': ' || own
           ELSE right(E'\\n' || own, length($1) + 1) = E'\\n' || $1 END, false) <> $2
     ORDER BY o.catalog <> 'pg_class'::regclass, o.name`,
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
