import { count } from "../../runner/common/words.ts";
import type { Effects, Uncounted } from "../../runner/guide/outcome.ts";
import { nothingDone } from "../../runner/verify/effects.ts";
import type { DatabaseObject } from "./objects-after.ts";
import type { Column, Left, Row, Table } from "./tables-after.ts";

/** What a script did in a database, and what it left there. */
export interface Done extends Left {
  /** Undefined if they were not counted. */
  readonly effects: Effects | Uncounted | undefined;
}

/** How a learner's script differs from the solution, for the learner. */
export interface Difference {
  /** A sentence or two. */
  readonly message: string;
  /** Rows that differ: "-" is the solution's, "+" the learner's. */
  readonly rows: readonly string[];
  /** It may be the work of a clock, or of chance: another run of the solution shows that. */
  readonly mayVary?: boolean;
}

const ROWS_SHOWN = 6;
/** The rows of a longer table are not shown. */
const LONG_TABLE = 100;

/**
 * Compare what a learner's script did with what the solution does. How it did it is not compared.
 * @param runs of the solution. In what they differ from each other, the learner's may differ, too
 * @returns undefined if there is no difference, or none that is known
 */
export function compareWithSolution(own: Done, runs: readonly Done[]): Difference | undefined {
  const solution = runs.at(-1);
  if (!solution) return undefined;
  for (const [name, table] of solution.tables) {
    const message = compareForm(name, own.tables.get(name), table);
    if (message) return { message, rows: [] };
  }
  const difference = compareObjects(own, solution, runs);
  if (difference) return difference;
  const message = compareCounts(own, solution);
  if (message) return { message, rows: [] };
  for (const name of solution.tables.keys()) {
    const tables = runs.flatMap((run) => run.tables.get(name) ?? []);
    const difference = compareRows(name, own.tables.get(name), tables);
    if (difference) return difference;
  }
  return undefined;
}

/** True if runs left the same: what only reads it afterwards cannot tell one from the other. */
export function leftTheSame(own: readonly Done[], solution: readonly Done[]): boolean {
  const states = [own, solution].map((each) =>
    JSON.stringify(
      each.map(({ tables, checks, objects, sequences }) => [
        ...[objects, checks, sequences],
        [...tables].map(([name, { columns, exact }]) => [name, [...columns.keys()], exact]),
      ]),
    ),
  );
  return states[0] === states[1];
}

function compareForm(name: string, own: Table | undefined, wanted: Table): string | undefined {
  if (!own) return `After your script, there is no table ${name}.`;
  for (const [column, one] of wanted.columns) {
    const found = own.columns.get(column);
    if (!found) return `Your table ${name} has no column ${column}.`;
    const message = compareColumn(`${name}.${column}`, found, one);
    if (message) return message;
  }
  const more = [...own.columns.keys()].find((column) => !wanted.columns.has(column));
  if (more) return `Your table ${name} has an extra column: ${more}.`;
  const missing = wanted.rules.find((rule) => !own.rules.includes(rule));
  if (missing) return `Your table ${name} has no ${missing}.`;
  const added = own.rules.find((rule) => !wanted.rules.includes(rule) && !isIndexed(rule));
  return added && `Your table ${name} has an extra constraint: ${added}.`;
}

/** True for a rule that an index keeps: without the rule, the index does the same. */
function isIndexed(rule: string): boolean {
  return /^(UNIQUE|PRIMARY KEY) /.test(rule);
}

function compareColumn(name: string, own: Column, wanted: Column): string | undefined {
  if (own.type !== wanted.type) {
    return `${name} is ${own.type} in your table. It should be ${wanted.type}.`;
  }
  if (own.isRequired !== wanted.isRequired) {
    return wanted.isRequired
      ? `${name} may be NULL in your table. It should be NOT NULL.`
      : `${name} is NOT NULL in your table. It may be NULL.`;
  }
  if (own.byDefault === wanted.byDefault) return undefined;
  return wanted.byDefault
    ? `${name} should have a default: ${wanted.byDefault}.`
    : `${name} has an extra default in your table: ${own.byDefault}.`;
}

/** What the learner has in addition is not wrong, if it refuses no row. */
function compareObjects(own: Done, solution: Done, runs: readonly Done[]): Difference | undefined {
  const added = own.objects.find(
    (one) => uniqueIn(one, solution) && !solution.objects.some((other) => isAlike(one, other)),
  );
  for (const wanted of solution.objects) {
    if (wanted.isOfRule) continue;
    const { name, isUnnamed } = wanted;
    const found = own.objects.filter((one) => one.name === name);
    const isSame = ({ definition, shows }: DatabaseObject) =>
      definition === wanted.definition || (shows !== "" && shows === wanted.shows);
    if (found.some(isSame)) continue;
    if (found.length === 0) return { message: `After your script, there is no ${name}.`, rows: [] };
    const isAlways = runs.every(({ objects }) => objects.some((one) => isEqual(one, wanted)));
    if (!isAlways) continue;
    const message = isUnnamed
      ? `After your script, there is no ${name} like the solution's.`
      : `After your script, the ${name} differs from the solution's.`;
    return { message, rows: [], mayVary: true };
  }
  if (!added) return undefined;
  const [table, columns] = uniqueIn(added, solution) ?? [];
  const message = `Your table ${table} has an extra constraint: UNIQUE ${columns}.`;
  return { message, rows: [] };
}

