import type { Doubts } from "../explain/doubts.ts";
import { isEndedBy } from "../parse/name-session.ts";
import { FAILED_TRANSACTION, type PsqlInput, type SqlResult } from "../sql-result.ts";
import { lasting, type PsqlState, startAgain } from "./psql-state.ts";
import { type Played, sendBlock } from "./send-block.ts";
import type { SqlSession } from "./sql-session.ts";
import { openTablePlaces } from "./table-places.ts";

/** What a reader has open, and what psql remembers from block to block. */
export interface PsqlClient {
  /**
   * Sends SQL: a command in a session of its own.
   * @param below the SQL that comes later on the page
   */
  send(input: PsqlInput, doubts: Doubts, below: Iterable<string>): Promise<Played>;
  /** Sends a statement in the session of the last block. */
  probe(sql: string): Promise<SqlResult>;
  /** Sends a statement in another session, perhaps as another role, where it changes nothing. */
  probeElsewhere(sql: string, role?: string): Promise<SqlResult>;
  close(): Promise<void>;
}

/** For a lock of the page's own session, in milliseconds. */
const LONGEST_WAIT = 200;

/**
 * @param open opens a session; it is told what to do when the session can send no more
 * @param start what psql has set when it starts
 * @param mayReachBeyond true on a server that is gone with the page
 */
export function openPsqlClient(
  open: (onUnusable: () => void) => Promise<SqlSession>,
  start: PsqlState,
  mayReachBeyond: boolean,
): PsqlClient {
  const sessions: { shared?: SqlSession | undefined; command?: SqlSession | undefined } = {};
  let current: keyof typeof sessions = "shared";
  const places = openTablePlaces();
  let state: PsqlState = { ...start, database: "" };

  const connect = async () => {
    const name = current;
    sessions[name] ??= await open(() => {
      sessions[name] = undefined;
    });
    return sessions[name];
  };

  async function end(name: keyof typeof sessions) {
    await sessions[name]?.close();
    sessions[name] = undefined;
  }

  async function quit() {
    await end("shared");
    state = startAgain(start, state);
  }

  /** A reader does it, too, before the next example. Where the page goes on with the transaction, it stays as it is. */
  async function rollBack(below: Iterable<string>) {
    if (!sessions.shared || isEndedBy(below)) return;
    const { error } = await sessions.shared.send("SELECT 1");
    if (error?.code === FAILED_TRANSACTION) await sessions.shared.send("ROLLBACK");
  }

  return {
    async send(input, doubts, below) {
      await end("command");
      const { database = state.database } = input;
      if (input.isNew || (!input.isCommand && database !== state.database)) await quit();
      if (!input.isCommand && input.database !== undefined) state = { ...state, database };
      current = input.isCommand ? "command" : "shared";
      const name = current;
      const own = input.isCommand
        ? { ...startAgain(start, state), database: input.database }
        : state;
      const disconnect = () => end(name);
      const sending = { start, state: own, doubts, places, mayReachBeyond, connect, disconnect };
      const { played, state: after } = await sendBlock(input, sending);
      if (input.isCommand) {
        state = { ...state, unknown: new Map([...(state.unknown ?? []), ...lasting(after)]) };
        return played;
      }
      state = after;
      if (played.results.some(({ error }) => error !== undefined)) await rollBack(below);
      return played;
    },
    probe: async (sql) => (await connect()).send(sql),
    async probeElsewhere(sql, role) {
      const other = await open(() => {});
      try {
        if (role !== undefined) await other.send(`SET ROLE ${role}`);
        await other.send(`BEGIN READ ONLY; SET LOCAL lock_timeout = ${LONGEST_WAIT}`);
        return await other.send(sql);
      } finally {
        await other.close();
      }
    },
    async close() {
      await end("command");
      await end("shared");
    },
  };
}
