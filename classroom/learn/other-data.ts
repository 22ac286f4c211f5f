/** Another state of the database in which a script is tried once more: a right one does what the solution does there. */
export interface OtherData {
  /** As a sentence begins. */
  readonly name: string;
  /** Changes the rows that the steps before the exercise left. What a table's rules refuse stays as it is. */
  readonly sql: string;
  /** The same, with the rows in their old order: what the solution does otherwise then is not compared. */
  readonly sqlAgain: string;
  /** The rows are there: what is printed and left can be compared, and not only whether it ends with an error. */
  readonly hasRows: boolean;
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
    attgenerated <> '' AS is_derived,
    attidentity <> '' OR COALESCE(pg_get_expr(adbin, adrelid), '') LIKE 'nextval(%' AS is_counted,
    EXISTS (SELECT FROM pg_constraint WHERE conrelid = attrelid AND contype IN ('p', 'u') AND attnum = ANY (conkey))
      AND NOT EXISTS (SELECT FROM pg_constraint WHERE conrelid = attrelid AND contype = 'f' AND attnum = ANY (conkey)) AS is_key
  FROM pg_attribute JOIN pg_type ON pg_type.oid = atttypid
    LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
  WHERE attrelid = one.oid AND attnum > 0 AND NOT attisdropped`;

/** More rows than that take too long to be put into another order. */
const REORDERED = 1000;

const withOthers = (most: number) => `DO $$
DECLARE one record; part record; place tid; first text; list text; copied text;
BEGIN
  BEGIN
    EXECUTE format('ALTER DATABASE %I SET timezone = %L', current_database(), 'Asia/Kathmandu');
  EXCEPTION WHEN others THEN NULL;
  END;
  FOR one IN ${tables} LOOP
    list := NULL; copied := NULL; first := NULL;
    FOR part IN ${columns} LOOP
      CONTINUE WHEN part.is_derived;
      first := COALESCE(first, part.name);
      IF part.is_counted OR part.kind = 'D' AND NOT part.is_key THEN
        BEGIN
          EXECUTE format('UPDATE %s SET %s = %2$s + %s', one.name, part.name,
            CASE WHEN part.is_counted THEN '1000' ELSE 'interval ''-12 hours''' END);
        EXCEPTION WHEN others THEN NULL;
        END;
      END IF;
      CONTINUE WHEN part.is_counted;
      list := concat_ws(', ', list, part.name);
      copied := concat_ws(', ', copied, CASE
        WHEN part.kind = 'S' THEN part.name || ' || '' 2'''
        WHEN part.kind = 'N' AND part.is_key THEN '-' || part.name
        ELSE part.name END);
    END LOOP;
    CONTINUE WHEN list IS NULL;
    BEGIN
      EXECUTE format('INSERT INTO %s (%s) SELECT %s FROM %1$s', one.name, list, copied);
    EXCEPTION WHEN others THEN NULL;
    END;
    BEGIN
      FOR place IN EXECUTE format('SELECT ctid FROM %s ORDER BY ctid DESC LIMIT ${most}', one.name) LOOP
        EXECUTE format('UPDATE %s SET %s = %2$s WHERE ctid = $1', one.name, first) USING place;
      END LOOP;
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
  },
  {
    name: "With more rows in the tables, in another order, with other ids and other times, and in another time zone",
    sql: withOthers(REORDERED),
    sqlAgain: withOthers(0),
    hasRows: true,
  },
];
