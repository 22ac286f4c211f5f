import type { Session } from "../../runner/run/session.ts";
import { findChanges } from "../live/database/compare-tables.ts";
import { noTables, readTables, type Snapshot } from "../live/database/read-tables.ts";
import type { ChangedTable } from "../live/messages.ts";

/** Knows the tables as they were after each run. */
export interface TableLog {
  /**
   * Tells what is in a client's tables after a run, and what changed since another one. Runs are named by
   * their index; -1 is before the first one.
   * @returns undefined if it is not known
   */
  changes(
    client: string,
    after: number,
    since: number,
  ): Promise<readonly ChangedTable[] | undefined>;
}

/**
 * Reads the tables after each run of a session, while the reader reads what it printed.
 * @returns the session that does so
 */
export function openTableLog(session: Session): {
  readonly session: Session;
  readonly log: TableLog;
} {
  const known = new Map<string, Promise<Snapshot | undefined>>();
  const reading = new Map<string, Promise<unknown>>();
  const at = (client: string, index: number) =>
    index < 0 ? noTables : known.get(`${index} ${client}`);

  return {
    session: {
      ...session,
      async execute(run, client, execution) {
        await reading.get(client);
        const key = `${run.index} ${client}`;
        known.delete(key);
        const outcome = await session.execute(run, client, execution);
        if (outcome.kind === "skipped") return outcome;
        const tables = session
          .databaseOf(client)
          .then(({ url }) => readTables(url))
          .catch(() => undefined); // then it is not known
        known.set(key, tables);
        reading.set(client, tables);
        return outcome;
      },
      async rewind(runs, clients) {
        await Promise.all(clients.map((client) => reading.get(client)));
        return session.rewind(runs, clients);
      },
    },
    log: {
      async changes(client, after, since) {
        const [now, before] = await Promise.all([at(client, after), at(client, since)]);
        const isKnown = now?.kind === "read" && before?.kind === "read";
        return isKnown ? findChanges(now, before) : undefined;
      },
    },
  };
}
