import { randomUUID } from "node:crypto";
import { inject, onTestFinished } from "vitest";
import type { Database } from "../../drivers/driver.ts";
import * as pg from "../../drivers/pg.ts";
import { connect } from "../../runner/connection/connect.ts";
import { withDatabase } from "../../runner/connection/connection-uri.ts";
import { dropScratch } from "../../runner/database/scratch.ts";

/** Connects to a server with pg. The connection closes when the test is over. */
export async function openDatabase(url: string): Promise<Database> {
  const db = await connect(pg, url);
  onTestFinished(() => db.close());
  return db;
}

/**
 * Makes a reader's own database for a test.
 * @param url of the role that owns it; without it, the role is new, too
 * @returns its URL, with the same role
 */
export async function makeDatabase(url?: string): Promise<string> {
  const owner = url ?? (await makeRole("CREATEDB"));
  const db = await connect(pg, owner);
  const name = `own_${randomUUID().replaceAll("-", "")}`;
  await db.query(`CREATE DATABASE ${name} TEMPLATE template0 STRATEGY file_copy`); // an eighth of the work
  onTestFinished(async () => {
    await dropScratch(db, name);
    await db.close();
  });
  return withDatabase(owner, name);
}

/** Makes a role that may log in, and do what else it is given; returns a URL with it. */
export async function makeRole(
  right: "CREATEDB" | "CREATEDB CREATEROLE" | "" = "",
): Promise<string> {
  const superuser = await connect(pg, inject("superuserUrl"));
  const role = `role_${randomUUID().replaceAll("-", "")}`;
  await superuser.query(`CREATE ROLE ${role} LOGIN ${right} PASSWORD 'role-secret'`);
  onTestFinished(async () => {
    await superuser.query(`DROP ROLE ${role}`);
    await superuser.close();
  });
  return inject("databaseUrl").replace("reader:reader-secret", `${role}:role-secret`);
}
