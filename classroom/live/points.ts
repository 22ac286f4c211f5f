import { findChanges } from "./database/compare-tables.ts";
import type { Observer } from "./database/observer.ts";
import type { LiveClient } from "./live-clients.ts";
import type { PointAnswer, PointQuestion } from "./questions.ts";

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
