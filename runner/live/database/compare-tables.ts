import type { RowNow, TableNow } from "../messages.ts";
import { type Cells, ROWS_SHOWN, type Snapshot, type TableSnapshot } from "./read-tables.ts";

/**
 * Marks what came, changed and went in a client's tables since an earlier moment.
 * @param before undefined where nothing is known of it: then nothing is marked
 */
export function markChanges(now: Snapshot, before: Snapshot | undefined): TableNow[] {
  if (now.kind === "unread") return [];
  const earlier = before?.kind === "read" ? before.tables : undefined;
  const nowTables = now.tables.map((table) =>
    markTable(
      table,
      earlier ? (earlier.find(({ name }) => name === table.name) ?? empty) : undefined,
    ),
  );
  const gone = (earlier ?? [])
    .filter(({ name }) => !now.tables.some((table) => table.name === name))
    .map((table) => ({
      ...markTable({ ...table, rows: new Map(), total: 0 }, table),
      isGone: true,
    }));
  return [...nowTables, ...gone];
}

const empty: Pick<TableSnapshot, "rows" | "total"> = { rows: new Map(), total: 0 };

function markTable(
  table: TableSnapshot,
  before: Pick<TableSnapshot, "rows" | "total"> | undefined,
): TableNow {
  const { name, columns, moreColumns, rows, total } = table;
  const marked = [...rows].map(([key, cells]) => markRow(cells, before?.rows.get(key), before));
  // Of a table that is cut off, what is new at the end may only have moved up, and what is gone, down.
  const isCut = (one: typeof empty) => one.total > one.rows.size;
  if (before && isCut(before)) unmarkTail(marked);
  const went = before && !isCut(table) ? [...before.rows].filter(([key]) => !rows.has(key)) : [];
  const gone = went.map(([, cells]): RowNow => ({ mark: "went", cells, before: undefined }));
  return {
    name,
    columns,
    moreColumns,
    rows: [...marked, ...gone].slice(0, ROWS_SHOWN),
    moreRows: total - rows.size,
    isGone: false,
  };
}

function markRow(cells: Cells, was: Cells | undefined, before: object | undefined): RowNow {
  if (!before) return { mark: "same", cells, before: undefined };
  if (!was) return { mark: "came", cells, before: undefined };
  const isSame = cells.length === was.length && cells.every((cell, index) => cell === was[index]);
  if (isSame) return { mark: "same", cells, before: undefined };
  return { mark: "changed", cells, before: cells.length === was.length ? was : undefined };
}

function unmarkTail(rows: RowNow[]): void {
  for (let index = rows.length - 1; rows[index]?.mark === "came"; index--) {
    const row = rows[index];
    if (row) rows[index] = { ...row, mark: "same" };
  }
}

export interface ClientSnapshot {
  readonly title: string;
  readonly snapshot: Snapshot;
}

/** Names the first thing in each table in which a client's database differs from the first client's. */
export function differencesBetween([first, ...others]: readonly ClientSnapshot[]): string[] {
  return others.flatMap((other) => (first ? differences(first, other) : []));
}

function differences(one: ClientSnapshot, other: ClientSnapshot): string[] {
  if (one.snapshot.kind === "unread" || other.snapshot.kind === "unread") return [];
  const [ours, theirs] = [one.snapshot.tables, other.snapshot.tables];
  const names = new Set([...ours, ...theirs].map(({ name }) => name));
  return [...names].flatMap((name) => {
    const a = ours.find((table) => table.name === name);
    const b = theirs.find((table) => table.name === name);
    if (!a) return [`${other.title} has a table ${name}, and ${one.title} has none.`];
    if (!b) return [`${one.title} has a table ${name}, and ${other.title} has none.`];
    const difference = differenceOf(a, b, one.title, other.title);
    return difference ? [`${name}: ${difference}`] : [];
  });
}

function differenceOf(a: TableSnapshot, b: TableSnapshot, one: string, other: string) {
  if (a.columns.join() !== b.columns.join()) return `${one} and ${other} have other columns.`;
  if (a.total !== b.total) return `${one} has ${a.total} rows, and ${other} has ${b.total}.`;
  const right = [...b.rows.values()];
  for (const [index, cells] of [...a.rows.values()].entries()) {
    const column = cells.findIndex((cell, at) => cell !== right[index]?.[at]);
    if (column === -1) continue;
    const show = (cell: string | null | undefined) => (cell === null ? "NULL" : `“${cell}”`);
    const [left, its] = [show(cells[column]), show(right[index]?.[column])];
    return `in row ${index + 1}, ${a.columns[column]} is ${left} with ${one}, and ${its} with ${other}.`;
  }
  return undefined;
}
