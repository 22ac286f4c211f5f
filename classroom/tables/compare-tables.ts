import { visible } from "../../runner/common/visible.ts";
import {
  type ChangedRow,
  type ChangedTable,
  type Comparison,
  VALUE_SHOWN,
} from "./changed-table.ts";
import { type Cells, ROWS_SHOWN, type Snapshot, type TableSnapshot } from "./read-tables.ts";

/**
 * Finds what was added, changed and deleted in a client's tables. Its texts can be shown as they are.
 * @param before undefined if the earlier state is not known: then no changes are found
 */
export function findChanges(now: Snapshot, before: Snapshot | undefined): ChangedTable[] {
  if (now.kind === "unread") return [];
  const earlier = before?.kind === "read" ? before.tables : undefined;
  const tables = now.tables.map((table) => {
    const was = earlier?.find(({ name }) => name === table.name);
    return compareTable(table, was ?? (earlier && empty));
  });
  const dropped = (earlier ?? [])
    .filter(({ name }) => !now.tables.some((table) => table.name === name))
    .map((table) => ({ ...compareTable({ ...table, ...empty }, table), isDropped: true }));
  return [...tables, ...dropped].map(showable);
}

/** Makes control and formatting characters visible. */
function showable(table: ChangedTable): ChangedTable {
  const show = (cells: Cells) => cells.map((cell) => (cell === null ? cell : visible(cell)));
  return {
    ...table,
    name: visible(table.name),
    columns: table.columns.map(visible),
    rows: table.rows.map(({ change, cells, before }) => ({
      change,
      cells: show(cells),
      before: before && show(before),
    })),
  };
}

type Content = Pick<TableSnapshot, "rows" | "total">;

const empty: Content = { rows: new Map(), total: 0 };

function compareTable(table: TableSnapshot, before: Content | undefined): ChangedTable {
  const { name, columns, moreColumns, rows: now, total } = table;
  const rows = [...now].map(([key, cells]) => compareRow(cells, before?.rows.get(key), before));
  // If only the first rows were read, a row at the end may have moved up, and a missing one, down.
  const isCut = (one: Content) => one.total > one.rows.size;
  if (before && isCut(before)) {
    const kept = rows.findLastIndex(({ change }) => change !== "added") + 1;
    rows.push(...rows.splice(kept).map((row): ChangedRow => ({ ...row, change: "none" })));
  }
  const gone = before && !isCut(table) ? [...before.rows].filter(([key]) => !now.has(key)) : [];
  const deleted = gone.map(
    ([, cells]): ChangedRow => ({ change: "deleted", cells, before: undefined }),
  );
  return {
    name,
    columns,
    moreColumns,
    rows: [...rows, ...deleted].slice(0, ROWS_SHOWN),
    moreRows: total - now.size,
    isDropped: false,
  };
}

function compareRow(cells: Cells, was: Cells | undefined, table: Content | undefined): ChangedRow {
  if (!table) return { change: "none", cells, before: undefined };
  if (!was) return { change: "added", cells, before: undefined };
  const isSame = cells.length === was.length && cells.every((cell, index) => cell === was[index]);
  if (isSame) return { change: "none", cells, before: undefined };
  return { change: "changed", cells, before: cells.length === was.length ? was : undefined };
}

export interface ClientSnapshot {
  readonly client: string;
  /** For people. */
  readonly title: string;
  readonly snapshot: Snapshot;
}

/**
 * Compares the clients' databases after a run. The majority counts as right. Without a majority, all
 * clients may be wrong.
 */
