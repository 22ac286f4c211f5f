import { afterAbort, unlessAborted } from "../common/abort.ts";
import { Failure } from "../common/failure.ts";
import { parseConnectionString } from "../connection/connection-string.ts";
import { SetupError } from "../connection/errors.ts";
import type { GuideServer } from "./guide-database.ts";
import { dropAbandoned } from "./heartbeat.ts";
import { refuseForeignTables } from "./in-place.ts";
import { openPool, type Pool } from "./pool.ts";
import { openScratchDatabases } from "./scratch-databases.ts";

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
 * Opens a server that somebody else runs. The clients get scratch databases there, or the given
 * database itself.
 * @throws Failure of kind "database"
 */
export async function openExternal(
  url: string,
  { inPlace, tables, signal, onRetry }: DatabaseOptions,
): Promise<GuideServer> {
  const { host, port, database } = settingsOf(url);
  const place = `${host.includes(":") ? `[${host}]` : host}:${port}/${database}`;
  const pool = openPool(url, onRetry);
  const opening = pool.withConnection(async (db) => {
    if (inPlace) await refuseForeignTables(db, tables);
    else await dropAbandoned(db, pool.openIn);
    const [row] = await db.query("SHOW server_version");
    return String(row?.server_version).split(" ")[0];
  });
  const version = await unlessAborted(opening, signal);
  const shared = { kind: "external", isParallel: !inPlace } as const;
  const label = `PostgreSQL ${version} at ${place}`;
  if (!inPlace) return { label, ...shared, ...scratch(url, pool, signal) };
  return {
    label: `${label}, in place`,
    ...shared,
    createDatabase: async () => ({ name: database, url, close: async () => {} }),
    close: pool.close,
  };
}

function scratch(
  url: string,
  pool: Pool,
  signal: AbortSignal,
): Pick<GuideServer, "createDatabase" | "close"> {
  const databases = openScratchDatabases(url, pool, afterAbort(signal, PATIENCE_MS));
  return {
    createDatabase: databases.open,
    async close() {
      try {
        await databases.close();
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
