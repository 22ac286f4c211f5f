import type { Database } from "../../drivers/driver.ts";
import { connected } from "../../runner/database/connected.ts";
import { quoteIdentifier } from "../../runner/database/scratch.ts";

/** A CHECK of a table or of a domain, or what policies of a table for the same commands and roles say together. */
export interface Check {
  /** As a sentence calls it: "table notes", or "type price". */
  readonly owner: string;
  /** Such as "CHECK", or "policy for SELECT". */
  readonly what: string;
  /** The columns that it looks at. A domain has one: value. */
  readonly columns: readonly string[];
  /** Of each column. */
  readonly types: readonly string[];
  /** Those that may be NULL. */
  readonly optional: readonly string[];
  /** As PostgreSQL writes it. */
  readonly condition: string;
}

/** Read what is in the schemas that are not PostgreSQL's. */
export async function readChecks(db: Database): Promise<readonly Check[]> {
  const { rows } = await db.query<Check>(`
    WITH policy AS (
        SELECT polrelid, polroles, polpermissive, refobjsubid,
          concat(CASE WHEN NOT polpermissive THEN 'restrictive ' END, 'policy for ', CASE polcmd
            WHEN 'r' THEN 'SELECT' WHEN 'a' THEN 'INSERT' WHEN 'w' THEN 'UPDATE' WHEN 'd' THEN 'DELETE' ELSE 'ALL' END,
            kind) AS what,
          format('(%s) IS TRUE', COALESCE(pg_get_expr(tree, polrelid), 'false')) AS condition
        FROM pg_policy
          JOIN (VALUES ('', 'rwd*'), (' WITH CHECK', 'aw*')) AS part (kind, commands) ON strpos(commands, polcmd::text) > 0
          CROSS JOIN LATERAL (SELECT CASE kind WHEN '' THEN polqual ELSE COALESCE(polwithcheck, polqual) END) AS tree (tree)
          LEFT JOIN pg_depend ON classid = 'pg_policy'::regclass AND objid = pg_policy.oid AND refobjid = polrelid),
      rule (relation, type, what, condition, numbers) AS (
        SELECT conrelid, contypid, 'CHECK', pg_get_expr(conbin, conrelid), conkey::int[] FROM pg_constraint
        WHERE contype = 'c' AND connamespace::regnamespace::text !~ '^pg_|^information_schema$'
        UNION ALL
        SELECT polrelid, 0, what, string_agg(DISTINCT condition, CASE WHEN polpermissive THEN ' OR ' ELSE ' AND ' END),
          array_agg(refobjsubid) FROM policy GROUP BY polrelid, polroles, polpermissive, what)
    SELECT CASE type WHEN 0 THEN pg_describe_object('pg_class'::regclass, relation, 0)
        ELSE pg_describe_object('pg_type'::regclass, type, 0) END AS owner, what, condition, own.*
    FROM rule, LATERAL (
      SELECT COALESCE(array_agg(name ORDER BY name), '{}') AS columns,
        COALESCE(array_agg(type ORDER BY name), '{}') AS types,
        COALESCE(array_agg(name ORDER BY name) FILTER (WHERE NOT required), '{}') AS optional
      FROM (
        SELECT attname::text, format_type(atttypid, atttypmod), attnotnull FROM pg_attribute
        WHERE attrelid = relation AND attnum > 0 AND attnum = ANY (numbers)
        UNION ALL SELECT 'value', format_type(typbasetype, typtypmod), typnotnull FROM pg_type
        WHERE oid = rule.type) AS one (name, type, required)) AS own
    ORDER BY 1, 2, 3
  `);
  return rows;
}

/**
 * Compare what CHECKs and policies allow, however they are written: both are tried with values at the borders of each.
 * @param url of a database that has the types of the columns. It stays as it is
 * @param tables of the solution: only there, a CHECK too many is wrong
 * @returns a value with which they differ, in a sentence; undefined also where they cannot be tried
 */
export async function compareChecks(
  url: string,
  own: readonly Check[],
  solution: readonly Check[],
  tables: readonly string[],
): Promise<string | undefined> {
  const sentence = await compareWanted(url, own, solution);
  if (sentence) return sentence;
  for (const owner of tables.map((name) => `table ${name}`)) {
    const [mine, all] = [own, solution].map((each) =>
      each.filter((one) => one.owner === owner && one.what === "CHECK"),
    );
    if (!mine || !all) continue;
    const known = all.flatMap(({ columns }) => columns);
    for (const one of mine) {
      if (one.columns.every((column) => known.includes(column))) continue;
      const found = await connected(url, (db) => findValues(db, [one], mine, all)).catch(() => {});
      if (!found) continue; // it refuses nothing, or cannot be tried
      return `Your ${owner} has an extra CHECK on ${one.columns.join(" and ")}.`;
    }
  }
  return undefined;
}

