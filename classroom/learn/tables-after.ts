import type { Database } from "../../drivers/driver.ts";
import { connected } from "../../runner/database/connected.ts";
import { type Check, readChecks } from "./checks-after.ts";
import { type DatabaseObject, readObjects } from "./objects-after.ts";

/** The tables that a script left, as far as they can be compared with those of another run. */
export type Tables = ReadonlyMap<string, Table>;

export interface Table {
  readonly columns: ReadonlyMap<string, Column>;
  /** Such as "PRIMARY KEY (id)". A CHECK can be written in several ways, and is compared by itself. */
  readonly rules: readonly string[];
  readonly count: number;
  /** The same for the same rows, with what the server made, in the same places. */
  readonly exact: string;
  /**
   * The value of each compared column, as JSON. A long table has one row: a digest of each column, in any order of
   * its values, and of the whole rows, whose name is empty.
   */
  readonly rows: readonly Row[];
}

export type Row = Readonly<Record<string, string>>;

export interface Column {
  /** As PostgreSQL writes it: character varying(255). */
  readonly type: string;
  readonly isRequired: boolean;
  /** A constant as SQL, or what the server makes: a number, a time. Empty if there is none. */
  readonly byDefault: string;
  /** False for the numbers of a sequence: in which order rows get them is not the script's. */
  readonly isCompared: boolean;
}

/** A longer table is compared by digests. */
const ROWS_KEPT = 1000;

/** What an INSERT gets from the server is not the script's. */
const madeByServer = "made by the server";
/** Its expression may be written in several ways. Its values are compared. */
const generatedFromOthers = "generated from other columns";

/** What a script left in its database. */
export interface Left {
  readonly tables: Tables;
  readonly checks: readonly Check[];
  /** All else that can be compared. */
  readonly objects: readonly DatabaseObject[];
  /** Where the sequences are: the next numbers come from there. */
  readonly sequences: readonly object[];
}

/** @throws Failure of kind "database" */
export async function readAfter(url: string): Promise<Left> {
  return connected(url, async (db) => {
    const columns = await readColumns(db);
    const tables = new Map<string, Table>();
    for (const [name, own] of columns) tables.set(name, await readTable(db, name, own));
    const { rows: sequences } = await db.query(
      "SELECT schemaname, sequencename, last_value FROM pg_sequences ORDER BY 1, 2",
    );
    return { tables, checks: await readChecks(db), objects: await readObjects(db), sequences };
  });
}

/** What has no call in it: texts, names in quotes, types, and words such as TRUE. */
const constants =
  /'(?:[^']|'')*'|"(?:[^"]|"")*"|::[\w .]+(?:\([\d,-]+\))?|\b(?:TRUE|FALSE|NULL|ARRAY)\b/gi;

async function readColumns(db: Database): Promise<Map<string, Map<string, Column>>> {
  const { rows } = await db.query<Record<string, string>>(`
    SELECT c.oid::regclass::text AS table, a.attname::text AS column, a.attnotnull::text AS required,
      format_type(a.atttypid, a.atttypmod) AS type,
      CASE WHEN a.attidentity <> '' THEN 'nextval()' ELSE COALESCE(pg_get_expr(d.adbin, d.adrelid), '') END AS value,
      (a.attgenerated <> '')::text AS generated
    FROM pg_class c
      JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
      LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
    WHERE c.relkind IN ('r', 'p') AND c.relnamespace::regnamespace::text !~ '^pg_|^information_schema$'
      AND NOT EXISTS (SELECT FROM pg_depend
        WHERE classid = 'pg_class'::regclass AND objid = c.oid AND deptype = 'e')
    ORDER BY 1, a.attnum
  `);
  const tables = new Map<string, Map<string, Column>>();
  for (const { table = "", column = "", required, type = "", value = "", generated } of rows) {
    const own = tables.get(table) ?? new Map<string, Column>();
    own.set(column, {
      type,
      isRequired: required === "true",
      byDefault: generated === "true" ? generatedFromOthers : defaultOf(value),
      isCompared: !value.includes("nextval("),
    });
    tables.set(table, own);
  }
  return tables;
}

/** @param value as PostgreSQL writes it */
function defaultOf(value: string): string {
  return /[a-z]/i.test(value.replace(constants, "")) ? madeByServer : plain(value);
}

/** A number without the zeros at its end: 0.50 is 0.5. */
const plain = (value: string) => (/^-?\d+\.\d+$/.test(value) ? value.replace(/\.?0+$/, "") : value);

async function readTable(
  db: Database,
  name: string,
  columns: ReadonlyMap<string, Column>,
): Promise<Table> {
  const left = [...columns].filter(([, { isCompared }]) => !isCompared).map(([column]) => column);
  const reading = db.query<{ count: string; exact: string; rows: string[]; rules: string[] }>(
    `WITH t AS (SELECT tableoid, ctid, own_row::text AS whole, to_jsonb(own_row) - $1::text[] AS one
       FROM ${name} AS own_row)
     SELECT count(*)::text AS count,
       COALESCE(md5(string_agg(whole, ',' ORDER BY tableoid, ctid)), '') AS exact,
       CASE WHEN count(*) <= ${ROWS_KEPT} THEN ARRAY(
         SELECT (SELECT jsonb_object_agg(key, value::text)::text FROM jsonb_each(one)) FROM t)
       ELSE ARRAY(SELECT jsonb_object_agg(key, digest)::text FROM (
         SELECT key, sum(hashtextextended(value::text, 0)::numeric)::text AS digest
         FROM t, LATERAL (SELECT * FROM jsonb_each(one) UNION ALL SELECT '', one) AS each GROUP BY key) AS digests)
       END AS rows,
       ARRAY(SELECT pg_get_constraintdef(oid) FROM pg_constraint
         WHERE conrelid = to_regclass($2) AND contype IN ('p', 'u', 'f', 'x')) AS rules
     FROM t`,
    [left, name],
  );
  const { rows } = await reading.catch(() => ({ rows: [] })); // a policy, or a missing right, may refuse it
  const [row] = rows;
  return {
    columns,
    rules: row?.rules ?? [],
    count: Number(row?.count ?? 0),
    exact: row?.exact ?? "",
    rows: (row?.rows ?? []).map((one) => {
      const values: Row = JSON.parse(one ?? "{}");
      return Object.fromEntries(Object.entries(values).map(([key, json]) => [key, plain(json)]));
    }),
  };
}
