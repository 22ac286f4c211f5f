import { parseConnectionString } from "../connection/connection-string.ts";
import { SetupError } from "../connection/errors.ts";
import { Failure } from "../text/failure.ts";
import type { GuideDatabase } from "./guide-database.ts";
import { dropAbandoned } from "./heartbeat.ts";
import { refuseForeignTables } from "./in-place.ts";
import { afterAbort, untilAborted } from "./patience.ts";
import { openPool, type Pool } from "./pool.ts";
import { openScratchLanes } from "./scratch-lanes.ts";

export interface DatabaseOptions {
  /** Run in the given database itself, without scratch databases. */
  readonly inPlace: boolean;
  /** The tables that the guide makes. */
  readonly tables: readonly string[];
  /** Ends the waiting for a server that does not answer. */
  readonly signal: AbortSignal;
  /** Is told of each failed attempt to connect that will be tried again. */
  readonly onRetry: (message: string) => void;
}

/** Somebody has pressed Ctrl-C, and waits. A server that answers drops a database much faster. */
const PATIENCE_MS = 5000;

/**
 * Opens a server that somebody else runs. The drivers get scratch databases there, or the given
 * database itself.
 * @throws Failure of kind "database"
 */
export async function openGiven(
  url: string,
  { inPlace, tables, signal, onRetry }: DatabaseOptions,
): Promise<GuideDatabase> {
  const { host, port, database } = settingsOf(url);
  const place = `${host.includes(":") ? `[${host}]` : host}:${port}/${database}`;
  const pool = openPool(url, onRetry);
  const opening = pool.withConnection(async (db) => {
    if (inPlace) await refuseForeignTables(db, tables);
    else await dropAbandoned(db, pool.openIn);
    const [row] = await db.query("SHOW server_version");
    return String(row?.server_version).split(" ")[0];
  });
  const version = await untilAborted(opening, signal);
  const shared = { kind: "given", isParallel: !inPlace } as const;
  const label = `PostgreSQL ${version} at ${place}`;
  if (!inPlace) return { label, ...shared, ...scratch(url, pool, signal) };
  return {
    label: `${label}, in place`,
    ...shared,
    openLane: async () => ({ database, url, close: async () => {} }),
    close: pool.close,
  };
}

function scratch(
  url: string,
  pool: Pool,
  signal: AbortSignal,
): Pick<GuideDatabase, "openLane" | "close"> {
  const lanes = openScratchLanes(url, pool, afterAbort(signal, PATIENCE_MS));
  return {
    openLane: lanes.open,
    async close() {
      try {
        await lanes.close();
      } finally {
        await pool.close();
      }
    },
  };
}

function settingsOf(url: string) {
  try {
    return parseConnectionString(url);
  } catch (error) {
    if (error instanceof SetupError)
      throw new Failure("database", `DATABASE_URL: ${error.message}`);
    throw error;
  }
}
