import type { Database } from "../../drivers/driver.ts";
import { connected } from "../../runner/database/connected.ts";
import { quoteIdentifier } from "../../runner/database/scratch.ts";

/** A CHECK of a table, or of a domain. */
export interface Check {
  /** As a sentence calls it: "table notes", or "type price". */
  readonly owner: string;
  /** The columns that it looks at. A domain has one: value. */
  readonly columns: readonly string[];
  /** Those that may be NULL. */
  readonly optional: readonly string[];
  /** Of each column. */
  readonly types: readonly string[];
  /** As PostgreSQL writes it. */
  readonly condition: string;
}

/** Read the CHECKs in the schemas that are not PostgreSQL's. */
export async function readChecks(db: Database): Promise<readonly Check[]> {
  const { rows } = await db.query<Check>(`
    SELECT CASE contypid WHEN 0 THEN pg_describe_object('pg_class'::regclass, conrelid, 0)
        ELSE pg_describe_object('pg_type'::regclass, contypid, 0) END AS owner,
      pg_get_expr(conbin, conrelid) AS condition,
      array_agg(name ORDER BY name) AS columns, array_agg(type ORDER BY name) AS types,
      COALESCE(array_agg(name ORDER BY name) FILTER (WHERE NOT required), '{}') AS optional
    FROM pg_constraint, LATERAL (
      SELECT attname::text, format_type(atttypid, atttypmod), attnotnull FROM pg_attribute
      WHERE attrelid = conrelid AND attnum = ANY (conkey)
      UNION ALL SELECT 'value', format_type(typbasetype, typtypmod), typnotnull FROM pg_type
      WHERE oid = contypid) AS one (name, type, required)
    WHERE contype = 'c' AND connamespace::regnamespace::text !~ '^pg_|^information_schema$'
    GROUP BY pg_constraint.oid, contypid, conrelid, conbin ORDER BY 1, 2
  `);
  return rows;
}

/**
 * Compare what CHECKs allow, however they are written: both are tried with values at the borders of each.
 * @param url of a database that has the types of the columns. It stays as it is
 * @returns a value with which they differ, in a sentence; undefined also where they cannot be tried
 */
export async function compareChecks(
  url: string,
  own: readonly Check[],
  solution: readonly Check[],
): Promise<string | undefined> {
  for (const wanted of solution) {
    const { owner, columns } = wanted;
    const what = `CHECK on ${columns.join(" and ")}`;
    const [mine, all] = [own, solution].map((each) => each.filter((one) => one.owner === owner));
    if (!mine || !all) continue;
    if (!mine.some((one) => one.columns.some((column) => columns.includes(column)))) {
      return `Your ${owner} has no ${what}.`;
    }
    if (conditionsOf(mine) === conditionsOf(all)) continue;
    const found = await connected(url, (db) => findValues(db, wanted, mine, all)).catch(() => {});
    if (!found) continue;
    const values = columns.map((column, index) => `${column} = ${found.values[index] ?? "NULL"}`);
    const does = found.isAllowed === "true" ? "refuses" : "allows";
    return `In your ${owner}, the ${what} ${does} ${values.join(", ")}. The solution's does not.`;
  }
  return undefined;
}

function conditionsOf(checks: readonly Check[]): string {
  return checks.map(({ condition }) => `(${condition}) IS NOT FALSE`).join(" AND ");
}

/** The most values, or pairs of values, that are tried. */
const TRIED = 20_000;

/** Finds values of the columns of a CHECK that only one side allows. The other columns are NULL. */
async function findValues(
  db: Database,
  { columns, types, optional }: Check,
  own: readonly Check[],
  solution: readonly Check[],
): Promise<{ values: (string | null)[]; isAllowed: string } | undefined> {
  const each = [...own, ...solution];
  const all = samplesFor(each.map(({ condition }) => condition).join(" "));
  const samples = all.slice(0, TRIED ** (1 / columns.length));
  const sources = columns.map((column, index) => {
    const isTried = `v IS NULL AND ${optional.includes(column)} OR pg_temp.is_valid(v, $2::text[], ${index + 1})`;
    // OFFSET: what is no value of the type must not come to the conditions.
    return `(SELECT v::${types[index]} AS ${quoteIdentifier(column)} FROM unnest($1::text[] || NULL::text) AS v WHERE ${isTried} OFFSET 0) AS s${index}`;
  });
  const others = new Map(
    each.flatMap((one) => one.columns.map((column, index) => [column, one.types[index]])),
  );
  for (const column of columns) others.delete(column);
  for (const [column = "", type] of others) {
    sources.push(`(SELECT NULL::${type} AS ${quoteIdentifier(column)}) AS o${sources.length}`);
  }
  const texts = columns.map((column) => `${quoteIdentifier(column)}::text`).join();
  await db.query("BEGIN");
  await db.query("SET LOCAL statement_timeout = 3000");
  await db.query(isValid);
  const { rows } = await db.query<{ values: (string | null)[]; isAllowed: string }>(
    `SELECT texts AS values, wanted::text AS "isAllowed"
     FROM (SELECT ARRAY[${texts}], ${conditionsOf(own)}, ${conditionsOf(solution)} FROM ${sources.join()})
       AS tried (texts, own, wanted) WHERE own <> wanted LIMIT 1`,
    [samples, types],
  );
  await db.query("ROLLBACK");
  return rows[0];
}

const isValid = `
  CREATE FUNCTION pg_temp.is_valid(v text, types text[], i int) RETURNS boolean LANGUAGE plpgsql AS $$
    BEGIN
      EXECUTE format('SELECT %L::%s', v, types[i]);
      RETURN v IS NOT NULL;
    EXCEPTION WHEN others THEN RETURN false;
    END $$`;

const DAY_MS = 86_400_000;

/** Makes values at the borders of conditions: what is in them, and its neighbours. Most fit one type only. */
function samplesFor(conditions: string): string[] {
  const numbers = ["0", ...(conditions.match(/-?\d+(?:\.\d+)?/g) ?? [])].map(Number);
  const texts = [...conditions.matchAll(/'((?:[^']|'')*)'/g)].map(([, text = ""]) =>
    text.replaceAll("''", "'"),
  );
  const days = texts
    .filter((text) => /^\d{4}-\d\d-\d\d/.test(text))
    .map((text) => Date.parse(text));
  return [
    ...new Set([
      ...numbers.flatMap((n) => [n - 1, n, n + 1, n - 0.01, n + 0.01, -n].map(String)),
      ...texts.flatMap((text) => [text, text.replaceAll(/[%_^$]/g, "x"), `${text}x`]),
      ...texts.flatMap((text) => [text.toUpperCase(), text.toLowerCase()]),
      ...days
        .filter((day) => Math.abs(day) < 1e14)
        .flatMap((day) => [day - DAY_MS, day + DAY_MS].map((one) => new Date(one).toISOString())),
      ...["", " ", "a", "A", "true", "false", "yesterday", "now", "tomorrow"],
      ...numbers
        .filter((n) => n > 0 && n < 10_000 && Number.isInteger(n))
        .flatMap((n) => [n - 1, n, n + 1].map((length) => "x".repeat(length))),
    ]),
  ];
}
