import type { Database } from "../../drivers/driver.ts";
import { connected } from "../../runner/database/connected.ts";
import { quoteIdentifier } from "../../runner/database/scratch.ts";
import { type DatabaseObject, readObjects } from "./objects-after.ts";

/** The tables that a script left, as far as they can be compared with those of another run. */
export type Tables = ReadonlyMap<string, Table>;

export interface Table {
  readonly columns: ReadonlyMap<string, Column>;
  /** Such as "PRIMARY KEY (id)" and "CHECK on fee": a condition can be written in several ways. */
  readonly rules: readonly string[];
  readonly count: number;
  /** The same for the same rows in any order. */
  readonly digest: string;
  /** The same for the same rows, with what the server made, in the same places. */
  readonly exact: string;
  /** Each row as JSON, in the order of the texts; of a long table, none. */
  readonly rows: readonly string[];
}

export interface Column {
  /** As PostgreSQL writes it: character varying(255). */
  readonly type: string;
  readonly isRequired: boolean;
  /** A constant as SQL, or what the server makes: a number, a time. Empty if there is none. */
  readonly byDefault: string;
  /** False for a value that differs from run to run, as a time may. */
  readonly isCompared: boolean;
}

const ROWS_SHOWN = 100;

/** What an INSERT gets from the server is not the script's. */
const madeByServer = "made by the server";

/** What a script left in its database. */
export interface Left {
  readonly tables: Tables;
  /** All else that can be compared. */
  readonly objects: readonly DatabaseObject[];
}

/** @throws Failure of kind "database" */
export async function readAfter(url: string): Promise<Left> {
  return connected(url, async (db) => {
    const columns = await readColumns(db);
    const tables = new Map<string, Table>();
    for (const [name, own] of columns) tables.set(name, await readTable(db, name, own));
    return { tables, objects: await readObjects(db) };
  });
}

/** Texts, names in quotes, and the sizes of types, such as '(none)'::character varying(10): no call is in them. */
const constants = /'(?:[^']|'')*'|"(?:[^"]|"")*"|::[\w ]+\([\d,-]+\)/g;

async function readColumns(db: Database): Promise<Map<string, Map<string, Column>>> {
  const { rows } = await db.query<Record<string, string>>(`
    SELECT c.relname::text AS table, a.attname::text AS column, a.attnotnull::text AS required,
      format_type(a.atttypid, a.atttypmod) AS type,
      CASE WHEN a.attidentity <> '' THEN '()' ELSE COALESCE(pg_get_expr(d.adbin, d.adrelid), '') END AS value
    FROM pg_class c
      JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
      LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
    WHERE c.relkind IN ('r', 'p') AND c.relnamespace = to_regnamespace('public')
    ORDER BY c.relname, a.attnum
  `);
  const tables = new Map<string, Map<string, Column>>();
  for (const { table = "", column = "", required, type = "", value = "" } of rows) {
    const own = tables.get(table) ?? new Map<string, Column>();
    const isMade = value.replace(constants, "").includes("(");
    own.set(column, {
      type,
      isRequired: required === "true",
      byDefault: isMade ? madeByServer : value,
      isCompared: !isMade && !/^(time|uuid)/.test(type),
    });
    tables.set(table, own);
  }
  return tables;
}

async function readTable(
  db: Database,
  name: string,
  columns: ReadonlyMap<string, Column>,
): Promise<Table> {
  const left = [...columns].filter(([, { isCompared }]) => !isCompared).map(([column]) => column);
  const {
    rows: [row],
  } = await db.query<{
    count: string;
    digest: string;
    exact: string;
    rows: string[];
    rules: string[];
  }>(
    `WITH t AS (SELECT tableoid, ctid, to_jsonb(t)::text AS whole, (to_jsonb(t) - $1::text[])::text AS one
       FROM ${quoteIdentifier(name)} AS t)
     SELECT count(*)::text AS count, COALESCE(md5(string_agg(one, ',' ORDER BY one)), '') AS digest,
       COALESCE(md5(string_agg(whole, ',' ORDER BY tableoid, ctid)), '') AS exact,
       (SELECT COALESCE(array_agg(one ORDER BY one), '{}') FROM t HAVING count(*) <= ${ROWS_SHOWN}) AS rows,
       ARRAY(SELECT CASE contype WHEN 'c' THEN 'CHECK on ' || (
           SELECT string_agg(attname, ' and ' ORDER BY attname) FROM pg_attribute
           WHERE attrelid = conrelid AND attnum = ANY(conkey))
         ELSE pg_get_constraintdef(oid) END
         FROM pg_constraint WHERE conrelid = to_regclass($2) AND contype IN ('p', 'u', 'f', 'c')) AS rules
     FROM t`,
    [left, quoteIdentifier(name)],
  );
  return {
    columns,
    rules: row?.rules ?? [],
    count: Number(row?.count ?? 0),
    digest: row?.digest ?? "",
    exact: row?.exact ?? "",
    rows: row?.rows ?? [],
  };
}
