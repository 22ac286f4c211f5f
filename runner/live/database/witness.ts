import type { OnLooker } from "../../database/guide-database.ts";
import type { Outcome } from "../../execute/outcome.ts";
import type { Run } from "../../guide/guide.ts";
import type { Session } from "../../session/session.ts";
import type { Statement } from "../messages.ts";
import { readTables, type Snapshot } from "./read-tables.ts";
import { endOfLog, statementsSince } from "./server-log.ts";

/** What a run of a client left in its database, and what it sent there. */
export interface Seen {
  readonly snapshot: Snapshot;
  readonly statements: readonly Statement[] | undefined;
}

/** Looks into the clients' databases after each of their runs. */
export interface Witness {
  /** Does a client's run, and looks before the client goes on. */
  watch(run: Run, client: string, work: () => Promise<Outcome>): Promise<Outcome>;
  /** @returns undefined where the client did not make the run */
  seen(index: number, client: string): Seen | undefined;
}

/** Before the first run, a database holds nothing. */
const nothing: Seen = { snapshot: { kind: "read", tables: [], more: 0 }, statements: [] };

export async function openWitness({ database, laneOf }: Session): Promise<Witness> {
  const onLooker: OnLooker | undefined = await database.lookOn?.();
  const all = new Map<string, Seen>();
  return {
    async watch(run, client, work) {
      const lane = await laneOf(client);
      const from = onLooker ? endOfLog(onLooker.log) : 0;
      const outcome = await work();
      if (outcome.kind === "skipped") all.delete(`${run.index} ${client}`);
      else {
        const statements = onLooker && statementsSince(onLooker.log, from, lane.database);
        const snapshot = await readTables(onLooker?.urlFor(lane) ?? lane.url);
        all.set(`${run.index} ${client}`, { snapshot, statements });
      }
      return outcome;
    },
    seen: (index, client) => (index < 0 ? nothing : all.get(`${index} ${client}`)),
  };
}
