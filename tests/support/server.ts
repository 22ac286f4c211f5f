import { chmodSync, mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import type { Database } from "../../drivers/driver.ts";
import * as pg from "../../drivers/pg.ts";
import { connect } from "../../runner/connection/connect.ts";
import { withDatabase } from "../../runner/connection/connection-uri.ts";
import { findBinaries } from "../../runner/database/embedded/binaries.ts";
import { makeCluster } from "../../runner/database/embedded/cluster.ts";
import { serverUser, startServer } from "../../runner/database/embedded/server.ts";
import { openWorkspace } from "../../runner/workspace/workspace.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** A real server, shared by all tests. The role may create databases, as Neon's may. */
    databaseUrl: string;
    /** The same server, with all rights. */
    superuserUrl: string;
  }
}

/**
 * Takes from template0 what no test looks at. Every scratch database is a copy of it, page by page: that
 * takes half the time then.
 */
async function shrinkTemplate(superuser: Database, url: string): Promise<void> {
  await superuser.query("ALTER DATABASE template0 ALLOW_CONNECTIONS true");
  const template = await connect(pg, withDatabase(url, "template0"));
  for (const statement of [
    `DO $$ DECLARE name text; BEGIN
      FOR name IN SELECT viewname FROM pg_views WHERE schemaname = 'information_schema' LOOP
        EXECUTE format('DROP VIEW IF EXISTS information_schema.%I CASCADE', name);
      END LOOP;
    END $$`,
    "SET allow_system_table_mods = on",
    "TRUNCATE pg_description",
    "DELETE FROM pg_collation WHERE collprovider = 'i'",
    "VACUUM FULL",
  ]) {
    await template.query(statement);
  }
  await template.close();
  await superuser.query("ALTER DATABASE template0 ALLOW_CONNECTIONS false");
}

/** Starts one server for the whole suite. Where it does not start, vitest fails and no test runs. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const root = realpathSync(mkdtempSync(join(tmpdir(), "guide-server-")));
  chmodSync(root, 0o711); // the server's user passes through it
  const workspace = openWorkspace(root);
  const user = serverUser();
  const binaries = findBinaries(workspace.root, user);
  const cluster = await makeCluster(workspace, binaries, user);
  const server = await startServer(workspace, binaries, user, cluster);

  const superuserUrl = `postgresql://postgres:${cluster.password}@127.0.0.1:${server.port}/postgres`;
  const db = await connect(pg, superuserUrl);
  await db.query("CREATE ROLE reader LOGIN CREATEDB PASSWORD 'reader-secret'");
  await shrinkTemplate(db, superuserUrl);
  await db.close();
  project.provide("superuserUrl", superuserUrl);
  project.provide(
    "databaseUrl",
    `postgresql://reader:reader-secret@127.0.0.1:${server.port}/postgres`,
  );

  return async () => {
    await server.stop();
    workspace.close();
    rmSync(root, { recursive: true, force: true, maxRetries: 5 });
  };
}