/** The table and the columns of a unique index, if the solution has the table, too. */
function uniqueIn({ name, definition }: DatabaseObject, { tables }: Left): string[] | undefined {
  const table = name.replace("index on ", "");
  const [, columns] = /^CREATE UNIQUE INDEX .*? USING \w+ (.*)/.exec(definition) ?? [];
  return columns && tables.has(table) ? [table, columns] : undefined;
}

function isAlike(one: DatabaseObject, other: DatabaseObject): boolean {
  return one.name === other.name && one.definition === other.definition;
}

function isEqual(one: DatabaseObject, other: DatabaseObject): boolean {
  return isAlike(one, other) && one.shows === other.shows;
}

const verbs = [
  { change: "inserted", past: "inserted", present: "inserts", where: "into" },
  { change: "updated", past: "updated", present: "updates", where: "of" },
  { change: "deleted", past: "deleted", present: "deletes", where: "from" },
] as const;

function compareCounts(own: Done, solution: Done): string | undefined {
  const { effects } = own;
  const wanted = solution.effects;
  if (!effects || "uncounted" in effects || !wanted || "uncounted" in wanted) return undefined;
  // What a transaction did before it was rolled back is counted, too.
  const isExact = effects.hasRollback === wanted.hasRollback;
  const silent: string[] = [];
  for (const [name, expected] of Object.entries(wanted.tables)) {
    const did = effects.tables[name] ?? nothingDone;
    for (const { change, past, present, where } of verbs) {
      const [mine, right] = [did[change], expected[change]];
      const isTooMany = isExact && mine > right;
      const isNone = mine === 0 && right > 0;
      if (!isTooMany && !isNone) continue;
      const what = `Your script ${past} ${mine === 0 ? "no row" : count(mine, "row")} ${where} ${name}; the solution ${present} ${right === 0 ? "none" : right}.`;
      return isTooMany && change !== "inserted" ? `${what} Does a WHERE say which rows?` : what;
    }
    if (expected.isRead && !did.isRead) silent.push(name);
  }
  if (silent.length === 0) return undefined;
  const hasAsked = Object.values(effects.tables).some(
    ({ inserted, updated, deleted, isRead }) => isRead || inserted + updated + deleted > 0,
  );
  return hasAsked
    ? `Your script did not read ${silent.join(" and ")}.`
    : "Your script did not ask the database: what it prints has to come from there.";
}

function compareRows(
  name: string,
  own: Table | undefined,
  runs: readonly Table[],
): Difference | undefined {
  const wanted = runs.at(-1);
  if (!own || !wanted) return undefined;
  const valuesOf = (rows: readonly Row[], columns: readonly string[]) =>
    rows.map((row) => textOf(row, columns)).sort();
  const all = new Set(wanted.rows.flatMap(Object.keys));
  const columns = [...all].filter((column) => {
    const values = runs.map(({ rows }) => valuesOf(rows, [column]).join());
    return new Set(values).size === 1;
  });
  const [mine, right] = [own, wanted].map(({ rows }) => valuesOf(rows, columns));
  if (!mine || !right) return undefined;
  if (own.count !== wanted.count) {
    if (new Set(runs.map(({ count }) => count)).size > 1) return undefined;
  } else if (mine.join() === right.join()) return undefined;
  const message =
    own.count === wanted.count
      ? `After your script, the rows of ${name} differ from the solution's.`
      : `After your script, ${name} has ${count(own.count, "row")}; after the solution, ${wanted.count}.`;
  const isShown = Math.max(own.count, wanted.count) <= LONG_TABLE;
  const missing = right.filter((row) => !mine.includes(row)).map((row) => `-${row}`);
  const added = mine.filter((row) => !right.includes(row)).map((row) => `+${row}`);
  const rows = isShown ? [...missing.slice(0, ROWS_SHOWN), ...added.slice(0, ROWS_SHOWN)] : [];
  return { message, rows, mayVary: true };
}

/** As PostgreSQL writes JSON. */
function textOf(row: Row, columns: readonly string[]): string {
  const fields = columns.map((column) => `${JSON.stringify(column)}: ${row[column]}`);
  return `{${fields.join(", ")}}`;
}
