import { inject, onTestFinished } from "vitest";
import { connect } from "../../drivers/connect.ts";
import { withDatabase } from "../../drivers/connection-uri.ts";
import type { Database } from "../../drivers/driver.ts";
import * as pg from "../../drivers/pg.ts";
import { createScratch, dropScratch } from "../../runner/database/scratch.ts";

/** Connects to a server with pg. The connection closes when the test is over. */
export async function openDatabase(url: string): Promise<Database> {
  const db = await connect(pg, url);
  onTestFinished(() => db.close());
  return db;
}

/** Makes a database that is a test's own; returns its URL. */
export async function makeDatabase(): Promise<string> {
  const url = inject("databaseUrl");
  const db = await connect(pg, url);
  const name = await createScratch(db, "test");
  onTestFinished(async () => {
    await dropScratch(db, name);
    await db.close();
  });
  return withDatabase(url, name);
}

/** Makes a role with no rights but to log in; returns a URL with it. */
export async function makeRole(): Promise<string> {
  const superuser = await connect(pg, inject("superuserUrl"));
  const role = `role_${Date.now()}_${process.pid}`;
  await superuser.execute(`CREATE ROLE ${role} LOGIN PASSWORD 'role-secret'`);
  onTestFinished(async () => {
    await superuser.execute(`DROP ROLE ${role}`);
    await superuser.close();
  });
  return inject("databaseUrl").replace("reader:reader-secret", `${role}:role-secret`);
}
