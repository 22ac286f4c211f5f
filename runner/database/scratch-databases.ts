import type { Database } from "../../drivers/driver.ts";
import { unlessAborted } from "../common/abort.ts";
import { Failure, messageOf } from "../common/failure.ts";
import { withDatabase } from "../connection/connection-uri.ts";
import { DatabaseError } from "../connection/errors.ts";
import { hasEnded, thisProcess } from "../workspace/workspace.ts";
import type { GuideServer } from "./guide-server.ts";
import type { Pool } from "./pool.ts";
import { openSamples } from "./sample.ts";
import {
  createScratch,
  dropAll,
  dropScratch,
  type OpenIn,
  quoteLiteral,
  readScratchName,
  scratchName,
} from "./scratch.ts";

/** The clients' databases on an external server. */
export interface ClientDatabases {
  /** See `GuideServer`. */
  readonly create: GuideServer["createDatabase"];
  /** Drops what is left. @throws Failure of kind "cleanup" with the names of what could not be dropped */
  close(): Promise<void>;
}

/** How long to wait for the server after Ctrl-C. One that answers drops a database much faster. */
const DROP_LIMIT_MS = 5000;

/** The comment on a scratch database: when its run last sent a heartbeat, by the server's clock. */
const comment = "Scratch database of the Neon guide, alive at ";
const HEARTBEAT_MS = 5 * 60_000;
const DEAD_AFTER_MS = 60 * 60_000;

/** @param signal Ctrl-C: the server is not waited for much longer */
export function openScratchDatabases(
  url: string,
  pool: Pool,
  signal: AbortSignal,
): ClientDatabases {
  /** From the moment in which they may exist, until they are certainly gone. */
  const present = new Set<string>();
  const creations = new Set<Promise<unknown>>();
  const beat = (name: string) => pool.withConnection((db) => heartbeat(db, name)).catch(() => {});
  const beatAll = async () => {
    for (const name of present) await beat(name);
  };
  const heartbeats = setInterval(beatAll, HEARTBEAT_MS).unref();

  async function make(
    db: Database,
    client: string,
    name: string,
    template?: string,
  ): Promise<void> {
    // One that this run made is there still if it could not be dropped when it was to be made again.
    if (present.has(name)) await dropScratch(db, name, pool.openIn);
    present.add(name);
    try {
      await createScratch(db, client, name, template);
    } catch (error) {
      if (isRefusal(error)) present.delete(name);
      throw error;
    }
    await db.query(endingAlone(name));
  }

  async function drop(name: string): Promise<void> {
    await pool.withConnection((db) => dropScratch(db, name, pool.openIn));
    present.delete(name);
  }

  async function dropLeft(): Promise<void> {
    await Promise.allSettled(creations);
    await dropAll([...present], drop);
  }

  const templateOf = openSamples(() => create("sample"));
  const create: ClientDatabases["create"] = async (
    client,
    name = scratchName(client, thisProcess()),
    content,
  ) => {
    const template = await templateOf(content);
    const creation = pool.withConnection((db) => make(db, client, name, template));
    creations.add(creation);
    await creation;
    void beat(name);
    const close = () => unlessAborted(drop(name), signal, DROP_LIMIT_MS);
    return { name, url: withDatabase(url, name), close };
  };

  return {
    create,

    async close() {
      try {
        await unlessAborted(dropLeft(), signal, DROP_LIMIT_MS);
      } catch (error) {
        const isLate = signal.aborted && messageOf(error) === "Interrupted.";
        const reason = isLate ? "The server does not answer." : messageOf(error);
        if (present.size > 0) throw notDropped([...present], reason);
      } finally {
        clearInterval(heartbeats);
      }
    },
  };
}

/** The server refused: there is no database. If the connection was lost, there may be one. */
function isRefusal(error: unknown): boolean {
  return error instanceof Failure || (error instanceof DatabaseError && error.code.length === 5);
}

function notDropped(names: readonly string[], reason: string): Failure {
  const databases = `the scratch database${names.length > 1 ? "s" : ""} ${names.join(" and ")}`;
  return new Failure(
    "cleanup",
    `Not removed: ${databases}. ${reason} A run that starts in an hour or later tries again. Or drop it yourself: DROP DATABASE … WITH (FORCE).`,
  );
}

/**
 * Lets the server end a statement whose client is gone, as after kill -9: otherwise, it goes on to its end.
 * PostgreSQL 13 and servers on Windows cannot do that.
 */
export const ENDING_ALONE = "client_connection_check_interval=2000";

function endingAlone(name: string): string {
  return `DO $$ BEGIN
    EXECUTE format('ALTER DATABASE %I SET ${ENDING_ALONE}', ${quoteLiteral(name)});
  EXCEPTION WHEN OTHERS THEN END $$`;
}

/** Shows other runs that a scratch database is in use. */
async function heartbeat(db: Database, name: string): Promise<void> {
  const now = `to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')`;
  await db.query(`DO $$ BEGIN
    EXECUTE format('COMMENT ON DATABASE %I IS %L', ${quoteLiteral(name)}, ${quoteLiteral(comment)} || ${now});
  END $$`);
}

/**
 * Drops the scratch databases of runs that are dead: ours by name and by comment, without a session, and
 * silent for an hour, or made by a process of this machine that has ended. One without a comment was made
 * a moment ago, or its run died before its first heartbeat: it gets a comment now, unless its process has
 * ended. One that cannot be dropped is left for a later run.
 */
export async function dropAbandoned(db: Database, openIn: OpenIn): Promise<void> {
  const { rows: databases } = await db.query(`
    SELECT datname AS name, shobj_description(oid, 'pg_database') AS comment,
           extract(epoch FROM now())::float8 * 1000 AS now
    FROM pg_database d
    WHERE datname LIKE 'guide\\_scratch\\_%'
      AND pg_has_role(datdba, 'USAGE')
      AND NOT EXISTS (SELECT FROM pg_stat_activity a WHERE a.datid = d.oid)
  `);
  for (const row of databases) {
    const name = String(row.name);
    const found = String(row.comment ?? comment);
    const known = readScratchName(name);
    if (!known || !found.startsWith(comment)) continue;
    const silent = Number(row.now) - Date.parse(found.slice(comment.length));
    const isDead = hasEnded(known.runner) || silent > DEAD_AFTER_MS;
    if (isDead) await dropScratch(db, name, openIn, "").catch(() => {});
    else if (row.comment === null) await heartbeat(db, name).catch(() => {});
  }
}