async function compareWanted(
  url: string,
  own: readonly Check[],
  solution: readonly Check[],
): Promise<string | undefined> {
  for (const wanted of solution) {
    const { owner, what } = wanted;
    const [mine, all] = [own, solution].map((each) =>
      each.filter((one) => one.owner === owner && one.what === what),
    );
    if (!mine || !all) continue;
    const isOn = ({ columns }: Check) => columns.some((one) => wanted.columns.includes(one));
    if (what === "CHECK" && !mine.some(isOn)) {
      return `Your ${owner} has no CHECK on ${wanted.columns.join(" and ")}.`;
    }
    if (mine.length === 0 || conditionsOf(mine) === conditionsOf(all)) continue;
    // A CHECK on other columns is compared by itself. Policies are one rule.
    const tried = what === "CHECK" ? [wanted] : [wanted, ...mine];
    const found = await connected(url, (db) => findValues(db, tried, mine, all)).catch(() => {});
    if (!found) continue;
    const columns = [...typesOf(tried).keys()];
    const values = columns.map((column, index) => `${column} = ${found.values[index] ?? "NULL"}`);
    const does = found.isAllowed === "true" ? "refuses" : "allows";
    const name = what === "CHECK" ? `CHECK on ${columns.join(" and ")}` : what;
    return `In your ${owner}, the ${name} ${does} ${values.join(", ")}. The solution's does not.`;
  }
  return undefined;
}

function conditionsOf(checks: readonly Check[]): string {
  return ["TRUE", ...checks.map(({ condition }) => `(${condition}) IS NOT FALSE`)].join(" AND ");
}

function typesOf(checks: readonly Check[]): Map<string, string> {
  return new Map(
    checks.flatMap(({ columns, types }) =>
      columns.map((column, index) => [column, types[index] ?? ""] as const),
    ),
  );
}

/** The most values, or pairs of values, that are tried. */
const TRIED = 20_000;

/** Finds values that only one side allows, for the columns of some of the rules. The other columns are NULL. */
async function findValues(
  db: Database,
  tried: readonly Check[],
  own: readonly Check[],
  solution: readonly Check[],
): Promise<{ values: (string | null)[]; isAllowed: string } | undefined> {
  const each = [...own, ...solution];
  const optional = tried.flatMap((one) => one.optional);
  const types = typesOf(tried);
  const all = samplesFor(each.map(({ condition }) => condition).join(" "));
  const samples = all.slice(0, TRIED ** (1 / types.size));
  const sources = [...typesOf(each)].map(([column, type], index) => {
    const name = quoteIdentifier(column);
    if (!types.has(column)) return `(SELECT NULL::${type} AS ${name}) AS s${index}`;
    const isTried = `v IS NULL AND ${optional.includes(column)} OR pg_temp.is_valid(v, $2::text[], ${index + 1})`;
    // With OFFSET, PostgreSQL leaves out what is not of the type before it tries the conditions.
    return `(SELECT v::${type} AS ${name} FROM unnest($1::text[] || ARRAY[NULL, current_user]::text[]) AS v WHERE ${isTried} OFFSET 0) AS s${index}`;
  });
  const texts = [...types.keys()].map((column) => `${quoteIdentifier(column)}::text`).join();
  await db.query("BEGIN");
  await db.query("SET LOCAL statement_timeout = 3000");
  await db.query(isValid);
  const { rows } = await db.query<{ values: (string | null)[]; isAllowed: string }>(
    `SELECT texts AS values, wanted::text AS "isAllowed"
     FROM (SELECT ARRAY[${texts}]::text[], ${conditionsOf(own)}, ${conditionsOf(solution)} FROM ${sources.join()})
       AS tried (texts, own, wanted) WHERE own <> wanted LIMIT 1`,
    [samples, [...typesOf(each).values()]],
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

const usualTexts = ["", " ", "a", "A", "true", "false", "yesterday", "now", "tomorrow"];

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
      ...usualTexts,
      ...numbers
        .filter((n) => n > 0 && n < 10_000 && Number.isInteger(n))
        .flatMap((n) => [n - 1, n, n + 1].map((length) => "x".repeat(length))),
    ]),
  ];
}
