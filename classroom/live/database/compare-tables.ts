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
