import { appendFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll } from "vitest";
import type { Database } from "../../../drivers/driver.ts";
import * as pg from "../../../drivers/pg.ts";
import { connect } from "../../../runner/connection/connect.ts";
import { findBinaries } from "../../../runner/database/embedded/binaries.ts";
import { copyPristine, makeCluster } from "../../../runner/database/embedded/cluster.ts";
import { type Server, serverUser, startServer } from "../../../runner/database/embedded/server.ts";
import { ourName } from "../../../runner/workspace/find-cache.ts";
import { openWorkspace } from "../../../runner/workspace/workspace.ts";
import { makeCache, removeCache } from "./command.ts";

export const readerPassword = "correct-horse-battery";

/** A server that a fault suite may break: nothing else uses it. */
export interface FaultServer {
  readonly dataDirectory: string;
  readonly port: number;
  /** Of a role like Neon's, which may create databases. Its database holds the sentinel. */
  readonly url: string;
  readonly superuserUrl: string;
  sql(statement: string): Promise<Record<string, unknown>[]>;
  /** What a later run must find exactly as it was. */
  sentinel(): Promise<unknown>;
  /** @param pid of the runner whose they are; without it, those of all runners */
  scratchDatabases(pid?: number): Promise<string[]>;
  /** Drops those that a runner could not drop. */
  dropScratchDatabases(): Promise<void>;
  stop(): Promise<void>;
  start(): Promise<void>;
  close(): Promise<void>;
}

/**
 * Starts a server for the tests of the file that calls it, and closes it after them.
 * @param configuration lines for postgresql.conf
 */
export async function serverForFile(configuration?: readonly string[]): Promise<FaultServer> {
  const server = await startFaultServer(configuration);
  afterAll(() => server.close());
  return server;
}

/** @param configuration lines for postgresql.conf */
export async function startFaultServer(
  configuration: readonly string[] = [],
): Promise<FaultServer> {
  const cache = makeCache();
  const workspace = openWorkspace(join(cache, ourName));
  const user = serverUser();
  const binaries = findBinaries(workspace.root, user);
  const copy = await copyPristine(workspace, binaries, user);
  const cluster = copy ?? (await makeCluster(workspace, binaries, user));
  appendFileSync(join(cluster.dataDirectory, "postgresql.conf"), configuration.join("\n"));
  const port =
    Number(configuration.find((line) => line.startsWith("port"))?.replace(/\D/g, "")) || 0;
  let server: Server = await startServer(workspace, binaries, user, cluster, { port });

  const superuserUrl = `postgresql://postgres:${cluster.password}@127.0.0.1:${server.port}/postgres`;
  const url = `postgresql://reader:${readerPassword}@127.0.0.1:${server.port}/library`;
  const withConnection = async <Result>(
    address: string,
    work: (db: Database) => Promise<Result>,
  ) => {
    const db = await connect(pg, address);
    return work(db).finally(() => db.close());
  };
  const sql = async (statement: string) =>
    (await withConnection(superuserUrl, (db) => db.query(statement))).rows;

  await sql(`CREATE ROLE reader LOGIN CREATEDB PASSWORD '${readerPassword}'`);
  await sql("CREATE DATABASE library OWNER reader");
  await withConnection(url, async (db) => {
    await db.query("CREATE TABLE public.books (id INT PRIMARY KEY, title TEXT)");
    await db.query("INSERT INTO public.books VALUES (1, 'Dune'), (2, '1984'), (3, 'mine')");
  });

  const scratchDatabases = async (pid?: number) => {
    const rows = await sql(
      `SELECT datname FROM pg_database WHERE datname LIKE '%scratch%'${
        pid === undefined ? "" : ` AND shobj_description(oid, 'pg_database') LIKE '%.${pid}'`
      }`,
    );
    return rows.map(({ datname }) => String(datname));
  };
  return {
    dataDirectory: cluster.dataDirectory,
    port: server.port,
    url,
    superuserUrl,
    sql,
    sentinel: () =>
      withConnection(superuserUrl.replace(/postgres$/, "library"), (db) =>
        db.query("SELECT *, xmin, ctid FROM public.books ORDER BY id"),
      ),
    scratchDatabases,
    async dropScratchDatabases() {
      for (const name of await scratchDatabases()) await sql(`DROP DATABASE ${name} WITH (FORCE)`);
    },
    stop: async () => {
      await server.stop();
    },
    start: async () => {
      server = await startServer(workspace, binaries, user, cluster, { port: server.port });
    },
    close: async () => {
      const roles = sql("SELECT rolname FROM pg_roles WHERE rolname LIKE 'guide%scratch%'");
      const names = roles.then((rows) => rows.map(({ rolname }) => String(rolname)));
      const both = Promise.all([scratchDatabases(), names]);
      const left = (await both.catch(() => [])).flat(); // a failed case may have stopped it
      await server.stop();
      workspace.close();
      removeCache(cache);
      if (left.length > 0)
        throw new Error(`Scratch databases or roles are left: ${left.join(", ")}`);
    },
  };
}