export function compareClients(clients: readonly ClientSnapshot[]): Comparison {
  const groups: ClientSnapshot[][] = [];
  for (const one of clients.filter(({ snapshot }) => snapshot.kind === "read")) {
    const group = groups.find(([first]) => first && differences(first, one).length === 0);
    if (group) group.push(one);
    else groups.push([one]);
  }
  const [most = [], ...others] = groups.toSorted((a, b) => b.length - a.length);
  if (others.length === 0) {
    return isCertain(clients) ? { kind: "same", databases: most.length } : { kind: "unknown" };
  }
  const isMajority = most.length > (others[0]?.length ?? 0);
  return {
    kind: "different",
    odd: (isMajority ? others : groups).flat().map(({ client }) => client),
    differences: others.flatMap(([other]) => (most[0] && other ? differences(most[0], other) : [])),
  };
}

/** True if all of each database was read, and they are exactly the same. */
function isCertain(clients: readonly ClientSnapshot[]): boolean {
  const seen = clients.map(({ snapshot }) => wholeContent(snapshot));
  return clients.length > 1 && seen.every((one) => one !== undefined && one === seen[0]);
}

/** @returns undefined if something was not read */
function wholeContent(snapshot: Snapshot): string | undefined {
  if (snapshot.kind === "unread" || snapshot.tables.length === 0 || snapshot.more > 0) return;
  const tables = snapshot.tables.map((table) => ({ ...table, rows: [...table.rows.values()] }));
  const isClipped = (cell: string | null) => cell !== null && cell.length > VALUE_SHOWN;
  const isWhole = tables.every(
    ({ moreColumns, rows, total }) =>
      moreColumns === 0 && rows.length === total && !rows.flat().some(isClipped),
  );
  return isWhole ? JSON.stringify(tables) : undefined;
}

/** Describes the first known difference in each table of two databases. */
function differences(one: ClientSnapshot, other: ClientSnapshot): string[] {
  if (one.snapshot.kind === "unread" || other.snapshot.kind === "unread") return [];
  const [ours, theirs] = [one.snapshot.tables, other.snapshot.tables];
  const names = new Set([...ours, ...theirs].map(({ name }) => name));
  return [...names].flatMap((name) => {
    const a = ours.find((table) => table.name === name);
    const b = theirs.find((table) => table.name === name);
    if (!a) return [`${other.title} has a table ${name}, and ${one.title} does not.`];
    if (!b) return [`${one.title} has a table ${name}, and ${other.title} does not.`];
    const difference = differenceOf(a, b, one.title, other.title);
    return difference ? [`${name}: ${difference}`] : [];
  });
}

function differenceOf(a: TableSnapshot, b: TableSnapshot, one: string, other: string) {
  if (a.columns.join() !== b.columns.join() || a.moreColumns !== b.moreColumns) {
    return `${one} and ${other} have different columns.`;
  }
  if (a.total !== b.total) return `${one} has ${a.total} rows, and ${other} has ${b.total}.`;
  const [left, right] = [comparableRows(a), comparableRows(b)];
  // Rows without a key have no order. If there are too many, different ones may have been read.
  if (!a.hasKey && a.total > a.rows.size) return undefined;
  if (sorted(left) === sorted(right)) return undefined;
  for (const [index, cells] of left.entries()) {
    const column = cells.findIndex((cell, at) => cell !== right[index]?.[at]);
    if (column === -1) continue;
    const show = (cell: string | null | undefined) => (cell === null ? "NULL" : `“${cell}”`);
    const [its, theirs] = [show(cells[column]), show(right[index]?.[column])];
    return `in row ${index + 1}, ${a.columns[column]} is ${its} with ${one}, and ${theirs} with ${other}.`;
  }
  return undefined;
}

/** Times and random ids differ in each database, which is not a difference between the clients. */
const volatile = /^(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d.*|[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12})$/;

function comparableRows({ rows }: TableSnapshot): Cells[] {
  return [...rows.values()].map((cells) =>
    cells.map((cell) => (cell !== null && volatile.test(cell) ? "" : cell)),
  );
}

function sorted(rows: readonly Cells[]): string {
  return JSON.stringify(rows.map((cells) => JSON.stringify(cells)).sort());
}
