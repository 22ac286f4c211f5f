import type { Comparison } from "../messages.ts";
import { VALUE_SHOWN } from "./clip.ts";
import type { Cells, Snapshot, TableSnapshot } from "./read-tables.ts";

export interface ClientSnapshot {
  readonly client: string;
  /** For people. */
  readonly title: string;
  readonly snapshot: Snapshot;
}

/**
 * Compares the clients' databases after one run. What most of them hold counts as right; where there is
 * no majority, nobody knows who is wrong, and all are named.
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
    named: others.flatMap(([other]) => (most[0] && other ? differences(most[0], other) : [])),
  };
}

/** All of each database was read, and it is the very same. */
function isCertain(clients: readonly ClientSnapshot[]): boolean {
  const seen = clients.map(({ snapshot }) => (isWhole(snapshot) ? contentOf(snapshot) : undefined));
  return clients.length > 1 && seen.every((one) => one !== undefined && one === seen[0]);
}

function isWhole(snapshot: Snapshot): boolean {
  if (snapshot.kind === "unread" || snapshot.tables.length === 0 || snapshot.more > 0) return false;
  const isClipped = (cell: string | null) => cell !== null && cell.length > VALUE_SHOWN;
  return snapshot.tables.every(
    ({ moreColumns, rows, total }) =>
      moreColumns === 0 && rows.size === total && ![...rows.values()].flat().some(isClipped),
  );
}

function contentOf(snapshot: Snapshot): string {
  const tables = snapshot.kind === "read" ? snapshot.tables : [];
  return JSON.stringify(
    tables.map(({ rows, ...table }) => ({ ...table, rows: [...rows.values()] })),
  );
}

/** The first thing in each table in which two databases are known to differ. */
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
  if (a.columns.join() !== b.columns.join() || a.moreColumns !== b.moreColumns) {
    return `${one} and ${other} have other columns.`;
  }
  if (a.total !== b.total) return `${one} has ${a.total} rows, and ${other} has ${b.total}.`;
  const [left, right] = [lastingRows(a), lastingRows(b)];
  // Without a key, rows have no order; of a table that is cut off, others may show then.
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

/** What the clock and chance make is another one in each database, and no difference. */
const passing = /^(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d.*|[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12})$/;

function lastingRows({ rows }: TableSnapshot): Cells[] {
  return [...rows.values()].map((cells) =>
    cells.map((cell) => (cell !== null && passing.test(cell) ? "" : cell)),
  );
}

function sorted(rows: readonly Cells[]): string {
  return JSON.stringify(rows.map((cells) => JSON.stringify(cells)).sort());
}
