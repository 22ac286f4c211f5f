import { closeSync, type FSWatcher, openSync, readSync, watch } from "node:fs";
import { StringDecoder } from "node:string_decoder";
import { cutSecretAt, hideSecrets } from "../../../runner/common/secrets.ts";
import type { Run } from "../../../runner/guide/guide.ts";
import type { Outcome } from "../../../runner/guide/outcome.ts";
import type { Session } from "../../../runner/run/session.ts";
import type { LiveClient } from "../live-clients.ts";
import type { LiveState } from "../live-state.ts";
import { OUTPUT_SHOWN, type Statement } from "../messages.ts";
import type { PointAnswer, QuestionOf } from "../questions.ts";
import { findChanges } from "./compare-tables.ts";
import type { DriverStatements } from "./driver-statements.ts";
import { noTables, readTables, type Snapshot } from "./read-tables.ts";
import { endOfLog, type LogPart, statementsOf } from "./server-log.ts";

/** What a client's run left in its database, and what it sent to the server. */
export interface Observation {
  readonly snapshot: Snapshot;
  /** Undefined if they are not known. */
  readonly statements: readonly Statement[] | undefined;
}

/** Reads the clients' databases after each of their runs. */
export interface Observer {
  /** The same session. For each run, it is noted which part of the server's log is its own. */
  logged(session: Session): Session;
  /** Does a client's run, and reads the database before the client goes on. */
  observe(run: Run, client: string, work: () => Promise<Outcome>): Promise<Outcome>;
  /** @returns undefined if the client has not done the run */
  observed(index: number, client: string): Observation | undefined;
}

/** Before the first run, a database is empty. */
const nothing: Observation = { snapshot: noTables, statements: [] };

/** @param sent the statements of the drivers. Those of scripts are in the embedded server's log */
export async function openObserver(
  { server, databaseOf }: Session,
  sent: DriverStatements,
): Promise<Observer> {
  const observer = await server.observe?.();
  const all = new Map<string, Observation>();
  /** Of each client's last run. */
  const parts = new Map<string, LogPart>();
  return {
    logged(session) {
      if (!observer) return session;
      const { log } = observer;
      return {
        ...session,
        async execute(run, client, execution) {
          const from = endOfLog(log);
          const outcome = await session.execute(run, client, execution);
          parts.set(client, { from, until: endOfLog(log) });
          return outcome;
        },
      };
    },

    async observe(run, client, work) {
      const database = await databaseOf(client);
      const outcome = await work();
      const key = `${run.index} ${client}`;
      if (outcome.kind === "skipped") all.delete(key);
      else {
        const part = parts.get(client);
        const logged = () => observer && part && statementsOf(observer.log, part, database.name);
        const statements = sent.ofLastRun(client) ?? logged();
        const snapshot = await readTables(observer?.urlFor(database) ?? database.url);
        all.set(key, { snapshot, statements });
      }
      return outcome;
    },
    observed: (index, client) => (index < 0 ? nothing : all.get(`${index} ${client}`)),
  };
}

/** Tells what changed in the clients' tables from one point to another. */
export function tablesAt(
  { after, since }: QuestionOf<"tables">,
  clients: readonly Pick<LiveClient, "name" | "title">[],
  { observed }: Pick<Observer, "observed">,
): PointAnswer {
  return clients.map(({ name, title }) => {
    const now = observed(after, name);
    const tables = now && findChanges(now.snapshot, observed(since, name)?.snapshot);
    return { client: name, title, tables: tables ?? null };
  });
}

/** The same session. Its runs are shown while they go on, and its databases are read after each. */
export function observedSession(session: Session, observer: Observer, state: LiveState): Session {
  return {
    ...session,
    async execute(run, client, execution) {
      state.begin(run.index);
      let finish = () => {};
      const onStart = (file: string, firstByte: number) => {
        finish = followOutput(file, firstByte, OUTPUT_SHOWN, (text) =>
          state.addOutput(run.index, client, text),
        );
      };
      const work = () =>
        session.execute(run, client, { ...execution, onStart }).finally(() => finish());
      return observer.observe(run, client, work);
    },
  };
}

/**
 * Reports what a process writes to a file, as soon as the system says that the file has changed.
 * @param firstByte where the output begins
 * @param limit how many bytes to report
 * @returns a function that reports the rest, and ends this
 */
function followOutput(
  file: string,
  firstByte: number,
  limit: number,
  onText: (text: string) => void,
): () => void {
  const descriptor = openSync(file, "r");
  const decoder = new StringDecoder("utf8");
  const buffer = Buffer.alloc(16 * 1024);
  let position = firstByte;
  /** The beginning of a secret, perhaps. */
  let held = "";

  function read(): void {
    for (;;) {
      const size = Math.min(buffer.length, firstByte + limit - position);
      const length = size > 0 ? readSync(descriptor, buffer, 0, size, position) : 0;
      if (length === 0) return;
      position += length;
      const text = held + decoder.write(buffer.subarray(0, length));
      const end = cutSecretAt(text);
      held = text.slice(end);
      if (end > 0) onText(hideSecrets(text.slice(0, end)));
    }
  }

  const watcher = tryWatch(file, read);
  read();
  return () => {
    watcher?.close();
    read();
    if (held && position < firstByte + limit) onText(hideSecrets(held));
    closeSync(descriptor);
  };
}

/** The system may have no watch left for us. Then the output is reported at its end. */
function tryWatch(file: string, onChange: () => void): FSWatcher | undefined {
  try {
    return watch(file, onChange).on("error", () => {});
  } catch {
    return undefined;
  }
}
