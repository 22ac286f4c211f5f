// The tables of any point of the guide: what the page asks, and what it gets. The page imports only the types.
import { findChanges } from "./database/compare-tables.ts";
import type { Observer } from "./database/observer.ts";
import type { LiveClient } from "./live-clients.ts";
import type { ChangedTable } from "./messages.ts";

/** Points are named by the index of the run before them; -1 is before the first run. */
export interface PointQuestion {
  readonly kind: "tables";
  readonly after: number;
  /** The point that it is compared with. */
  readonly since: number;
}

/** The tables of each client. Undefined if the client was not there. */
export type PointAnswer = readonly {
  readonly client: string;
  readonly title: string;
  readonly tables: readonly ChangedTable[] | null;
}[];

/** @returns undefined if it is another question, or not a valid one */
export function readPointQuestion(json: object, runs: number): PointQuestion | undefined {
  const { kind, after, since }: Readonly<Record<string, unknown>> = { ...json };
  const isPoint = (value: unknown): value is number =>
    typeof value === "number" && Number.isInteger(value) && value >= -1 && value < runs;
  return kind === "tables" && isPoint(after) && isPoint(since) ? { kind, after, since } : undefined;
}

/** Tells what changed in the clients' tables from one point to another. */
export function tablesAt(
  { after, since }: PointQuestion,
  clients: readonly Pick<LiveClient, "name" | "title">[],
  { observed }: Pick<Observer, "observed">,
): PointAnswer {
  return clients.map(({ name, title }) => {
    const now = observed(after, name);
    const tables = now && findChanges(now.snapshot, observed(since, name)?.snapshot);
    return { client: name, title, tables: tables ?? null };
  });
}
