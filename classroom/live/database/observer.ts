import { closeSync, type FSWatcher, openSync, readSync, watch } from "node:fs";
import { StringDecoder } from "node:string_decoder";
import { cutSecretAt, hideSecrets } from "../../../runner/common/secrets.ts";
import { countedSession } from "../../../runner/run/counted-session.ts";
import type { Session } from "../../../runner/run/session.ts";
import { findChanges } from "../../tables/compare-tables.ts";
import { noTables, readTables, type Snapshot } from "../../tables/read-tables.ts";
import type { LiveClient } from "../live-clients.ts";
import type { LiveState } from "../live-state.ts";
import { OUTPUT_SHOWN, type Statement } from "../messages.ts";
import type { PointAnswer, QuestionOf } from "../questions.ts";
import type { DriverStatements } from "./driver-statements.ts";
import { endOfLog, type LogPart, statementsOf } from "./server-log.ts";

/** What a client's run left in its database, and what it sent to the server. */
export interface Observation {
  readonly snapshot: Snapshot;
  /** Undefined if they are not known. */
  readonly statements: readonly Statement[] | undefined;
}

/** Before the first run, a database is empty. */
const nothing: Observation = { snapshot: noTables, statements: [] };

export type Observer = Awaited<ReturnType<typeof openObserver>>;

/**
 * Shows a session's runs while they go on, and reads the clients' databases after each of them.
 * @param sent the statements of the drivers. Those of scripts are in the embedded server's log
 */
export async function openObserver(session: Session, sent: DriverStatements, state: LiveState) {
  const observer = await session.server.observe?.();
  const all = new Map<string, Observation>();
  /** Which part of the server's log belongs to a client's last run. */
  const parts = new Map<string, LogPart>();

  const logged: Session = {
    ...session,
    async execute(run, client, execution) {
      if (!observer) return session.execute(run, client, execution);
      const from = endOfLog(observer.log);
      const outcome = await session.execute(run, client, execution);
      parts.set(client, { from, until: endOfLog(observer.log) });
      return outcome;
    },
  };
  const counted = countedSession(logged);

  return {
    /** The same session, observed. */
    session: {
      ...counted,
      async execute(run, client, execution) {
        state.begin(run.index);
        const database = await session.databaseOf(client);
        let finish = () => {};
        const onStart = (file: string, firstByte: number) => {
          finish = followOutput(file, firstByte, OUTPUT_SHOWN, (text) =>
            state.addOutput(run.index, client, text),
          );
        };
        const outcome = await counted
          .execute(run, client, { ...execution, onStart })
          .finally(() => finish());
        const key = `${run.index} ${client}`;
        if (outcome.kind === "skipped") {
          all.delete(key);
          return outcome;
        }
        const part = parts.get(client);
        const inLog = () => observer && part && statementsOf(observer.log, part, database.name);
        const statements = sent.ofLastRun(client) ?? inLog();
        const snapshot = await readTables(observer?.urlFor(database) ?? database.url);
        all.set(key, { snapshot, statements });
        return outcome;
      },
    } satisfies Session,

    /** @returns undefined if the client has not done the run */
    observed: (index: number, client: string): Observation | undefined =>
      index < 0 ? nothing : all.get(`${index} ${client}`),
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
