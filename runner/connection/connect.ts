import { writeFileSync } from "node:fs";
import { connect as openSocket, type Socket } from "node:net";
import type { Database, Driver } from "../../drivers/driver.ts";
import { withinLimit } from "../common/within-limit.ts";
import { type ConnectionSettings, parseConnectionString } from "./connection-string.ts";
import { joinUri } from "./connection-uri.ts";
import {
  CONNECT_TIMEOUT,
  CONNECTION_LOST,
  connectionLost,
  connectTimeout,
  type DatabaseError,
  databaseError,
  tlsNotOffered,
} from "./errors.ts";
import { reportErrors } from "./report-errors.ts";

/** Errors that may pass by themselves: a server that starts, wakes up or is full. */
const transient = new Set([
  CONNECTION_LOST,
  "ECONNREFUSED",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "ENOENT", // a Unix socket that is not there yet
  "53300", // too many connections
  "57P03", // the server is starting up
]);

/** PgBouncer has one code, 08P01, for its own errors and for those that it passes on. */
const transientMessage =
  /connection slots are reserved|no more connections|too many (clients|connections)|starting up/;

export interface ConnectOptions {
  /** Called with each failure after which it tries again. */
  readonly onRetry?: (failure: DatabaseError) => void;
  /** The driver uses pg, which can bind its login to the TLS connection. */
  readonly usesPg?: boolean;
}

/**
 * Connect, and try again after a transient error until `connect_timeout` seconds are over,
 * or 3 seconds where no server listens on this machine.
 * @param target a connection string, or what `parseConnectionString` made of it
 * @returns a connection whose errors are DatabaseErrors and which sends one query at a time
 * @throws SetupError for a connection string that cannot be used; DatabaseError
 */
export async function connect(
  driver: Driver,
  target: ConnectionSettings | string,
  { onRetry = () => {}, usesPg = false }: ConnectOptions = {},
): Promise<Database> {
  const settings = typeof target === "string" ? parseConnectionString(target) : target;
  // Both libraries read PG* variables. Only the connection string says where and how to connect.
  for (const name of Object.keys(process.env)) if (/^PG[A-Z]/.test(name)) delete process.env[name];

  const start = Date.now();
  const deadline = start + settings.connectTimeout * 1000;
  let earlier: DatabaseError | undefined;
  for (let pause = 100; ; pause = Math.min(pause * 2, 2000)) {
    try {
      return reportErrors(await attempt(driver, settings, usesPg, deadline - Date.now()));
    } catch (cause) {
      const failure = databaseError("connect", cause);
      // The deadline cuts the last attempt short. The one before it says more.
      if (failure.code === CONNECT_TIMEOUT) throw earlier ?? failure;
      const end = isSilent(failure) ? start + settings.listenTimeout * 1000 : deadline;
      if (!isTransient(failure) || Date.now() + pause >= end) throw failure;
      earlier = failure;
      onRetry(failure);
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  }
}

/** @param left milliseconds until the attempt is given up */
async function attempt(
  driver: Driver,
  settings: ConnectionSettings,
  usesPg: boolean,
  left: number,
): Promise<Database> {
  const { user, password, host, port, database, applicationName, options } = settings;
  const tls = settings.sslMode !== "disable" && (await import("./tls.ts"));
  const ssl = tls && tls.tlsOptions(settings);
  const mustBind = usesPg && ssl && settings.channelBinding === "require";
  const binding = mustBind && (await tls.bindingOptions(ssl));
  const url = joinUri({
    user,
    password,
    host,
    port: String(port),
    database,
    parameters: new Map([
      ["application_name", applicationName],
      ...(options ? [["options", options] as const] : []),
    ]),
  });
  const { socket, destroy } = socketOnce(settings);
  try {
    // Each library ignores the options of the other. In pg, the URL overrides them.
    const libraryOptions = {
      ssl,
      socket,
      database,
      connectionTimeoutMillis: left,
      connect_timeout: left / 1000,
      ...(host.startsWith("/") ? { host } : { host: [host], port: [port] }),
      enableChannelBinding: Boolean(ssl) && settings.channelBinding !== "disable",
      ...binding,
    };
    const db = await withinLimit(driver.connect(url, libraryOptions), left, connectTimeout);
    return {
      query(statement, values) {
        noteUse();
        return db.query(statement, values);
      },
      // postgres.js waits for the server's end of the connection, which may never come.
      close: () => db.close().finally(destroy),
    };
  } catch (error) {
    destroy();
    throw error;
  }
}

let isNoted = false;

/** Tells the runner that a step uses its driver: what it prints may come from elsewhere. */
function noteUse(): void {
  const file = process.env.GUIDE_USED;
  if (file === undefined || isNoted) return;
  isNoted = true;
  writeFileSync(file, "");
}

/**
 * The `socket` option of postgres.js, which its types leave out. It would connect again for ever where a
 * server refuses or closes the connection: asked for a second socket, it gets an error.
 */
function socketOnce({ host, port, sslMode }: ConnectionSettings) {
  let opened: Socket | undefined;
  const socket = () =>
    new Promise<Socket>((resolve, reject) => {
      if (opened) return reject(connectionLost("connect"));
      const path = `${host}/.s.PGSQL.${port}`;
      const own = openSocket(host.startsWith("/") ? { path } : { host, port });
      opened = own.once("error", reject).once("connect", () => resolve(own));
      // It would start TLS even where the server has answered "N": no.
      if (sslMode !== "disable") {
        own.once("data", ([first]) => first === 0x4e && own.destroy(tlsNotOffered()));
      }
    });
  return { socket, destroy: () => opened?.destroy() };
}

/** True if no server listens. */
function isSilent({ code }: DatabaseError): boolean {
  return code === "ECONNREFUSED" || code === "ENOENT";
}

function isTransient({ code, message }: DatabaseError): boolean {
  return transient.has(code) || (code === "08P01" && transientMessage.test(message));
}
