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
    attgenerated <> '' AS is_derived, attidentity <> 'a' AS is_settable,
    attidentity <> '' OR COALESCE(pg_get_expr(adbin, adrelid), '') LIKE 'nextval(%' AS is_counted,
    EXISTS (SELECT FROM pg_constraint WHERE conrelid = attrelid AND contype IN ('p', 'u') AND attnum = ANY (conkey))
      AND NOT EXISTS (SELECT FROM pg_constraint WHERE conrelid = attrelid AND contype = 'f' AND attnum = ANY (conkey)) AS is_key
  FROM pg_attribute JOIN pg_type ON pg_type.oid = atttypid
    LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
  WHERE attrelid = one.oid AND attnum > 0 AND NOT attisdropped`;

/** More rows than that take too long to be put into another order. */
const REORDERED = 1000;
const REORDERED_AGAIN = 200;

/**
 * Turns the rows around that a script inserts: what it reads without ORDER BY comes in another order than it was
 * inserted. A row that is updated goes to the end of its table: first the new ones, from the last one on. Nothing is
 * done where that takes long, or waits for another connection's transaction.
 */
const turnAround = `
  CREATE SCHEMA own_order;
  CREATE FUNCTION own_order.remember() RETURNS trigger LANGUAGE plpgsql AS $body$
    DECLARE last tid;
    BEGIN
      EXECUTE format('SELECT ctid FROM %s ORDER BY ctid DESC LIMIT 1', TG_RELID::regclass) INTO last;
      PERFORM set_config('own_order.last', COALESCE(last, '(0,0)')::text, true);
      RETURN NULL;
    END $body$;
  CREATE FUNCTION own_order.turn() RETURNS trigger LANGUAGE plpgsql AS $body$
    DECLARE place tid; places tid[];
    BEGIN
      EXECUTE format('SELECT array_agg(ctid ORDER BY ctid > $1 DESC, CASE WHEN ctid > $1 THEN ctid END DESC, ctid) FROM %s',
        TG_RELID::regclass) INTO places USING current_setting('own_order.last')::tid;
      IF cardinality(places) > ${REORDERED_AGAIN} OR EXISTS (SELECT FROM pg_stat_activity WHERE state <> 'idle'
          AND datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend')
      THEN RETURN NULL; END IF;
      FOREACH place IN ARRAY COALESCE(places, '{}') LOOP
        EXECUTE format('UPDATE %s SET %I = %2$I WHERE ctid = $1', TG_RELID::regclass, TG_ARGV[0]) USING place;
      END LOOP;
      RETURN NULL;
    EXCEPTION WHEN others THEN RETURN NULL;
    END $body$;`;

const withOthers = (most: number) => `DO $$
DECLARE one record; part record; place tid; first text; list text; copied text;
BEGIN
  IF ${most} > 0 THEN
    BEGIN${turnAround}
    EXCEPTION WHEN others THEN NULL;
    END;
  END IF;
  BEGIN
    EXECUTE format('ALTER DATABASE %I SET timezone = %L', current_database(), 'Asia/Kathmandu');
  EXCEPTION WHEN others THEN NULL;
  END;
  FOR one IN ${tables} LOOP
    list := NULL; copied := NULL; first := NULL;
    FOR part IN ${columns} LOOP
      CONTINUE WHEN part.is_derived;
      first := COALESCE(first, CASE WHEN part.is_settable THEN part.name END);
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
    -- Other triggers would do the same twice.
    CONTINUE WHEN ${most} = 0 OR EXISTS (SELECT FROM pg_trigger WHERE tgrelid = one.oid AND NOT tgisinternal);
    BEGIN
      EXECUTE format('CREATE TRIGGER own_order_1 BEFORE INSERT ON %s FOR EACH STATEMENT EXECUTE FUNCTION own_order.remember()', one.name);
      EXECUTE format('CREATE TRIGGER own_order_2 AFTER INSERT ON %s FOR EACH STATEMENT EXECUTE FUNCTION own_order.turn(%s)', one.name, first);
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
