import { type Database, transaction } from "../../drivers/driver.ts";
import { messageOf } from "../../runner/common/failure.ts";
import { hideSecrets, showable } from "../../runner/common/secrets.ts";
import { connected } from "../../runner/database/connected.ts";
import { quoteIdentifier } from "../../runner/database/scratch.ts";
import { VALUE_SHOWN } from "./changed-table.ts";

/** The tables of a database, as far as the page shows them. */
export type Snapshot =
  | { readonly kind: "read"; readonly tables: readonly TableSnapshot[]; readonly more: number }
  | { readonly kind: "unread"; readonly reason: string };

/** Of an empty database. */
export const noTables: Snapshot = { kind: "read", tables: [], more: 0 };

export type Cells = readonly (string | null)[];

export interface TableSnapshot {
  readonly name: string;
  readonly columns: readonly string[];
  readonly moreColumns: number;
  readonly hasKey: boolean;
  /** The first rows, by their primary key and in its order; without a key, by all that is in them. */
  readonly rows: ReadonlyMap<string, Cells>;
  /** How many rows the table has. */
  readonly total: number;
}

export const ROWS_SHOWN = 50;
const COLUMNS_SHOWN = 20;
const TABLES_SHOWN = 20;
const DEADLINE_MS = 3000;

/**
 * Reads all tables of a database, in a read-only transaction with a deadline, and as a role that can only
 * read, if there is one: the one of the URL, or pg_read_all_data. Does not read views, which run code.
 */
export async function readTables(url: string): Promise<Snapshot> {
  const read = (db: Database) =>
    transaction(db, async () => {
      await db.query(`SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY`);
      await db.query(`SET LOCAL statement_timeout = ${DEADLINE_MS}`);
      const {
        rows: [reader],
      } = await db.query(
        "SELECT FROM pg_roles WHERE rolname = 'pg_read_all_data' AND pg_has_role(oid, 'MEMBER')",
      );
      if (reader) await db.query("SET LOCAL ROLE pg_read_all_data");
      return readAll(db);
    });
  try {
    return await connected(url, read, DEADLINE_MS * 2);
  } catch (error) {
    return { kind: "unread", reason: messageOf(error) };
  }
}

/** A table in the catalog. */
interface Found {
  readonly schema: string;
  readonly name: string;
  readonly columns: string[];
  readonly key: string[];
}

async function readAll(db: Database): Promise<Snapshot> {
  const { rows: found } = await db.query<Found>(`
    SELECT n.nspname::text AS schema, c.relname::text AS name,
      ARRAY(SELECT attname::text FROM pg_attribute
            WHERE attrelid = c.oid AND attnum > 0 AND NOT attisdropped ORDER BY attnum) AS columns,
      ARRAY(SELECT a.attname::text FROM pg_index i JOIN pg_attribute a
            ON a.attrelid = c.oid AND a.attnum = ANY (i.indkey)
            WHERE i.indrelid = c.oid AND i.indisprimary
            ORDER BY array_position(i.indkey::int2[], a.attnum)) AS key
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition
      AND n.nspname <> 'information_schema' AND n.nspname NOT LIKE 'pg\\_%'
    ORDER BY n.nspname <> 'public', 1, 2
  `);
  const tables: TableSnapshot[] = [];
  for (const table of found.slice(0, TABLES_SHOWN)) tables.push(await readTable(db, table));
  return { kind: "read", tables, more: Math.max(0, found.length - TABLES_SHOWN) };
}

async function readTable(db: Database, { schema, name, columns, key }: Found) {
  const shown = columns.slice(0, COLUMNS_SHOWN);
  const from = `${quoteIdentifier(schema)}.${quoteIdentifier(name)} AS t`;
  const cells = shown.map(
    (column) => `left(t.${quoteIdentifier(column)}::text, ${VALUE_SHOWN + 1})`,
  );
  const keys = key.map((column) => `t.${quoteIdentifier(column)}`);
  const identity = keys.length > 0 ? `ROW(${keys})::text` : "md5(t::text) || t.ctid::text";
  const { rows } = await db.query<{ identity: string; cells: (string | null)[] }>(
    `SELECT ${identity} AS identity, ARRAY[${cells}]::text[] AS cells FROM ${from}
     ORDER BY ${keys.length > 0 ? keys : "t.ctid"} LIMIT ${ROWS_SHOWN}`,
  );
  const {
    rows: [count],
  } = await db.query<{ total: string }>(`SELECT count(*) AS total FROM ${from}`);
  return {
    name: schema === "public" ? name : `${schema}.${name}`,
    columns: shown.map(hideSecrets),
    moreColumns: columns.length - shown.length,
    hasKey: keys.length > 0,
    rows: new Map(
      rows.map((row) => [
        row.identity,
        row.cells.map((cell) => (cell === null ? cell : shownOf(cell))),
      ]),
    ),
    total: Number(count?.total),
  };
}

/** @param cell cut by the server if it is longer than what is shown: perhaps in the middle of a secret */
function shownOf(cell: string): string {
  const isCut = cell.length > VALUE_SHOWN;
  const text = showable(cell, isCut).slice(0, VALUE_SHOWN);
  return isCut ? `${text}…` : text;
}
