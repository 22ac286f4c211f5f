import { count } from "../common/words.ts";
import { type Effects, effectsOf, type Outcome, type TableEffects } from "../guide/outcome.ts";
import type { JudgedRun } from "./judge.ts";

/** What a run did to a table that it did not touch. */
export const nothingDone: TableEffects = { inserted: 0, updated: 0, deleted: 0, isRead: false };

const changes = ["inserted", "updated", "deleted"] as const;

/**
 * Compare what the clients did in their databases, whatever they printed.
 * @returns where they differ, in one line, such as "books: pg changed 4 rows, postgres 1"; empty if they
 *   don't, or if that isn't known
 */
export function differenceOfEffects(
  clients: readonly { readonly client: string; readonly outcome: Outcome }[],
): string {
  return differenceOfCounts(
    clients.map(({ client, outcome }) => ({ client, effects: effectsOf(outcome) })),
  );
}

/** As `differenceOfEffects`, of what each client did. */
export function differenceOfCounts(
  clients: readonly { readonly client: string; readonly effects: Effects | undefined }[],
): string {
  const known = clients.flatMap(({ client, effects }) => (effects ? [{ client, effects }] : []));
  const tables = [...new Set(known.flatMap(({ effects }) => Object.keys(effects.tables)))].sort();
  const differences = tables.flatMap((table) => differencesIn(table, known));
  return (differences.length > 0 ? differences : rolledBack(known)).join("; ");
}

/** PostgreSQL counts rows that were rolled back, too: a COMMIT may be missing. */
function rolledBack(
  known: readonly { readonly client: string; readonly effects: Effects }[],
): string[] {
  const some = known.filter(({ effects: { hasRollback, tables } }) => {
    const hasChanged = Object.values(tables).some((did) => changes.some((one) => did[one] > 0));
    return hasRollback && hasChanged;
  });
  const isDifferent = some.length > 0 && known.some(({ effects }) => !effects.hasRollback);
  return isDifferent ? [`${some.map(({ client }) => client).join(" and ")} rolled back`] : [];
}

function differencesIn(
  table: string,
  known: readonly { readonly client: string; readonly effects: Effects }[],
): string[] {
  const each = known.map(({ client, effects }) => {
    return { client, did: effects.tables[table] ?? nothingDone };
  });
  const rows = changes.flatMap((change) => {
    const numbers = each.map(({ client, did }) => [client, did[change]] as const);
    if (new Set(numbers.map(([, number]) => number)).size < 2) return [];
    const [[first, number] = ["", 0], ...others] = numbers;
    const verb = change === "updated" ? "changed" : change;
    const rest = others.map(([client, number]) => `${client} ${number}`);
    return [`${table}: ${[`${first} ${verb} ${count(number, "row")}`, ...rest].join(", ")}`];
  });
  const silent = each.filter(({ did }) => !did.isRead).map(({ client }) => client);
  const isDifferent = silent.length > 0 && silent.length < each.length;
  if (rows.length > 0 || !isDifferent) return rows;
  return [`${table}: ${silent.join(" and ")} did not read it`];
}

/** Make a run a divergence if its clients print the same, and do something else, or what is not known. */
export function demandSameEffects(judged: JudgedRun): JudgedRun {
  const { clients, verdict } = judged;
  if (verdict !== "match" || clients.length < 2) return judged;
  const difference = differenceOfEffects(clients);
  const unknown = clients.flatMap(({ client, outcome }) => {
    const effects = outcome.kind === "finished" ? outcome.effects : undefined;
    return effects && "uncounted" in effects ? `${client}: ${effects.uncounted}` : [];
  });
  const kind = difference ? "different" : "unknown";
  const text = difference || unknown.join("; ");
  return text === "" ? judged : { ...judged, verdict: "divergence", effects: { kind, text } };
}
