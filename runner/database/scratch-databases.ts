import type { Database } from "../../drivers/driver.ts";
import { Interrupted, unlessAborted } from "../common/abort.ts";
import { Failure, messageOf } from "../common/failure.ts";
import { withDatabase } from "../connection/connection-uri.ts";
import { DatabaseError } from "../connection/errors.ts";
import { thisProcess } from "../workspace/workspace.ts";
import { connected } from "./connected.ts";
import type { GuideServer } from "./guide-server.ts";
import { HEARTBEAT_MS, heartbeatOf, stateOf } from "./heartbeat.ts";
import type { Pool } from "./pool.ts";
import { openSamples } from "./sample.ts";
import {
  createScratch,
  dropAll,
  dropScratch,
  type OpenIn,
  quoteIdentifier,
  quoteLiteral,
  type ScratchOptions,
  scratchName,
} from "./scratch.ts";
import { dropStepsRole, type StepsRole } from "./steps-role.ts";

/** The clients' databases on an external server. */
export interface ClientDatabases {
  /** See `GuideServer`. */
  readonly create: GuideServer["createDatabase"];
  /** Drops what is left. @throws Failure of kind "cleanup" with the names of what could not be dropped */
  close(): Promise<void>;
}

/** How long to wait for the server after Ctrl-C. One that answers drops a database much faster. */
const DROP_LIMIT_MS = 5000;

/**
 * @param signal Ctrl-C: the server is not waited for much longer
 * @param role of the steps, if they have one of their own. It goes with the databases
 */
export function openScratchDatabases(
  url: string,
  pool: Pool,
  signal: AbortSignal,
  role: StepsRole | undefined,
): ClientDatabases {
  /** From the moment in which they may exist, until they are certainly gone. */
  const present = new Set<string>();
  const creations = new Set<Promise<unknown>>();
  /** Of the databases, if it is not the reader. */
  let owner = role;
  let isRolePresent = role !== undefined;
  const send = (statement: string) =>
    pool.withConnection((db) => db.query(statement)).catch(() => {});
  const beat = (name: string) => send(heartbeatOf("DATABASE", name));
  const beatAll = async () => {
    if (role) await send(heartbeatOf("ROLE", role.name));
    for (const name of present) await beat(name);
  };
  const heartbeats = setInterval(beatAll, HEARTBEAT_MS).unref();

  async function make(db: Database, name: string, options: ScratchOptions): Promise<void> {
    // One that this run made is there still if it could not be dropped when it was to be made again.
    if (present.has(name)) await dropScratch(db, name, pool.openIn);
    present.add(name);
    try {
      await createScratch(db, name, options);
    } catch (error) {
      if (isRefusal(error)) present.delete(name);
      throw error;
    }
    await db.query(setUp(name));
  }

  async function drop(name: string): Promise<void> {
    await pool.withConnection((db) => dropScratch(db, name, pool.openIn));
    present.delete(name);
  }

  async function dropLeft(): Promise<void> {
    await Promise.allSettled(creations);
    await dropAll([...present], drop);
    if (role) await pool.withConnection((db) => dropStepsRole(db, role.name, pool.openIn));
    isRolePresent = false;
  }

  /** Tried once: what leads one name elsewhere leads all. */
  let arriving: Promise<void> | undefined;
  const templateOf = openSamples(() => create("sample"));
  const create: ClientDatabases["create"] = async (
    client,
    name = scratchName(client, thisProcess()),
    content,
  ) => {
    const template = await templateOf(content);
    let own = owner;
    const options = { template, owner: own?.name };
    const creation = pool.withConnection((db) => make(db, name, options));
    creations.add(creation);
    await creation;
    if (own && !(await own.mayLogIn)) {
      owner = own = undefined;
      await pool.withConnection((db) => db.query(giveBack(name)));
    }
    void beat(name);
    const close = () => unlessAborted(drop(name), signal, DROP_LIMIT_MS);
    const readersUrl = withDatabase(url, name);
    const stepsUrl = own ? withDatabase(own.url, name) : readersUrl;
    arriving ??= refuseOther(stepsUrl, name);
    await arriving;
    return { name, url: stepsUrl, readersUrl, close };
  };

  return {
    create,

    async close() {
      try {
        await unlessAborted(dropLeft(), signal, DROP_LIMIT_MS);
      } catch (error) {
        if (error instanceof Failure && error.kind === "cleanup") throw error;
        const isLate = error instanceof Interrupted;
        const reason = isLate ? "The server does not answer." : messageOf(error);
        const names = [...present];
        if (isRolePresent || names.length > 0) throw notDropped(names, role?.name, reason);
      } finally {
        clearInterval(heartbeats);
      }
    },
  };
}

