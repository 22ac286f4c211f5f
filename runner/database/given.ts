import { parseConnectionString } from "../../drivers/connection/connection-string.ts";
import { withDatabase } from "../../drivers/connection/connection-uri.ts";
import { SetupError } from "../../drivers/connection/errors.ts";
import { Failure } from "../failure.ts";
import type { GuideDatabase, Lane } from "./guide-database.ts";
import { refuseForeignTables } from "./in-place.ts";
import { openPool, type Pool } from "./pool.ts";
import { createScratch, dropAbandoned, dropScratch, heartbeat } from "./scratch.ts";

export interface GivenChoice {
  /** Run in the given database itself, without scratch databases. */
  readonly inPlace: boolean;
  /** The tables that the guide makes. */
  readonly tables: readonly string[];
  /** Ends the waiting for a server that does not answer. */
  readonly signal: AbortSignal;
  /** Is told of each failed attempt to connect that will be tried again. */
  readonly onRetry: (message: string) => void;
}

const HEARTBEAT_MS = 5 * 60_000;

/**
 * Opens a server that somebody else runs. The drivers get scratch databases there, or the given
 * database itself.
 * @throws Failure of kind "database"
 */
export async function openGiven(
  url: string,
  { inPlace, tables, signal, onRetry }: GivenChoice,
): Promise<GuideDatabase> {
  const { host, port, database } = settingsOf(url);
  const place = `${host.includes(":") ? `[${host}]` : host}:${port}/${database}`;
  const pool = openPool(url, onRetry);
  const opening = pool.withConnection(async (db) => {
    if (inPlace) await refuseForeignTables(db, tables);
    else await dropAbandoned(db);
    const [row] = await db.query("SHOW server_version");
    return String(row?.server_version).split(" ")[0];
  });
  const version = await Promise.race([opening, whenAborted(signal)]);
  return {
    label: `PostgreSQL ${version} at ${place}${inPlace ? ", in place" : ""}`,
    kind: "given",
    isParallel: !inPlace,
    openLane: inPlace
      ? async () => ({ url, close: async () => {} })
      : (driver, name) => openScratchLane(url, pool, driver, signal, name),
    close: pool.close,
  };
}

async function openScratchLane(
  url: string,
  { withConnection }: Pool,
  driver: string,
  signal: AbortSignal,
  wanted?: string,
): Promise<Lane> {
  signal.throwIfAborted();
  const name = await withConnection((db) => createScratch(db, driver, wanted));
  const beat = () => {
    withConnection((db) => heartbeat(db, name)).catch(() => {});
  };
  beat();
  const timer = setInterval(beat, HEARTBEAT_MS).unref();

  return {
    name,
    url: withDatabase(url, name),
    async close() {
      clearInterval(timer);
      await withConnection((db) => dropScratch(db, name));
    },
  };
}

function whenAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener("abort", () => reject(new Failure("database", "Interrupted.")));
  });
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
