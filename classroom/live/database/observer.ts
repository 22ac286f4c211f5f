import type { ServerObserver } from "../../../runner/database/guide-server.ts";
import type { Run } from "../../../runner/guide/guide.ts";
import type { Outcome } from "../../../runner/guide/outcome.ts";
import type { Session } from "../../../runner/run/session.ts";
import type { Statement } from "../messages.ts";
import type { DriverStatements } from "./driver-statements.ts";
import { readTables, type Snapshot } from "./read-tables.ts";
import { endOfLog, statementsSince } from "./server-log.ts";

/** What a run of a client left in its database, and what it sent there. */
export interface Observation {
  readonly snapshot: Snapshot;
  /** Undefined where nobody could see them. */
  readonly statements: readonly Statement[] | undefined;
}

/** Looks into the clients' databases after each of their runs. */
export interface Observer {
  /** Does a client's run, and looks before the client goes on. */
  observe(run: Run, client: string, work: () => Promise<Outcome>): Promise<Outcome>;
  /** @returns undefined where the client did not make the run */
  observed(index: number, client: string): Observation | undefined;
}

/** Before the first run, a database holds nothing. */
const nothing: Observation = { snapshot: { kind: "read", tables: [], more: 0 }, statements: [] };

/** Statements are those that the driver told of; those of a script are in the embedded server's log. */
export async function openObserver(
  { server, databaseOf }: Session,
  sent: DriverStatements,
): Promise<Observer> {
  const observer: ServerObserver | undefined = await server.observe?.();
  const all = new Map<string, Observation>();
  return {
    async observe(run, client, work) {
      const database = await databaseOf(client);
      const from = observer ? endOfLog(observer.log) : 0;
      const outcome = await work();
      if (outcome.kind === "skipped") all.delete(`${run.index} ${client}`);
      else {
        const logged = () => observer && statementsSince(observer.log, from, database.name);
        const statements = sent.ofLastRun(client) ?? logged();
        const snapshot = await readTables(observer?.urlFor(database) ?? database.url);
        all.set(`${run.index} ${client}`, { snapshot, statements });
      }
      return outcome;
    },
    observed: (index, client) => (index < 0 ? nothing : all.get(`${index} ${client}`)),
  };
}
