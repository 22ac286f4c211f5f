import type { Database } from "../../drivers/driver.ts";
import { unlessAborted } from "../common/abort.ts";
import { Failure } from "../common/failure.ts";
import { parseConnectionString } from "../connection/connection-string.ts";
import { SetupError } from "../connection/errors.ts";
import { hidePasswordIn } from "../connection/hide-password.ts";
import type { GuideServer } from "./guide-server.ts";
import { openInPlace, refuseForeign } from "./in-place.ts";
import { addedTo, lastingThings, readsConfiguration } from "./lasting-things.ts";
import { openPool } from "./pool.ts";
import { dropAbandoned, openScratchDatabases } from "./scratch-databases.ts";
import { makeStepsRole, mayMakeRoles, ownRolesOnly } from "./steps-role.ts";

/** An SQL expression: is one of the extensions only for a superuser? */
const needSuperuser = `EXISTS (SELECT FROM unnest($1::text[]) AS e
  JOIN pg_available_extension_versions v ON v.name = e WHERE v.superuser AND NOT v.trusted)`;

export interface ExternalOptions {
  /** Run in the database that the connection string names, without scratch databases. */
  readonly inPlace: boolean;
  /** Set if the steps may need the reader's own role. */
  readonly rights?: ReadersRights | undefined;
  /** Ends the waiting for a server that does not answer. */
  readonly signal: AbortSignal;
  /** Shows a line to the reader. */
  readonly note: (message: string) => void;
}

/** What steps need the reader's own role for. */
export interface ReadersRights {
  /** True if they do what only the reader may do. */
  readonly needRole: boolean;
  readonly makeDatabaseOrRole: boolean;
  /** The extensions that they create: some are only for a superuser. */
  readonly extensions: readonly string[];
}

/** How long to wait after Ctrl-C for a role that is being made: it is dropped with the rest. */
const UNDO_LIMIT_MS = 2000;

const noRights: ReadersRights = { needRole: false, makeDatabaseOrRole: false, extensions: [] };

/**
 * Opens the server of a connection string. The clients get scratch databases there, or its database.
 * @throws Failure of kind "database"
 */
export async function openExternal(
  url: string,
  { inPlace, rights = noRights, signal, note }: ExternalOptions,
): Promise<GuideServer> {
  const { host, port, database } = settingsOf(url);
  hidePasswordIn(url);
  const address = `${host.includes(":") ? `[${host}]` : host}:${port}/${database}`;
  let retries = 0;
  const pool = openPool(url, (message) => {
    if (retries++ === 0) note(`Waiting for the database: ${message}`);
  });
  const opening = pool.withConnection(async (db) => {
    if (inPlace) await refuseForeign(db);
    else await dropAbandoned(db, pool.openIn);
    const {
      rows: [row],
    } = await db.query(
      `SELECT current_setting('server_version') AS version, ${readsConfiguration} AS reads,
         ${ownRolesOnly} AS own_roles_only, ${mayMakeRoles} AND NOT ${needSuperuser} AS may_make_roles`,
      [rights.extensions],
    );
    const list = (other: Database) => lastingThings(other, row?.reads === true);
    const isEnough =
      !rights.needRole && (!rights.makeDatabaseOrRole || row?.own_roles_only === true);
    const hasOwnRole = !inPlace && isEnough && row?.may_make_roles === true;
    return {
      version: String(row?.version).split(" ")[0],
      list,
      before: await list(db),
      hasOwnRole,
    };
  });
  const { version, list, before, hasOwnRole } = await unlessAborted(opening, signal);
  const making = hasOwnRole
    ? makeStepsRole(url, pool, rights.makeDatabaseOrRole ? "CREATEROLE" : "")
    : undefined;
  const role = making && (await unlessAborted(making, signal, UNDO_LIMIT_MS));
  const databases = inPlace
    ? await unlessAborted(openInPlace(url, database, pool, signal), signal)
    : openScratchDatabases(url, pool, signal, role);
  return {
    label: `PostgreSQL ${version} at ${address}${inPlace ? ", in place" : ""}`,
    kind: "external",
    clientsShare: inPlace ? "database" : "server",
    ...(role && { isGuarded: () => unlessAborted(role.mayLogIn, signal) }),
    createDatabase: databases.create,
    withConnection: (work) => unlessAborted(pool.withConnection(work), signal),
    openIn: pool.openIn,
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
  return `New or changed on your server since the run began: ${names.join(", ")}. Drop or reset what a step left there.`;
}
