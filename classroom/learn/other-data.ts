import { otherOrder, otherOrderOfCreated } from "./other-order.ts";

/** Another state of the database in which a script is tried once more: a right one does what the solution does there. */
export interface OtherData {
  /** As a sentence begins. */
  readonly name: string;
  /** Changes the rows that the steps before the exercise left. What a table's rules refuse stays as it is. */
  readonly sql: string;
  /** What only a superuser may do, and is left out for others. */
  readonly superuserSql?: string;
  /** The same as `sql`, with the rows in their old order: what the solution does otherwise then is not compared. */
  readonly sqlAgain: string;
  /** The rows are there: what is printed and left can be compared, and not only whether it ends with an error. */
  readonly hasRows: boolean;
  /** It is for the first exercise, which has no rows before it that could be others, or for all the rest. */
  readonly isForFirst: boolean;
}

/** The tables that are neither PostgreSQL's nor an extension's. */
const tables = `
  SELECT c.oid, c.oid::regclass AS name FROM pg_class c
  WHERE relkind = 'r' AND relnamespace::regnamespace::text !~ '^pg_|^information_schema$' AND NOT EXISTS (
    SELECT FROM pg_depend WHERE classid = 'pg_class'::regclass AND objid = c.oid AND deptype = 'e')
  ORDER BY 2`;

/** A key is another one in a copy of a row, except where it names a row of another table. */
const columns = `
  SELECT quote_ident(attname) AS name, typcategory AS kind,
    attgenerated <> '' AS is_derived, attidentity <> 'a' AS is_settable,
    attidentity <> '' OR COALESCE(pg_get_expr(adbin, adrelid), '') LIKE 'nextval(%' AS is_counted,
    'p' = ANY (rules) OR 'u' = ANY (rules) AS is_key, 'f' = ANY (rules) AS is_foreign
  FROM pg_attribute JOIN pg_type ON pg_type.oid = atttypid
    LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum,
    LATERAL (SELECT ARRAY(SELECT contype FROM pg_constraint WHERE conrelid = attrelid AND attnum = ANY (conkey)) AS rules) AS own
  WHERE attrelid = one.oid AND attnum > 0 AND NOT attisdropped ORDER BY attnum`;

/** More rows than that take too long to be put into another order. */
const REORDERED = 1000;

const withOthers = (most: number) => `DO $$
DECLARE one record; part record; place tid; first text; list text; copy text; copied text; varied text; alike text;
  is_free boolean; has_text boolean;
BEGIN
  IF ${most} > 0 THEN
    BEGIN${otherOrder}
    EXCEPTION WHEN others THEN NULL;
    END;
  END IF;
  BEGIN
    EXECUTE format('ALTER DATABASE %I SET timezone = %L', current_database(), 'Asia/Kathmandu');
    -- What is grouped comes sorted only if it is asked for.
    IF ${most} > 0 THEN EXECUTE format('ALTER DATABASE %I SET enable_sort = off', current_database()); END IF;
  EXCEPTION WHEN others THEN NULL;
  END;
  FOR one IN ${tables} LOOP
    list := NULL; copied := NULL; varied := NULL; alike := NULL; first := NULL; has_text := false;
    FOR part IN ${columns} LOOP
      CONTINUE WHEN part.is_derived;
      first := COALESCE(first, CASE WHEN part.is_settable THEN part.name END);
      is_free := NOT part.is_key AND NOT part.is_foreign;
      IF part.is_counted OR part.kind IN ('D', 'N') AND is_free THEN
        BEGIN
          EXECUTE format('UPDATE %s SET %s = %2$s + %s', one.name, part.name,
            CASE WHEN part.kind = 'D' THEN 'interval ''-12 hours''' WHEN part.is_counted THEN '1000' ELSE '100' END);
        EXCEPTION WHEN others THEN NULL;
        END;
      END IF;
      CONTINUE WHEN part.is_counted;
      list := concat_ws(', ', list, part.name);
      copy := CASE
        WHEN part.kind = 'S' THEN part.name || ' || '' 2'''
        WHEN part.kind = 'N' AND part.is_key AND NOT part.is_foreign THEN '-' || part.name
        ELSE part.name END;
      copied := concat_ws(', ', copied, copy);
      varied := concat_ws(', ', varied, copy || CASE
        WHEN part.kind = 'D' AND is_free THEN ' - interval ''400 days'''
        WHEN part.kind = 'N' AND is_free THEN ' + 1' ELSE '' END);
      -- Such as another book of the same author.
      alike := concat_ws(', ', alike, part.name || CASE
        WHEN part.kind = 'S' AND (part.is_key OR NOT has_text) THEN ' || '' 3'''
        WHEN part.kind = 'D' AND is_free THEN ' - interval ''500 days'''
        WHEN part.kind = 'N' AND is_free THEN ' + 2'
        WHEN part.kind = 'N' AND part.is_key AND NOT part.is_foreign THEN ' + 1000000' ELSE '' END);
      has_text := has_text OR part.kind = 'S';
    END LOOP;
    CONTINUE WHEN list IS NULL;
    -- The rules of a table may refuse other values.
    FOREACH copy IN ARRAY ARRAY[alike, varied, copied] LOOP
      BEGIN
        EXECUTE format('INSERT INTO %s (%s) SELECT %s FROM %1$s', one.name, list, copy);
        EXIT WHEN copy = varied;
      EXCEPTION WHEN others THEN NULL;
      END;
    END LOOP;
    BEGIN
      FOR place IN EXECUTE format('SELECT ctid FROM %s ORDER BY ctid DESC LIMIT ${most}', one.name) LOOP
        EXECUTE format('UPDATE %s SET %s = %2$s WHERE ctid = $1', one.name, first) USING place;
      END LOOP;
    EXCEPTION WHEN others THEN NULL;
    END;
    BEGIN
      IF ${most} > 0 THEN PERFORM own_order.follow(one.oid); END IF;
    EXCEPTION WHEN others THEN NULL;
    END;
  END LOOP;
END $$`;

const withoutRows = `DO $$
DECLARE list text;
BEGIN
  SELECT string_agg(name::text, ', ') INTO list FROM (${tables}) AS own;
  IF list IS NOT NULL THEN EXECUTE 'TRUNCATE ' || list; END IF;
EXCEPTION WHEN others THEN NULL;
END $$`;

export const otherData: readonly OtherData[] = [
  {
    name: "With no rows in the tables",
    sql: withoutRows,
    sqlAgain: withoutRows,
    hasRows: false,
    isForFirst: false,
  },
  {
    name: "With more rows in the tables, in another order, with other numbers and times, and in another time zone",
    sql: withOthers(REORDERED),
    superuserSql: otherOrderOfCreated,
    sqlAgain: withOthers(0),
    hasRows: true,
    isForFirst: false,
  },
  {
    name: "Where rows come back in another order, and in another time zone",
    sql: withOthers(REORDERED),
    superuserSql: otherOrderOfCreated,
    sqlAgain: withOthers(0),
    hasRows: true,
    isForFirst: true,
  },
];
