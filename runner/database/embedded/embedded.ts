import { randomBytes } from "node:crypto";
import { unlessAborted } from "../../common/abort.ts";
import { joinUri, splitUri, withDatabase } from "../../connection/connection-uri.ts";
import type { Workspace } from "../../workspace/workspace.ts";
import type { ClientDatabase, GuideServer, ServerObserver } from "../guide-server.ts";
import { openPool, type Pool } from "../pool.ts";
import { openSamples } from "../sample.ts";
import { dropAll, dropScratch, quoteIdentifier, scratchName } from "../scratch.ts";
import { findBinaries } from "./binaries.ts";
import { type Cluster, copyPristine, makeCluster, returnCluster, takeCluster } from "./cluster.ts";
import { openTlsOffer, type TlsOffer } from "./offer-tls.ts";
import { type Server, serverUser, startServer } from "./server.ts";
import {
  freeMegabytes,
  MEGABYTES_NEEDED,
  type MemoryTablespace,
  openMemoryTablespace,
  refuseFullDisk,
} from "./space.ts";

/** How long to wait for the server after Ctrl-C. One that does not answer by then is killed. */
const TIDY_LIMIT_MS = 2000;

/**
 * Starts a PostgreSQL server for one run, on a cluster from the cache, or else on a new one. A cluster from
 * the cache that turns out damaged is skipped.
 * @param signal Ctrl-C: the server is not waited for much longer
 * @param own what else the steps may do: change the server itself. Then its files are not used again
 * @throws Failure of kind "database"
 */
export async function openEmbedded(
  workspace: Workspace,
  signal: AbortSignal,
  own: "" | "CREATEROLE" | "SUPERUSER" = "",
): Promise<GuideServer> {
  refuseFullDisk(workspace.root);
  const user = serverUser();
  const binaries = findBinaries(workspace.root, user);
  const version = binaries.version.split("-")[0];

  async function open(cluster: Cluster): Promise<GuideServer> {
    const server = await startServer(workspace, binaries, user, cluster);
    const pool = openPool(urlOf(server, "postgres", cluster.password));
    try {
      const role = await makeRole(pool, own);
      const memory = await openMemoryTablespace(workspace, pool, user);
      const url = urlOf(server, role.name, role.password);
      const tls = openTlsOffer(workspace, cluster, user, pool);
      const templateOf = openSamples(() =>
        createDatabase(url, pool, role.name, memory, scratchName("sample")),
      );
      return {
        label: `embedded PostgreSQL ${version}`,
        kind: "embedded",
        clientsShare: "server",
        async createDatabase(client, name = scratchName(client), content) {
          const template = await templateOf(content);
          return createDatabase(url, pool, role.name, memory, name, template);
        },
        hasRoomFor: (bytes) =>
          (memory?.hasRoomFor(bytes) ?? true) && // the catalogs; tables are on the disk
          freeMegabytes(workspace.root) - bytes / 1024 ** 2 > MEGABYTES_NEEDED,
        withConnection: (work) => unlessAborted(pool.withConnection(work), signal),
        openIn: pool.openIn,
        offerTls: tls.start,
        observe: () => observe(pool, role.name, url, server.log),
        async close() {
          const tidied = unlessAborted(tidy(pool, role.name, memory, tls), signal, TIDY_LIMIT_MS);
          const state = await tidied.catch(() => "stuck" as const);
          await pool.close();
          const isClean = await server.stop(state === "stuck");
          if (state === "as new" && isClean && own === "") returnCluster(workspace, binaries);
        },
      };
    } catch (error) {
      await pool.close();
      await server.stop();
      throw error;
    }
  }

  for (const find of [takeCluster, copyPristine]) {
    const cluster = find(workspace, binaries, user);
    const opened = cluster && (await open(cluster).catch(() => undefined));
    if (opened) return opened;
  }
  return open(await makeCluster(workspace, binaries, user));
}

/**
 * Makes the role of the steps. It may do more only on a server that is gone with them: elsewhere, what
 * they can change is gone when their role is. Their tables are not in their database's own tablespace, which needs a right.
 */