/** A pooler may lead every name to one database, such as the reader's own. @throws Failure of kind "database" */
async function refuseOther(url: string, name: string): Promise<void> {
  const { rows } = await connected(url, (db) => db.query("SELECT current_database() AS name"));
  const found = String(rows[0]?.name);
  if (found === name) return;
  throw new Failure(
    "database",
    `The connection string leads to the database ${found}, whichever it names, and the guide runs in scratch databases. Use one that goes directly to the server, and not through this pooler.`,
  );
}

/** The server refused: there is no database. If the connection was lost, there may be one. */
function isRefusal(error: unknown): boolean {
  return error instanceof Failure || (error instanceof DatabaseError && error.code.length === 5);
}

function notDropped(names: readonly string[], role: string | undefined, reason: string): Failure {
  const databases = `the scratch database${names.length > 1 ? "s" : ""} ${names.join(" and ")}`;
  const all = [names.length > 0 && databases, role && `the role ${role}`].filter(Boolean);
  const statements = [names.length > 0 && "DROP DATABASE … WITH (FORCE)", role && "DROP ROLE …"];
  return new Failure(
    "cleanup",
    `Not removed: ${all.join(", and ")}. ${reason} A run that starts in an hour or later tries again. Or drop it yourself: ${statements.filter(Boolean).join("; ")}.`,
  );
}

/**
 * Lets the server end a statement whose client is gone, as after kill -9: otherwise, it goes on to its end.
 * PostgreSQL 13 and servers on Windows cannot do that.
 */
export const ENDING_ALONE = "client_connection_check_interval=2000";

/** As on the embedded server: those of the server and of the reader's role would change what steps print. Only a superuser may set lc_messages. */
const NEUTRAL = [
  "datestyle='ISO, MDY'",
  "intervalstyle=postgres",
  "timezone='UTC'",
  'search_path="$user", public',
  "lc_messages='C'",
];

/** Sets what the server lets this role set. A setting of the database counts less than one of the role. */
function setUp(name: string): string {
  const settings = [ENDING_ALONE, ...NEUTRAL].map(quoteLiteral);
  return `DO $$ DECLARE one text; BEGIN
    FOREACH one IN ARRAY ARRAY[${settings}] LOOP
      BEGIN
        EXECUTE format('ALTER DATABASE %I SET %s', ${quoteLiteral(name)}, one);
        IF EXISTS (SELECT FROM pg_roles, unnest(rolconfig) AS own WHERE rolname = session_user
            AND lower(split_part(own, '=', 1)) = split_part(one, '=', 1)) THEN
          EXECUTE format('ALTER ROLE SESSION_USER IN DATABASE %I SET %s', ${quoteLiteral(name)}, one);
        END IF;
      EXCEPTION WHEN OTHERS THEN
      END;
    END LOOP;
  END $$`;
}

/** The steps use it as the reader. */
function giveBack(name: string): string {
  return `ALTER DATABASE ${quoteIdentifier(name)} OWNER TO CURRENT_USER`;
}

/**
 * Drops the scratch databases of runs that are dead, and the roles of their steps, unless a session uses them. What
 * is without a comment gets one now. What cannot be dropped is left for a later run.
 */
export async function dropAbandoned(db: Database, openIn: OpenIn): Promise<void> {
  const { rows } = await db.query<{
    kind: "DATABASE" | "ROLE";
    name: string;
    comment: string | null;
    now: number;
  }>(`
    SELECT kind, name, comment, extract(epoch FROM now())::float8 * 1000 AS now FROM (
      SELECT 'DATABASE' AS kind, datname AS name, shobj_description(oid, 'pg_database') AS comment
      FROM pg_database d
      WHERE pg_has_role(datdba, 'USAGE')
        AND NOT EXISTS (SELECT FROM pg_stat_activity a WHERE a.datid = d.oid)
      UNION ALL
      SELECT 'ROLE', rolname, shobj_description(oid, 'pg_authid') FROM pg_roles r
      WHERE NOT EXISTS (SELECT FROM pg_stat_activity a WHERE a.usesysid = r.oid)
    ) AS one
    WHERE name LIKE 'guide\\_scratch\\_%' ORDER BY kind`);
  for (const { kind, name, comment, now } of rows) {
    const state = stateOf(kind, name, comment, Number(now));
    const work = async () => {
      if (state === "unknown") await db.query(heartbeatOf(kind, name));
      if (state === "dead" && kind === "ROLE") await dropStepsRole(db, name, openIn);
      if (state === "dead" && kind === "DATABASE") await dropScratch(db, name, openIn, "");
    };
    await work().catch(() => {});
  }
}
