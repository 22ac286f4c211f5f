import type { Session } from "../../runner/run/session.ts";
import { findChanges } from "../tables/compare-tables.ts";
import { noTables, readTables, type Snapshot } from "../tables/read-tables.ts";

export type TableLog = ReturnType<typeof openTableLog>;

/** Reads the tables after each run of a session, while the reader reads what it printed. */
export function openTableLog(session: Session) {
  const known = new Map<string, Promise<Snapshot | undefined>>();
  const reading = new Map<string, Promise<unknown>>();
  const at = (client: string, index: number) =>
    index < 0 ? noTables : known.get(`${index} ${client}`);

  return {
    /** The session that does so. */
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
    } satisfies Session,

    /**
     * Tells what is in a client's tables after a run, and what changed since another one. Runs are named by
     * their index; -1 is before the first one.
     * @returns undefined if it is not known
     */
    async changes(client: string, after: number, since: number) {
      const [now, before] = await Promise.all([at(client, after), at(client, since)]);
      const isKnown = now?.kind === "read" && before?.kind === "read";
      return isKnown ? findChanges(now, before) : undefined;
    },
  };
}
