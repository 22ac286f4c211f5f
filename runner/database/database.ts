import { connect } from "../../drivers/connect.ts";
import { parseConnectionString } from "../../drivers/connection-string.ts";
import { withDatabase } from "../../drivers/connection-uri.ts";
import type { Database } from "../../drivers/driver.ts";
import { DatabaseError, SetupError } from "../../drivers/errors.ts";
import * as driver from "../../drivers/postgres.ts"; // it loads in half the time of pg
import { Failure, messageOf } from "../failure.ts";
import type { Workspace } from "../workspace/workspace.ts";
import { refuseForeignTables } from "./in-place.ts";
import {
  type CopyStrategy,
  createScratch,
  dropAbandoned,
  dropScratch,
  signOfLife,
} from "./scratch.ts";

/** Where a guide runs. */
export interface GuideDatabase {
  /** For people: which server, which version. Never the password. */
  readonly label: string;
  readonly kind: "embedded" | "given";
  /** False where the drivers share one database, and so take turns. */
  readonly isParallel: boolean;
  /** Gives a driver a database of its own: a URL for its steps, and a way to drop it. */
  openLane(driver: string): Promise<Lane>;
  close(): Promise<void>;
}

export interface Lane {
  readonly url: string;
  close(): Promise<void>;
}

export interface DatabaseChoice {
  /** undefined: start the embedded PostgreSQL. */
  readonly url: string | undefined;
  readonly inPlace: boolean;
  /** The tables that the guide makes. */
  readonly tables: readonly string[];
  /** Ends the waiting for a server that does not answer. */
  readonly signal: AbortSignal;
  /** Is told of each failed attempt to connect that will be tried again. */
  readonly onRetry: (message: string) => void;
}

const SIGN_OF_LIFE_MS = 5 * 60_000;

/** @throws Failure of kind "database" */
export async function openGuideDatabase(
  workspace: Workspace,
  choice: DatabaseChoice,
): Promise<GuideDatabase> {
  if (choice.url !== undefined) return openGiven(choice.url, choice);

  const { startEmbedded } = await import("./embedded/embedded.ts");
  const embedded = await startEmbedded(workspace);
  return {
    label: `embedded PostgreSQL ${embedded.version}`,
    kind: "embedded",
    isParallel: true,
    openLane: (name) => openScratchLane(embedded.url, name, choice.signal, "file_copy"),
    close: embedded.close,
  };
}

async function openGiven(url: string, choice: DatabaseChoice): Promise<GuideDatabase> {
  const { host, port, database } = settingsOf(url);
  const place = `${host.includes(":") ? `[${host}]` : host}:${port}/${database}`;
  const opening = visit(
    url,
    async (db) => {
      if (choice.inPlace) await refuseForeignTables(db, choice.tables);
      else await dropAbandoned(db);
      const [row] = await db.query("SHOW server_version");
      return String(row?.server_version).split(" ")[0];
    },
    choice.onRetry,
  );
  const version = await Promise.race([opening, whenAborted(choice.signal)]);
  return {
    label: `PostgreSQL ${version} at ${place}${choice.inPlace ? ", in place" : ""}`,
    kind: "given",
    isParallel: !choice.inPlace,
    openLane: choice.inPlace
      ? async () => ({ url, close: async () => {} })
      : (name) => openScratchLane(url, name, choice.signal),
    close: async () => {},
  };
}

async function openScratchLane(
  url: string,
  driverName: string,
  signal: AbortSignal,
  strategy?: CopyStrategy,
): Promise<Lane> {
  signal.throwIfAborted();
  const name = await visit(url, (db) => createScratch(db, driverName, strategy));
  const timer = setInterval(() => {
    visit(url, (db) => signOfLife(db, name)).catch(() => {});
  }, SIGN_OF_LIFE_MS).unref();

  return {
    url: withDatabase(url, name),
    async close() {
      clearInterval(timer);
      await visit(url, (db) => dropScratch(db, name));
    },
  };
}

/** Connects for one piece of work. Nothing is held open while the steps run, or while a reader reads. */
async function visit<Result>(
  url: string,
  work: (db: Database) => Promise<Result>,
  onRetry: (message: string) => void = () => {},
): Promise<Result> {
  try {
    const db = await connect(driver, url, ({ message }) => onRetry(message));
    return await work(db).finally(() => db.close());
  } catch (error) {
    if (error instanceof Failure) throw error;
    const code = error instanceof DatabaseError ? `${error.code}: ` : "";
    throw new Failure("database", `The database cannot be used. ${code}${messageOf(error)}`);
  }
}

function whenAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener("abort", () => reject(new Failure("database", "Interrupted.")));
  });
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
