import { setTimeout as sleep } from "node:timers/promises";
import type { Database } from "../../drivers/driver.ts";
import { Failure } from "../common/failure.ts";
import { DatabaseError } from "../connection/errors.ts";
import { quoteIdentifier, quoteLiteral } from "./quote.ts";
import { scratchName } from "./scratch-name.ts";

/**
 * Creates a database for one client, empty, from the server's own pristine template.
 * @returns its name
 * @throws Failure of kind "database" where the role may not create databases
 */
export async function createScratch(
  db: Database,
  client: string,
  name = scratchName(client),
): Promise<string> {
  try {
    await db.execute(`CREATE DATABASE ${quoteIdentifier(name)} TEMPLATE template0`);
  } catch (error) {
    if (!(error instanceof DatabaseError) || error.code !== "42501") throw error;
    throw new Failure(
      "database",
      "The role in DATABASE_URL may not create databases, and the guide runs in scratch databases of its own. Use a role with CREATEDB, or --in-place to run in the given database itself.",
    );
  }
  return name;
}

/** Connects to a database of the server, as the role that drops it. */
export type OpenIn = (database: string) => Promise<Database>;

const ATTEMPTS = 8;

/**
 * Drops a scratch database, and whatever still uses it. What a step did to keep it is undone first:
 * only where dropping fails, for it costs a connection.
 * @param option "" leaves it to whoever is connected
 * @throws DatabaseError where it is still there in the end
 */
export async function dropScratch(
  db: Database,
  name: string,
  openIn?: OpenIn,
  option: "WITH (FORCE)" | "" = "WITH (FORCE)",
): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await db.execute(`DROP DATABASE IF EXISTS ${quoteIdentifier(name)} ${option}`);
      return;
    } catch (error) {
      const code = error instanceof DatabaseError ? error.code : "";
      if (attempt === ATTEMPTS || !(await undo(code, db, name, openIn))) throw error;
    }
  }
}

/** @returns whether it is worth another attempt */
async function undo(code: string, db: Database, name: string, openIn?: OpenIn): Promise<boolean> {
  switch (code) {
    case "42809": // a template database
      return db.execute(`ALTER DATABASE ${quoteIdentifier(name)} IS_TEMPLATE false`).then(
        () => true,
        () => false,
      );
    case "55006": // used by prepared transactions, a subscription, a replication slot, a newcomer
      if (openIn) await releaseFromWithin(db, name, openIn).catch(() => {}); // the next DROP says why
      await sleep(100);
      return true;
    case "42501": // autovacuum works there, and only a superuser may send it away: it goes by itself
      await sleep(250);
      return true;
    default:
      return false;
  }
}

async function releaseFromWithin(db: Database, name: string, openIn: OpenIn): Promise<void> {
  const settings = "ALLOW_CONNECTIONS true CONNECTION LIMIT -1";
  await db.execute(`ALTER DATABASE ${quoteIdentifier(name)} ${settings}`);
  const inside = await openIn(name);
  try {
    for (const statement of await releasingStatements(inside)) {
      await inside.execute(statement).catch(() => {});
    }
  } finally {
    await inside.close();
  }
}

async function releasingStatements(inside: Database): Promise<string[]> {
  const here = "WHERE database = current_database()";
  const prepared = await inside.query(`SELECT gid FROM pg_prepared_xacts ${here}`);
  const slots = await inside.query(
    `SELECT active_pid FROM pg_replication_slots ${here} AND active_pid IS NOT NULL`,
  );
  const subscriptions = await inside.query(
    "SELECT subname FROM pg_subscription WHERE subdbid = (SELECT oid FROM pg_database WHERE datname = current_database())",
  );
  return [
    ...prepared.map(({ gid }) => `ROLLBACK PREPARED ${quoteLiteral(String(gid))}`),
    ...slots.map((slot) => `SELECT pg_terminate_backend(${Number(slot.active_pid)})`),
    ...subscriptions.flatMap(({ subname }) => {
      const subscription = `SUBSCRIPTION ${quoteIdentifier(String(subname))}`;
      return [
        `ALTER ${subscription} DISABLE`,
        `ALTER ${subscription} SET (slot_name = NONE)`, // the slot is another server's
        `DROP ${subscription}`,
      ];
    }),
  ];
}
