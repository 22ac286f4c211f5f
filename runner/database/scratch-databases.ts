import type { Database } from "../../drivers/driver.ts";
import { Failure, messageOf } from "../common/failure.ts";
import { withDatabase } from "../connection/connection-uri.ts";
import { DatabaseError } from "../connection/errors.ts";
import { ownProcess } from "../workspace/owner.ts";
import type { ClientDatabase } from "./guide-database.ts";
import { heartbeat } from "./heartbeat.ts";
import type { Pool } from "./pool.ts";
import { createScratch, dropScratch } from "./scratch.ts";
import { scratchName } from "./scratch-name.ts";

const HEARTBEAT_MS = 5 * 60_000;

/** The scratch databases of one run on a given server. */
export interface ScratchDatabases {
  /** @param name of a database that was closed; otherwise one that nothing has */
  open(client: string, name?: string): Promise<ClientDatabase>;
  /** Drops what is left. @throws Failure of kind "cleanup" with the names of what stays */
  close(): Promise<void>;
}

/** @param patience resolves when nobody wants to wait for the server any longer */
export function openScratchDatabases(
  url: string,
  pool: Pool,
  patience: Promise<void>,
): ScratchDatabases {
  /** From the moment in which they may be there, until they are certainly gone. */
  const present = new Set<string>();
  const creations = new Set<Promise<unknown>>();
  const heartbeats = openHeartbeats(pool);

  async function create(db: Database, client: string, name: string): Promise<void> {
    present.add(name);
    try {
      await createScratch(db, client, name);
    } catch (error) {
      if (isRefusal(error)) present.delete(name);
      throw error;
    }
  }

  async function drop(name: string): Promise<void> {
    heartbeats.end(name);
    await pool.withConnection((db) => dropScratch(db, name, pool.openIn));
    present.delete(name);
  }

  /** @returns why what is left is left */
  async function dropAll(): Promise<string> {
    await Promise.allSettled(creations);
    const dropped = await Promise.allSettled([...present].map(drop));
    const failed = dropped.find((one) => one.status === "rejected");
    return failed ? messageOf(failed.reason) : "";
  }

  return {
    async open(client, name = scratchName(client, ownProcess())) {
      const creation = pool.withConnection((db) => create(db, client, name));
      creations.add(creation);
      await creation;
      heartbeats.begin(name);
      return { name, url: withDatabase(url, name), close: () => drop(name) };
    },

    async close() {
      const late = patience.then(() => "The server does not answer.");
      const reason = await Promise.race([dropAll(), late]);
      heartbeats.endAll();
      if (present.size > 0) throw notRemoved([...present], reason);
    },
  };
}

/** Shows other runs that a scratch database is in use. */
function openHeartbeats(pool: Pool) {
  const timers = new Map<string, NodeJS.Timeout>();
  return {
    begin(name: string): void {
      const beat = () => void pool.withConnection((db) => heartbeat(db, name)).catch(() => {});
      beat();
      timers.set(name, setInterval(beat, HEARTBEAT_MS).unref());
    },
    end: (name: string) => clearInterval(timers.get(name)),
    endAll: () => {
      for (const timer of timers.values()) clearInterval(timer);
    },
  };
}

/** The server has said no: then there is no database. Where a connection was lost, there may be one. */
function isRefusal(error: unknown): boolean {
  return error instanceof Failure || (error instanceof DatabaseError && error.code.length === 5);
}

function notRemoved(names: readonly string[], reason: string): Failure {
  const databases = `the scratch database${names.length > 1 ? "s" : ""} ${names.join(" and ")}`;
  return new Failure(
    "cleanup",
    `Not removed: ${databases}. ${reason} A later run tries again, once silent for an hour; or drop it yourself: DROP DATABASE … WITH (FORCE).`,
  );
}
