/** A longer table stays as it is: to turn it around would take longer than the script. */
const ROWS_TURNED = 5000;
/** In a longer one, only what fills half of it at once is turned around: each of many INSERTs would turn all of it. */
const ROWS_TURNED_AGAIN = 200;

/**
 * Makes functions that turn the rows around that a script inserts: what it reads without ORDER BY comes in another
 * order than it was inserted. A row that is updated goes to the end of its table: first the new ones, from the last
 * one on. Nothing is done where that would do more, take long, or wait for another connection's transaction.
 */
export const otherOrder = `
  CREATE SCHEMA own_order;
  GRANT USAGE ON SCHEMA own_order TO PUBLIC;
  CREATE FUNCTION own_order.remember() RETURNS trigger LANGUAGE plpgsql AS $body$
    DECLARE page tid; last tid;
    BEGIN
      page := format('(%s,0)', greatest(pg_relation_size(TG_RELID) / current_setting('block_size')::int - 1, 0));
      EXECUTE format('SELECT ctid FROM %s WHERE ctid > $1 ORDER BY ctid DESC LIMIT 1', TG_RELID::regclass)
        INTO last USING page;
      PERFORM set_config('own_order.last', COALESCE(last, page)::text, true);
      RETURN NULL;
    END $body$;
  CREATE FUNCTION own_order.turn(own regclass, last tid) RETURNS void LANGUAGE plpgsql AS $body$
    DECLARE place tid; places tid[]; added int; most int; first name;
    BEGIN
      IF EXISTS (SELECT FROM pg_class WHERE oid = own AND (relkind <> 'r' OR relhasrules))
        OR EXISTS (SELECT FROM pg_trigger WHERE tgrelid = own AND NOT tgisinternal AND tgname !~ '^own_order_')
        OR EXISTS (SELECT FROM pg_stat_activity WHERE state <> 'idle' AND datname = current_database()
          AND pid <> pg_backend_pid() AND backend_type = 'client backend')
      THEN RETURN; END IF;
      SELECT attname INTO STRICT first FROM pg_attribute
      WHERE attrelid = own AND attnum > 0 AND NOT attisdropped AND attgenerated = '' AND attidentity <> 'a'
      ORDER BY attnum LIMIT 1;
      EXECUTE format('SELECT count(*) FROM %s WHERE ctid > $1', own) INTO added USING last;
      most := greatest(${ROWS_TURNED_AGAIN}, least(${ROWS_TURNED}, added * 2));
      EXECUTE format('SELECT array_agg(ctid ORDER BY ctid > $1 DESC, CASE WHEN ctid > $1 THEN ctid END DESC, ctid)
        FROM (SELECT ctid FROM %s LIMIT $2 + 1) AS own', own) INTO places USING last, most;
      IF cardinality(places) > most THEN RETURN; END IF;
      FOREACH place IN ARRAY COALESCE(places, '{}') LOOP
        EXECUTE format('UPDATE %s SET %I = %2$I WHERE ctid = $1', own, first) USING place;
      END LOOP;
    EXCEPTION WHEN others THEN NULL;
    END $body$;
  CREATE FUNCTION own_order.turn_added() RETURNS trigger LANGUAGE plpgsql AS $body$
    BEGIN
      PERFORM own_order.turn(TG_RELID, current_setting('own_order.last')::tid);
      RETURN NULL;
    END $body$;
  CREATE FUNCTION own_order.follow(own regclass) RETURNS void LANGUAGE plpgsql AS $body$
    BEGIN
      EXECUTE format('CREATE TRIGGER own_order_1 BEFORE INSERT ON %s FOR EACH STATEMENT EXECUTE FUNCTION own_order.remember()', own);
      EXECUTE format('CREATE TRIGGER own_order_2 AFTER INSERT ON %s FOR EACH STATEMENT EXECUTE FUNCTION own_order.turn_added()', own);
    EXCEPTION WHEN others THEN NULL;
    END $body$;
  CREATE FUNCTION own_order.follow_created() RETURNS event_trigger LANGUAGE plpgsql AS $body$
    DECLARE own regclass;
    BEGIN
      FOR own IN SELECT objid FROM pg_event_trigger_ddl_commands() WHERE object_type = 'table' LOOP
        PERFORM own_order.follow(own);
        PERFORM own_order.turn(own, '(0,0)');
      END LOOP;
    END $body$;`;

/** Does the same with the tables that a script creates. Only a superuser can: for others, it changes nothing. */
export const otherOrderOfCreated = `DO $$
BEGIN
  CREATE EVENT TRIGGER own_order ON ddl_command_end WHEN TAG IN ('CREATE TABLE', 'CREATE TABLE AS', 'SELECT INTO')
    EXECUTE FUNCTION own_order.follow_created();
EXCEPTION WHEN others THEN NULL;
END $$`;
