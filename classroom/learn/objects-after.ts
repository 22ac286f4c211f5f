import type { Database } from "../../drivers/driver.ts";
import { commentOfGuide } from "../../runner/connection/guide-tables.ts";

/** What a script left in a database beside tables. */
export interface DatabaseObject {
  /** As a sentence calls it: "view short", or "index on notes", whose own name is up to the learner. */
  readonly name: string;
  /** Two of the same name and definition are the same. */
  readonly definition: string;
  /** The columns and rows of a view: it can be written in several ways. Empty for all else. */
  readonly shows: string;
  /** It has to have a certain definition, but no certain name. */
  readonly isUnnamed: boolean;
  /** It belongs to a rule of a table, which is compared by itself. */
  readonly isOfRule: boolean;
}

/** What a function does can be written in several ways: only its types are compared. */
const query = `
  WITH relation AS (
      SELECT c.oid, c.oid::regclass::text AS name, relname, relkind FROM pg_class c
        JOIN pg_namespace n ON n.oid = relnamespace
      WHERE nspname !~ '^pg_|^information_schema$' AND NOT EXISTS (
        SELECT FROM pg_depend WHERE classid = 'pg_class'::regclass AND objid = c.oid AND deptype = 'e')),
    routine AS (
      SELECT p.oid, p.oid::regprocedure::text AS name, prokind, prorettype, proretset FROM pg_proc p
        JOIN pg_namespace n ON n.oid = pronamespace
      WHERE nspname !~ '^pg_|^information_schema$' AND NOT EXISTS (
        SELECT FROM pg_depend WHERE classid = 'pg_proc'::regclass AND objid = p.oid AND deptype = 'e')),
    object (name, definition, view, "isUnnamed", "isOfRule") AS (
      SELECT CASE relkind WHEN 'm' THEN 'materialized view ' ELSE 'view ' END || name,
        pg_get_viewdef(oid), name, false, false
      FROM relation WHERE relkind IN ('v', 'm')
      UNION ALL
      SELECT 'index on ' || indrelid::regclass,
        replace(pg_get_indexdef(oid), 'INDEX ' || quote_ident(relname) || ' ON', 'INDEX ON'), '', true,
        EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid AND contype IN ('p', 'u', 'x'))
      FROM relation JOIN pg_index ON indexrelid = oid
      UNION ALL
      SELECT CASE prokind WHEN 'p' THEN 'procedure ' ELSE 'function ' END || name,
        CASE WHEN proretset THEN 'SETOF ' ELSE '' END || format_type(prorettype, NULL), '', false, false
      FROM routine
      UNION ALL
      SELECT 'trigger on ' || name,
        replace(pg_get_triggerdef(t.oid), 'TRIGGER ' || quote_ident(tgname) || ' ', 'TRIGGER '), '', true, false
      FROM relation JOIN pg_trigger t ON tgrelid = relation.oid WHERE NOT tgisinternal
      UNION ALL
      SELECT 'sequence ' || name,
        concat_ws(' ', format_type(seqtypid, NULL), seqstart, seqincrement, seqmin, seqmax, seqcycle), '', false, false
      FROM relation JOIN pg_sequence ON seqrelid = oid
      WHERE NOT EXISTS (SELECT FROM pg_depend
        WHERE classid = 'pg_class'::regclass AND objid = oid AND deptype IN ('a', 'i'))
      UNION ALL
      SELECT 'comment on ' || pg_describe_object(classoid, objoid, objsubid), description, '', false, false
      FROM pg_description
      WHERE description <> $1
        AND (classoid = 'pg_class'::regclass AND objoid IN (SELECT oid FROM relation WHERE relkind IN ('r', 'p', 'v', 'm'))
          OR classoid = 'pg_proc'::regclass AND objoid IN (SELECT oid FROM routine)))
  SELECT * FROM object ORDER BY name, definition`;

/** Read what is in the schemas that are not PostgreSQL's, without what extensions made. */
export async function readObjects(db: Database): Promise<readonly DatabaseObject[]> {
  const { rows } = await db.query<Omit<DatabaseObject, "shows"> & { view: string }>(query, [
    commentOfGuide,
  ]);
  const objects: DatabaseObject[] = [];
  for (const { view, ...object } of rows) {
    objects.push({ ...object, shows: view && (await readView(db, view)) });
  }
  return objects;
}

/** @returns "" if it cannot be read, as a view that divides by zero */
async function readView(db: Database, name: string): Promise<string> {
  try {
    const { rows } = await db.query<{ shows: string }>(
      `SELECT concat((SELECT string_agg(attname || ' ' || format_type(atttypid, atttypmod), ',' ORDER BY attnum)
           FROM pg_attribute WHERE attrelid = to_regclass($1) AND attnum > 0 AND NOT attisdropped), ' ',
         (SELECT md5(string_agg(one, ',' ORDER BY one)) FROM (SELECT to_jsonb(one_row)::text FROM ${name} AS one_row) AS t (one))) AS shows`,
      [name],
    );
    return rows[0]?.shows ?? "";
  } catch {
    return "";
  }
}
