import type { Database } from "../../drivers/driver.ts";
import { commentOfGuide } from "../../runner/connection/guide-objects.ts";

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

/** All below is PostgreSQL's own: to look at that, too, would take longer than a script. */
const FIRST_OWN = 16384;

/**
 * All that has a name of its own, as PostgreSQL's dependencies know it, and what belongs to it. What a function does
 * can be written in several ways, and is not compared. Which rows a policy is for is compared by itself.
 */
const query = `
  WITH named AS (
      SELECT classid, objid, pg_describe_object(classid, objid, 0) AS name
      FROM (SELECT classid, objid FROM pg_depend WHERE deptype = 'n' AND objid >= ${FIRST_OWN}
          UNION SELECT 'pg_namespace'::regclass, oid FROM pg_namespace) AS one,
        pg_identify_object(classid, objid, 0) AS identity
      WHERE COALESCE(identity.schema, identity.name, '') !~ '^pg_|^information_schema$' AND NOT EXISTS (
        SELECT FROM pg_depend AS part
        WHERE part.classid = one.classid AND part.objid = one.objid AND part.deptype IN ('a', 'i', 'e'))),
    relation AS (
      SELECT c.*, c.oid::regclass::text AS name FROM pg_class c
        JOIN named ON classid = 'pg_class'::regclass AND objid = c.oid),
    right_of (name, owner, acl) AS (
      SELECT name, relowner, relacl FROM relation
      UNION ALL SELECT name, nspowner, nspacl FROM named
        JOIN pg_namespace n ON classid = 'pg_namespace'::regclass AND objid = n.oid
      UNION ALL SELECT name, proowner, proacl FROM named
        JOIN pg_proc p ON classid = 'pg_proc'::regclass AND objid = p.oid),
    object (name, definition, view, "isUnnamed", "isOfRule") AS (
      SELECT name, concat(
          (SELECT pg_get_viewdef(v.oid) FROM relation v WHERE v.oid = view.oid),
          (SELECT concat_ws(' ', format_type(seqtypid, NULL), seqstart, seqincrement, seqmin, seqmax, seqcycle)
            FROM pg_sequence WHERE classid = 'pg_class'::regclass AND seqrelid = objid),
          (SELECT concat(prokind, proretset, format_type(prorettype, NULL))
            FROM pg_proc p WHERE classid = 'pg_proc'::regclass AND p.oid = objid),
          (SELECT concat_ws(' ', typtype, format_type(NULLIF(typbasetype, 0), typtypmod), typnotnull, typdefault,
              (SELECT string_agg(quote_literal(enumlabel), ',' ORDER BY enumsortorder) FROM pg_enum WHERE enumtypid = t.oid),
              (SELECT string_agg(attname || ' ' || format_type(atttypid, atttypmod), ',' ORDER BY attnum)
                FROM pg_attribute WHERE attrelid = typrelid AND attnum > 0 AND NOT attisdropped))
            FROM pg_type t WHERE classid = 'pg_type'::regclass AND t.oid = objid)),
        COALESCE(view.oid::regclass::text, ''), false, false
      FROM named LEFT JOIN pg_class view
        ON classid = 'pg_class'::regclass AND view.oid = objid AND view.relkind IN ('v', 'm')
      UNION ALL
      SELECT 'index on ' || name,
        replace(pg_get_indexdef(i.oid), 'INDEX ' || quote_ident(i.relname) || ' ON', 'INDEX ON'), '', true,
        EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid AND contype IN ('p', 'u', 'x'))
      FROM relation JOIN pg_index ON indrelid = relation.oid JOIN pg_class i ON i.oid = indexrelid
      UNION ALL
      SELECT 'trigger on ' || name,
        replace(pg_get_triggerdef(t.oid), 'TRIGGER ' || quote_ident(tgname) || ' ', 'TRIGGER '), '', true, false
      FROM relation JOIN pg_trigger t ON tgrelid = relation.oid WHERE NOT tgisinternal
      UNION ALL
      SELECT 'rule on ' || name,
        replace(pg_get_ruledef(r.oid), 'RULE ' || quote_ident(rulename) || ' ', 'RULE '), '', true, false
      FROM relation JOIN pg_rewrite r ON ev_class = relation.oid WHERE rulename <> '_RETURN'
      UNION ALL
      SELECT 'row level security on ' || name, relforcerowsecurity::text, '', false, false
      FROM relation WHERE relrowsecurity
      UNION ALL
      SELECT 'policy on ' || name, concat_ws(' ', polcmd, polpermissive,
          (SELECT string_agg(role::text, ',' ORDER BY role) FROM unnest(polroles) AS role)), '', true, false
      FROM relation JOIN pg_policy ON polrelid = relation.oid
      UNION ALL
      SELECT concat('grant of ', privilege_type, ' on ', name, ' to ',
          CASE grantee WHEN 0 THEN 'PUBLIC' ELSE grantee::regrole::text END), is_grantable::text, '', false, false
      FROM right_of, aclexplode(acl) WHERE grantee <> owner
      UNION ALL
      SELECT 'comment on ' || pg_describe_object(classoid, objoid, objsubid), description, '', false, false
      FROM pg_description JOIN named ON classid = classoid AND objid = objoid
      WHERE description <> $1)
  SELECT * FROM object ORDER BY name ~ '^(comment|grant) ', name, definition`;

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
