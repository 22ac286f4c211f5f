import type { Database } from "../../drivers/driver.ts";
import { unlessAborted } from "../common/abort.ts";
import { Failure } from "../common/failure.ts";
import { hidePassword } from "../common/secrets.ts";
import { parseConnectionString } from "../connection/connection-string.ts";
import { splitUri } from "../connection/connection-uri.ts";
import { SetupError } from "../connection/errors.ts";
import type { GuideServer } from "./guide-server.ts";
import { openInPlace, refuseForeignTables } from "./in-place.ts";
import { addedTo, lastingThings, readsConfiguration } from "./lasting-things.ts";
import { openPool } from "./pool.ts";
import { dropAbandoned, openScratchDatabases } from "./scratch-databases.ts";

export interface ExternalOptions {
  /** Run in the database that the connection string names, without scratch databases. */
  readonly inPlace: boolean;
  /** The tables that the guide makes. */
  readonly tables: readonly string[];
  /** Ends the waiting for a server that does not answer. */
  readonly signal: AbortSignal;
  /** Shows a line to the reader. */
  readonly note: (message: string) => void;
}

/**
 * Opens the server of a connection string. The clients get scratch databases there, or its database.
 * @throws Failure of kind "database"
 */
export async function openExternal(
  url: string,
  { inPlace, tables, signal, note }: ExternalOptions,
): Promise<GuideServer> {
  const { host, port, user, password, database } = settingsOf(url);
  for (const one of [password, splitUri(url).password]) hidePassword(one, [user, host, database]);
  const address = `${host.includes(":") ? `[${host}]` : host}:${port}/${database}`;
  let retries = 0;
  const pool = openPool(url, (message) => {
    if (retries++ === 0) note(`Waiting for the database: ${message}`);
  });
  const opening = pool.withConnection(async (db) => {
    if (inPlace) await refuseForeignTables(db, tables);
    else await dropAbandoned(db, pool.openIn);
    const {
      rows: [row],
    } = await db.query(
      `SELECT current_setting('server_version') AS version, ${readsConfiguration} AS reads`,
    );
    const list = (other: Database) => lastingThings(other, row?.reads === true);
    return { version: String(row?.version).split(" ")[0], list, before: await list(db) };
  });
  const { version, list, before } = await unlessAborted(opening, signal);
  const databases = inPlace
    ? await unlessAborted(openInPlace(url, database, tables, pool, signal), signal)
    : openScratchDatabases(url, pool, signal);
  return {
    label: `PostgreSQL ${version} at ${address}${inPlace ? ", in place" : ""}`,
    kind: "external",
    isParallel: !inPlace,
    createDatabase: databases.create,
    withConnection: (work) => unlessAborted(pool.withConnection(work), signal),
    async close() {
      try {
        await databases.close();
        const after = pool.withConnection(list);
        const added = addedTo(before, await unlessAborted(after, signal, 1000));
        if (added.length > 0) note(leftBehind(added));
      } catch (error) {
        if (error instanceof Failure && error.kind === "cleanup") throw error;
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

function leftBehind(names: readonly string[]): string {
  return `Since the run began, the server has more: ${names.join(", ")}. Drop or reset what a step has left.`;
}
