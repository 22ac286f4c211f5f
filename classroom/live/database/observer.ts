import type { Run } from "../../../runner/guide/guide.ts";
import type { Outcome } from "../../../runner/guide/outcome.ts";
import type { Session } from "../../../runner/run/session.ts";
import type { Statement } from "../messages.ts";
import type { DriverStatements } from "./driver-statements.ts";
import { readTables, type Snapshot } from "./read-tables.ts";
import { endOfLog, statementsSince } from "./server-log.ts";

/** What a client's run left in its database, and what it sent to the server. */
export interface Observation {
  readonly snapshot: Snapshot;
  /** Undefined if they are not known. */
  readonly statements: readonly Statement[] | undefined;
}

/** Reads the clients' databases after each of their runs. */
export interface Observer {
  /** Does a client's run, and reads the database before the client goes on. */
  observe(run: Run, client: string, work: () => Promise<Outcome>): Promise<Outcome>;
  /** @returns undefined if the client has not done the run */
  observed(index: number, client: string): Observation | undefined;
}

/** Before the first run, a database is empty. */
const nothing: Observation = { snapshot: { kind: "read", tables: [], more: 0 }, statements: [] };

/** @param sent the statements of the drivers. Those of scripts are in the embedded server's log */
export async function openObserver(
  { server, databaseOf }: Session,
  sent: DriverStatements,
): Promise<Observer> {
  const observer = await server.observe?.();
  const all = new Map<string, Observation>();
  return {
    async observe(run, client, work) {
      const database = await databaseOf(client);
      const from = observer ? endOfLog(observer.log) : 0;
      const outcome = await work();
      const key = `${run.index} ${client}`;
      if (outcome.kind === "skipped") all.delete(key);
      else {
        const logged = () => observer && statementsSince(observer.log, from, database.name);
        const statements = sent.ofLastRun(client) ?? logged();
        const snapshot = await readTables(observer?.urlFor(database) ?? database.url);
        all.set(key, { snapshot, statements });
      }
      return outcome;
    },
    observed: (index, client) => (index < 0 ? nothing : all.get(`${index} ${client}`)),
  };
}
