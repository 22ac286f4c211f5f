import { userInfo } from "node:os";
import { type ConnectionUri, splitUri } from "./connection-uri.ts";
import { unusable } from "./errors.ts";

const sslModes = ["disable", "require", "verify-ca", "verify-full", "no-verify"] as const;
export type SslMode = (typeof sslModes)[number];

/** Where, as whom and how to connect. */
export interface ConnectionSettings {
  /** A name, an IPv4 or IPv6 address, or the directory of a Unix socket. */
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly database: string;
  /** "disable" for a Unix socket, whatever the connection string says. */
  readonly sslMode: SslMode;
  /** A file; "system" for the roots that Node.js trusts; empty if not given. */
  readonly sslRootCertificate: string;
  readonly channelBinding: "disable" | "prefer" | "require";
  readonly applicationName: string;
  /** Seconds. */
  readonly connectTimeout: number;
  /** Seconds after which a server that does not listen is given up. */
  readonly listenTimeout: number;
  /** Command-line options for the server, as in libpq. Empty if there are none. */
  readonly options: string;
}

/** libpq's parameters that would change where, or as whom, we connect. Ignoring them would lie. */
const unsupported = [
  "hostaddr",
  "passfile",
  "require_auth",
  "service",
  "sslcert",
  "sslkey",
  "sslcrl",
  "sslcrldir",
  "sslnegotiation",
  "target_session_attrs",
];

/**
 * Reads a connection string: what libpq accepts, and what Neon's console hands out.
 * https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNSTRING-URIS
 * @throws SetupError
 */
export function parseConnectionString(text: string): ConnectionSettings {
  return settingsOf(splitUri(text));
}

/** Reads a connection string that is split already. @throws SetupError */
export function settingsOf(uri: ConnectionUri): ConnectionSettings {
  const { host, port, user, password, database, parameters } = uri;
  const get = (name: string) => parameters.get(name) || undefined;

  const refused = unsupported.find((name) => get(name));
  if (refused) fail(`The parameter ${refused} is not supported here. Remove it.`);

  const settingsHost = get("host") ?? host;
  if (!settingsHost) fail("It names no host. Write postgresql://user:password@HOST/database.");
  if (`${host}${port}${settingsHost}`.includes(",")) fail("It names several hosts. Keep one.");
  if (/[@\s]/.test(settingsHost)) fail("Its host contains an @ or a space. Copy it again.");

  if (/^(USER|\[user\])$/i.test(user) && /^(PASSWORD|\[password\])$/i.test(password)) {
    fail("It still has the placeholders for user and password. Replace them with yours.");
  }

  if (/^[*•]+$/.test(get("password") ?? password)) {
    fail("Its password is masked. Click Show password where you copy it, and copy it again.");
  }

  const settingsUser = get("user") ?? (user || systemUser());
  const channelBinding = readChannelBinding(get("channel_binding"));
  const sslMode = readSslMode(get("sslmode"), get("ssl"), settingsHost);
  if (channelBinding === "require" && (sslMode === "disable" || sslMode === "no-verify")) {
    fail("channel_binding=require needs a verified TLS connection: use sslmode=require.");
  }

  return {
    host: settingsHost,
    port: readPort(get("port") ?? port),
    user: settingsUser,
    password: get("password") ?? password,
    database: get("dbname") ?? (database || settingsUser),
    sslMode,
    sslRootCertificate: get("sslrootcert") ?? "",
    channelBinding,
    applicationName: get("application_name") ?? get("fallback_application_name") ?? "neon-guide",
    connectTimeout: readTimeout(get("connect_timeout"), 15),
    // On this machine, no server is woken up by a connection.
    listenTimeout: readTimeout(get("connect_timeout"), isLocal(settingsHost) ? 3 : 15),
    options: get("options") ?? "",
  };
}

/**
 * Without sslmode, a server on this machine is reached in the clear and any other one with verified TLS:
 * a password never crosses a network unprotected by accident.
 * @param ssl the JDBC spelling, which libpq accepts too: ssl=true means sslmode=require
 */
function readSslMode(text: string | undefined, ssl: string | undefined, host: string): SslMode {
  const wanted = text ?? (ssl === "true" ? "require" : isLocal(host) ? "disable" : "require");
  const mode = sslModes.find((name) => name === wanted);
  if (mode) return host.startsWith("/") ? "disable" : mode;
  if (wanted === "prefer" || wanted === "allow") {
    fail(
      `sslmode=${wanted} may silently use no TLS. Write sslmode=require, or sslmode=disable where you trust the network.`,
    );
  }
  fail(`sslmode is one of: ${sslModes.join(", ")}.`);
}

function isLocal(host: string): boolean {
  return host.startsWith("/") || /^(localhost|127(\.\d+){3}|::1)$/.test(host);
}

function readPort(text: string | undefined): number {
  if (!text) return 5432;
  const port = Number(text);
  if (!/^\d+$/.test(text) || port < 1 || port > 65535) {
    fail("Its port is not a number from 1 to 65535.");
  }
  return port;
}

function readTimeout(text: string | undefined, byDefault: number): number {
  if (!text) return byDefault;
  if (!/^\d{1,6}$/.test(text) || Number(text) === 0) {
    fail("connect_timeout is a whole number of seconds, 1 or more.");
  }
  return Number(text);
}

function readChannelBinding(text = "prefer"): ConnectionSettings["channelBinding"] {
  if (text === "disable" || text === "prefer" || text === "require") return text;
  fail("channel_binding is one of: disable, prefer, require.");
}

function fail(reason: string): never {
  throw unusable(reason);
}

/** As in libpq, a connection string without a user means the system's user. */
function systemUser(): string {
  try {
    return userInfo().username;
  } catch {
    // The user ID has no entry in /etc/passwd.
    fail("It names no user. Write postgresql://USER:password@host/database.");
  }
}
