import type { Effects } from "../../runner/guide/outcome.ts";
import { nothingDone, rowsOf } from "../../runner/verify/effects.ts";
import type { DatabaseObject } from "./objects-after.ts";
import type { Column, Left, Table } from "./tables-after.ts";

/** What a script did in a database, and what it left there. */
export interface Done extends Left {
  /** Undefined if it is not known. */
  readonly effects: Effects | undefined;
}

/** How a learner's script differs from the solution, for the learner. */
export interface Difference {
  /** A sentence or two. */
  readonly message: string;
  /** Rows that differ: "-" is the solution's, "+" the learner's. */
  readonly rows: readonly string[];
}

const ROWS_SHOWN = 6;

/**
 * Compare what a learner's script did with what the solution does. How it did it is not compared.
 * @returns undefined if there is no difference, or none that is known
 */
export function compareWithSolution(own: Done, solution: Done): Difference | undefined {
  for (const [name, table] of solution.tables) {
    const message = compareForm(name, own.tables.get(name), table);
    if (message) return { message, rows: [] };
  }
  const message = compareObjects(own.objects, solution.objects) ?? compareCounts(own, solution);
  if (message) return { message, rows: [] };
  for (const [name, table] of solution.tables) {
    const difference = compareRows(name, own.tables.get(name), table);
    if (difference) return difference;
  }
  return undefined;
}

/** True if runs left the same, up to the order of their rows. */
export function leftTheSame(own: readonly Done[], solution: readonly Done[]): boolean {
  const states = [own, solution].map((each) =>
    JSON.stringify(
      each.map(({ tables, objects }) => [
        objects,
        [...tables].map(([name, { exact }]) => [name, exact]),
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
  if (more) return `Your table ${name} has a column that is not asked for: ${more}.`;
  const missing = wanted.rules.find((rule) => !own.rules.includes(rule));
  return missing && `Your table ${name} has no ${missing}.`;
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
    : `${name} has a default in your table, ${own.byDefault}, which is not asked for.`;
}

/** What the learner has in addition is not wrong. */
function compareObjects(
  own: readonly DatabaseObject[],
  solution: readonly DatabaseObject[],
): string | undefined {
  for (const wanted of solution) {
    if (wanted.isOfRule) continue;
    const { name, isUnnamed } = wanted;
    const found = own.filter((one) => one.name === name);
    const isThere = found.some(
      ({ definition, shows }) =>
        definition === wanted.definition || (shows !== "" && shows === wanted.shows),
    );
    if (isThere) continue;
    if (found.length === 0) return `After your script, there is no ${name}.`;
    return isUnnamed
      ? `After your script, there is no ${name} like the solution's.`
      : `After your script, the ${name} is another one than after the solution.`;
  }
  return undefined;
}

const verbs = [
  { change: "inserted", past: "inserted", present: "inserts", where: "into" },
  { change: "updated", past: "updated", present: "updates", where: "of" },
  { change: "deleted", past: "deleted", present: "deletes", where: "from" },
] as const;

function compareCounts(own: Done, solution: Done): string | undefined {
  const { effects } = own;
  const wanted = solution.effects;
  if (!effects || !wanted) return undefined;
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
      const what = `Your script ${past} ${mine === 0 ? "no row" : rowsOf(mine)} ${where} ${name}; the solution ${present} ${right === 0 ? "none" : right}.`;
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

function compareRows(name: string, own: Table | undefined, wanted: Table): Difference | undefined {
  if (!own || own.digest === wanted.digest) return undefined;
  const message =
    own.count === wanted.count
      ? `After your script, ${name} has other rows than after the solution.`
      : `After your script, ${name} has ${rowsOf(own.count)}; after the solution, ${wanted.count}.`;
  const missing = wanted.rows.filter((row) => !own.rows.includes(row)).map((row) => `-${row}`);
  const added = own.rows.filter((row) => !wanted.rows.includes(row)).map((row) => `+${row}`);
  return { message, rows: [...missing.slice(0, ROWS_SHOWN), ...added.slice(0, ROWS_SHOWN)] };
}
