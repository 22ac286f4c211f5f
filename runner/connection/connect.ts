import { setTimeout as sleep } from "node:timers/promises";
import type { Database, Driver } from "../../drivers/driver.ts";
import { type ConnectionSettings, parseConnectionString } from "./connection-string.ts";
import {
  CONNECT_TIMEOUT,
  CONNECTION_LOST,
  connectTimeout,
  type DatabaseError,
  databaseError,
} from "./errors.ts";

/** Transient errors: a server that starts, wakes from its sleep, or is full just now. */
const transient = new Set([
  CONNECTION_LOST,
  "ECONNREFUSED",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "ENOENT", // a unix socket that is not there yet
  "53300", // too many connections
  "57P03", // the server is starting up
]);

/** PgBouncer has one code, 08P01, for whatever it says itself, and for what it passes on. */
const transientMessage =
  /connection slots are reserved|no more connections|too many (clients|connections)|starting up/;

/**
 * Connects. A transient error is tried again, with a growing pause, until `connect_timeout`
 * seconds are over; one that lasts, such as a wrong password, is reported at once.
 * @param onRetry is told of each failure that will be tried again
 * @throws SetupError for a bad connection string, or DatabaseError with the phase "connect"
 */
export async function connect(
  driver: Driver,
  connectionString: string,
  onRetry: (failure: DatabaseError) => void = () => {},
): Promise<Database> {
  const settings = parseConnectionString(connectionString);
  forgetPgVariables();

  const deadline = Date.now() + settings.connectTimeout * 1000;
  let earlier: DatabaseError | undefined;
  for (let pause = 100; ; pause = Math.min(pause * 2, 2000)) {
    try {
      return await attempt(driver, settings, deadline);
    } catch (cause) {
      const failure = databaseError("connect", cause);
      // The deadline cuts the last attempt short: the one before it says more.
      if (failure.code === CONNECT_TIMEOUT) throw earlier ?? failure;
      if (!isTransient(failure) || Date.now() + pause >= deadline) throw failure;
      earlier = failure;
      onRetry(failure);
      await sleep(pause);
    }
  }
}

/** Tries once. The deadline counts for everything until the driver has its first answer. */
async function attempt(
  driver: Driver,
  settings: ConnectionSettings,
  deadline: number,
): Promise<Database> {
  const end = new AbortController();
  const { signal } = end;
  const timer = setTimeout(() => end.abort(connectTimeout()), deadline - Date.now());
  const over = new Promise<never>((_, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason));
  });
  try {
    return await Promise.race([driver.connect({ ...settings, signal }), over]);
  } catch (error) {
    end.abort(error);
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

function isTransient({ code, message }: DatabaseError): boolean {
  return transient.has(code) || (code === "08P01" && transientMessage.test(message));
}

/** Both libraries read PG* variables. The connection string alone says where we connect, and how. */
function forgetPgVariables(): void {
  for (const name of Object.keys(process.env)) {
    if (/^PG[A-Z]/.test(name)) delete process.env[name];
  }
}
