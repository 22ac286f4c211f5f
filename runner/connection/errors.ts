import { oneLine } from "../common/visible.ts";

/** Where a failure happened: while connecting, or in a statement. */
export type Phase = "connect" | "query";

/** A failure of the database, with the same code and message with every driver. */
export class DatabaseError extends Error {
  override name = "DatabaseError";
  readonly phase: Phase;
  readonly code: string;

  constructor(phase: Phase, code: string, message: string) {
    super(message);
    this.phase = phase;
    this.code = code;
  }
}

/** Settings that cannot work: a bad connection string, a bad `.env`, an unknown driver. */
export class SetupError extends Error {
  override name = "SetupError";
}

/** The error for a connection string. The reason must not quote the string: it has a password. */
export function unusable(reason: string): SetupError {
  return new SetupError(`The connection string cannot be used. ${reason}`);
}

/** Thrown by a step that cannot go on. The message says what to do. */
export class StepFailure extends Error {
  override name = "StepFailure";
}

export const CONNECTION_LOST = "CONNECTION_LOST";
export const CONNECT_TIMEOUT = "CONNECT_TIMEOUT";

/** How the libraries and Node.js say that a connection is gone. */
const lostConnection = new Set([
  "CONNECTION_CLOSED",
  "CONNECTION_DESTROYED",
  "CONNECTION_ENDED",
  "ECONNRESET",
  "EPIPE",
]);

/** How the server says so: ended by an administrator, crashed, idle for too long. */
const endedByServer = new Set(["57P01", "57P02", "57P05"]);
const lostConnectionMessage = /^(Connection terminated|Client has encountered a connection error)/;

/** OpenSSL's codes for a certificate without a trusted authority. */
const untrusted = /SELF_SIGNED_CERT|UNABLE_TO_(VERIFY|GET_ISSUER)/;
const untrustedRemedy =
  ". Name its authority with sslrootcert=FILE, or skip the check: sslmode=no-verify.";

const remedies: Readonly<Record<string, string>> = {
  ECONNREFUSED: ". Is the server running, and is the port right?",
  ENOTFOUND: ". Is the host name right?",
};

/** What Node.js names by the system's functions. */
const calls: Readonly<Record<string, string>> = {
  connect: "cannot connect to",
  getaddrinfo: "cannot find",
};

/** What the libraries say in their own words, without a code. */
const byMessage: readonly (readonly [RegExp, (phase: Phase) => DatabaseError])[] = [
  [/^timeout expired$|due to connection timeout/, connectTimeout],
  [/^The server does not support SSL connections/, tlsNotOffered],
  [/^COPY (needs a stream|from stdin failed)/, copyRefused],
  [/client password must be a string/, noPassword],
];

/**
 * Make a `DatabaseError` of what a library threw.
 * @param cause the library's error, an AggregateError or anything else that was thrown
 */
export function databaseError(phase: Phase, cause: unknown): DatabaseError {
  if (cause instanceof DatabaseError) return cause;

  // All addresses of a name refused: the message is empty, and the first error has one.
  if (cause instanceof AggregateError) return databaseError(phase, cause.errors[0]);

  const message = cause instanceof Error ? cause.message : String(cause);
  const code = codeOf(cause);
  const known = byMessage.find(([pattern]) => pattern.test(message));
  if (known) return known[1](phase);
  if (code === CONNECT_TIMEOUT) return connectTimeout();
  // A function may raise the server's codes too. Then the severity is ERROR, and the connection goes on.
  const isRaised = cause instanceof Error && "severity" in cause && cause.severity === "ERROR";
  const isEnded = endedByServer.has(code) && !isRaised;
  if (lostConnection.has(code) || isEnded || lostConnectionMessage.test(message)) {
    return connectionLost(phase);
  }
  const [, call = "", target] = /^(connect|getaddrinfo) [A-Z_]+ (.+)$/.exec(message) ?? [];
  const told = target === undefined ? message : `${calls[call]} ${target}`; // the code is shown, too
  const remedy = untrusted.test(code) ? untrustedRemedy : (remedies[code] ?? "");
  const line = oneLine(told.trim().replace(/\s+/g, " "));
  return new DatabaseError(phase, code || "ERROR", line + remedy);
}

/** The connection is gone. */
export function connectionLost(phase: Phase): DatabaseError {
  const when = phase === "connect" ? "while it was being opened" : "before the statement was done";
  return new DatabaseError(phase, CONNECTION_LOST, `The server closed the connection ${when}.`);
}

/** The login was not over before `connect_timeout`. */
export function connectTimeout(): DatabaseError {
  return new DatabaseError("connect", CONNECT_TIMEOUT, "The server did not answer in time.");
}

/** The connection string asks for TLS and the server has none. */
export function tlsNotOffered(): DatabaseError {
  const message =
    "The server does not offer TLS. Where you trust the network, use sslmode=disable.";
  return new DatabaseError("connect", "TLS_NOT_OFFERED", message);
}

/** Neither library can take or give the data of COPY without a stream. */
export function copyRefused(): DatabaseError {
  const message = "COPY is not supported here. Use INSERT or SELECT.";
  return new DatabaseError("query", "COPY_NOT_SUPPORTED", message);
}

function noPassword(): DatabaseError {
  const message = "password authentication failed: the connection string has no password";
  return new DatabaseError("connect", "28P01", message);
}

/** What a server sends as an SQLSTATE may be anything, too. */
function codeOf(cause: unknown): string {
  const hasCode = cause instanceof Error && "code" in cause && typeof cause.code === "string";
  return hasCode ? oneLine(String(cause.code)) : "";
}