async function makeRole({ withConnection }: Pool, own: string) {
  const random = randomBytes(4).toString("hex");
  const role = { name: `guide_${random}`, password: randomBytes(18).toString("base64url") };
  await withConnection((db) =>
    db.query(
      `CREATE ROLE ${role.name} LOGIN CREATEDB ${own} PASSWORD '${role.password}';
       GRANT CREATE ON TABLESPACE pg_default TO PUBLIC`,
    ),
  );
  return role;
}

/**
 * Creates a client's database. Copying the template's files takes half as long as the default, but needs
 * checkpoints: they are cheap on a server for one run, not on one that is busy.
 */
async function createDatabase(
  url: string,
  { withConnection, openIn }: Pool,
  role: string,
  memory: MemoryTablespace | undefined,
  name: string,
  template = "template0",
): Promise<ClientDatabase> {
  const create = `CREATE DATABASE ${quoteIdentifier(name)} OWNER ${role} TEMPLATE ${quoteIdentifier(template)} STRATEGY file_copy`;
  const close = () => withConnection((db) => dropScratch(db, name, openIn));
  const database = { name, url: withDatabase(url, name), close };
  // A copy is where its template is: the tables of one in memory are on the disk, and cannot be moved.
  if (memory && template === "template0") {
    try {
      await withConnection((db) => db.query(`${create} TABLESPACE ${memory.name}`));
      if (!memory.isNearlyFull()) return database;
      await close();
    } catch {
      // too little memory: use the disk
    }
  }
  await withConnection((db) => db.query(create));
  return database;
}

/**
 * Makes a role that can only read, and has the server log what the steps send. Both are settings of roles
 * that are dropped when the run is over.
 * @param role of the steps
 * @param url of the server, as the steps' role
 * @param log the file of the server's log
 */
async function observe(
  { withConnection }: Pool,
  role: string,
  url: string,
  log: string,
): Promise<ServerObserver> {
  const user = `${role}_reader`;
  const password = randomBytes(18).toString("base64url");
  // Plans say how many rows there were.
  const explain = Object.entries({
    session_preload_libraries: "auto_explain",
    "auto_explain.log_min_duration": "0",
    "auto_explain.log_analyze": "on",
    "auto_explain.log_timing": "off",
    "auto_explain.log_buffers": "off",
    "auto_explain.log_format": "json",
    "auto_explain.log_parameter_max_length": "0",
  }).map(([name, value]) => `ALTER ROLE ${role} SET ${name} = '${value}'`);
  await withConnection(async (db) => {
    await db.query(
      `CREATE ROLE ${user} LOGIN PASSWORD '${password}';
       GRANT pg_read_all_data TO ${user};
       ALTER ROLE ${user} SET default_transaction_read_only = on;
       ALTER ROLE ${role} SET log_min_duration_statement = 0`,
    );
    // A server without the module logs no plans.
    await db.query(["LOAD 'auto_explain'", ...explain].join("; ")).catch(() => {});
  });
  const reading = joinUri({ ...splitUri(url), user, password });
  return { log, urlFor: ({ name }) => withDatabase(reading, name) };
}

/** Drops everything that the run made, so that the next one may use the cluster. */
async function tidy(
  { withConnection, openIn }: Pool,
  role: string,
  memory: MemoryTablespace | undefined,
  tls: TlsOffer,
): Promise<"as new" | "used"> {
  try {
    await tls.undo();
    await withConnection(async (db) => {
      const { rows: left } = await db.query(
        "SELECT datname FROM pg_database WHERE datname NOT IN ('postgres', 'template0', 'template1')",
      );
      const [first, second, ...more] = left.map(({ datname }) => String(datname));
      for (const name of [first, second]) if (name) await dropScratch(db, name, openIn);
      await dropAll(more, (name) => withConnection((own) => dropScratch(own, name, openIn)));
      if (memory) await db.query(`DROP TABLESPACE ${memory.name}`);
      const { rows: roles } = await db.query(
        `SELECT rolname FROM pg_roles WHERE starts_with(rolname, '${role}')`,
      );
      for (const { rolname } of roles) await db.query(`DROP ROLE ${rolname}`);
    });
    return "as new";
  } catch {
    return "used";
  }
}

function urlOf({ port }: Server, user: string, password: string): string {
  return `postgresql://${user}:${password}@127.0.0.1:${port}/postgres`;
}
