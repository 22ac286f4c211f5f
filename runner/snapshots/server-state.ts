import { setTimeout as sleep } from "node:timers/promises";
import { connected } from "../database/connected.ts";
import type { Session } from "../run/session.ts";

/** What decides if a client's database can be copied. */
interface ServerState {
  /** Connections to it, and its prepared transactions: the server copies only without them. */
  readonly users: number;
  readonly bytes: number;
  /** What of it is not in a copy, such as rights and settings. */
  readonly own: string;
  /** What its owner can change on the server outside of it: databases, roles, settings. */
  readonly others: string;
}

/**
 * How long to wait for the end of connections: what reads the tables after a run has one, and the server
 * takes some milliseconds for those that were closed. If a step left one open, it is not waited for again.
 */
const UNUSED_LIMIT_MS = 3000;
const HELD_LIMIT_MS = 100;
const FIRST_PAUSE_MS = 3;
const LAST_PAUSE_MS = 25;
/** After that time, a connection that was closed has ended. */
const CLOSED_MS = 300;

/** Sees what the steps did to the server. */
export interface ServerStates {
  /** Remembers how the server is before a client's first run. */
  rememberFirst(client: string): Promise<void>;
  /**
   * Waits until a client's database is not used.
   * @returns undefined if it cannot be copied, or if a copy would not hold all that the runs did
   */
  whenUnused(client: string): Promise<ServerState | undefined>;
  /** True if the server has nothing outside of the clients' databases that was not there at first. */
  isAsAtFirst(client: string): Promise<boolean>;
}

export function openServerStates({ server, databaseOf }: Session): ServerStates {
  const first = new Map<string, ServerState>();
  /** Clients whose databases a connection is open to that does not end. */
  const held = new Set<string>();
  let pooled: Promise<boolean> | undefined;

  async function read(client: string): Promise<ServerState> {
    const { name } = await databaseOf(client);
    const { rows } = await server.withConnection((db) => db.query(query, [name]));
    const [row] = rows;
    return {
      users: Number(row?.users),
      bytes: Number(row?.bytes),
      own: String(row?.own),
      others: String(row?.others),
    };
  }

  async function readUnused(client: string): Promise<ServerState> {
    const limit = held.has(client) ? HELD_LIMIT_MS : UNUSED_LIMIT_MS;
    const deadline = performance.now() + limit;
    for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(pause * 2, LAST_PAUSE_MS)) {
      const state = await read(client);
      if (state.users === 0) held.delete(client);
      else if (performance.now() > deadline) held.add(client);
      else {
        await sleep(pause);
        continue;
      }
      return state;
    }
  }

  /** A pooler keeps connections open that its clients have closed. */
  async function isPooled(client: string): Promise<boolean> {
    const { url, name } = await databaseOf(client);
    const { rows } = await connected(url, (db) => db.query("SELECT pg_backend_pid() AS pid"));
    await sleep(CLOSED_MS);
    const left = await server.withConnection((own) =>
      own.query("SELECT FROM pg_stat_activity WHERE datname = $1 AND pid = $2::int", [
        name,
        String(rows[0]?.pid),
      ]),
    );
    return left.rows.length > 0;
  }

  async function endIdle(client: string): Promise<void> {
    const { name } = await databaseOf(client);
    await server.withConnection((db) =>
      db.query(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1 AND state = 'idle'",
        [name],
      ),
    );
  }

  return {
    async rememberFirst(client) {
      if (!first.has(client)) first.set(client, await read(client));
    },

    async whenUnused(client) {
      if (await pooled) await endIdle(client);
      let state = await readUnused(client);
      if (state.users > 0) {
        pooled ??= isPooled(client);
        if (!(await pooled)) return undefined;
        await endIdle(client);
        state = await readUnused(client);
      }
      const before = first.get(client);
      const isWhole = state.own === before?.own && state.others === before.others;
      return state.users === 0 && isWhole ? state : undefined;
    },

    async isAsAtFirst(client) {
      const before = first.get(client);
      return before === undefined || (await read(client)).others === before.others;
    },
  };
}

/**
 * The owner of the database is the role of the steps. The scratch databases of other runs come and go, and
 * what other roles do is not our steps' work.
 */
const query = `
  WITH own AS (SELECT d.*, r.rolname, r.rolsuper, r.rolcreaterole
               FROM pg_database d JOIN pg_roles r ON r.oid = d.datdba WHERE d.datname = $1)
  SELECT
    (SELECT count(*) FROM pg_stat_activity a
     WHERE a.datid = own.oid AND a.backend_type IS DISTINCT FROM 'autovacuum worker')
    + (SELECT count(*) FROM pg_prepared_xacts WHERE database = own.datname) AS users,
    pg_database_size(own.oid) AS bytes,
    concat_ws('|', own.datacl, own.datconnlimit, own.datallowconn, own.datistemplate, own.rolname,
      (SELECT string_agg(concat(setrole, setconfig), ',' ORDER BY setrole)
       FROM pg_db_role_setting WHERE setdatabase = own.oid),
      (SELECT count(subname) FROM pg_subscription WHERE subdbid = own.oid),
      (SELECT count(*) FROM pg_replication_slots WHERE database = own.datname),
      (SELECT description FROM pg_shdescription
       WHERE objoid = own.oid AND classoid = 'pg_database'::regclass
         AND description NOT LIKE 'Scratch database of the Neon guide%')) AS own,
    md5(concat_ws('|',
      (SELECT string_agg(concat_ws(',', d.oid, d.datname, d.datacl, d.datconnlimit), ';' ORDER BY d.oid)
       FROM pg_database d
       WHERE (d.datdba = own.datdba OR own.rolsuper) AND d.datname NOT LIKE 'guide\\_scratch\\_%'),
      (SELECT string_agg(concat(r.oid, r), ';' ORDER BY r.oid)
       FROM pg_roles r WHERE own.rolsuper OR own.rolcreaterole OR r.oid = own.datdba),
      (SELECT string_agg(concat(m.roleid, ',', m.member), ';' ORDER BY m.roleid, m.member)
       FROM pg_auth_members m WHERE own.rolsuper OR own.rolcreaterole),
      (SELECT string_agg(concat(setrole, setconfig), ';' ORDER BY setrole)
       FROM pg_db_role_setting
       WHERE setdatabase = 0 AND (own.rolsuper OR own.rolcreaterole OR setrole = own.datdba)),
      (SELECT string_agg(concat_ws(',', oid, spcname, spcacl), ';' ORDER BY oid)
       FROM pg_tablespace WHERE own.rolsuper))) AS others
  FROM own
`;
