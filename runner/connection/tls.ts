import { readFileSync } from "node:fs";
import { isIP } from "node:net";
import type { ConnectionOptions } from "node:tls";
import type { ConnectionSettings } from "./connection-string.ts";
import { DatabaseError, unusable } from "./errors.ts";

/**
 * What `sslmode` means for Node's `tls.connect`, with both libraries.
 * @throws SetupError where the file of sslrootcert cannot be read
 */
export function tlsOptions(settings: ConnectionSettings): ConnectionOptions {
  const { host, sslMode, sslRootCertificate } = settings;
  return {
    host,
    servername: isIP(host) ? "" : host,
    rejectUnauthorized: sslMode !== "no-verify",
    ...(sslMode === "verify-ca" && { checkServerIdentity: () => undefined }),
    // "system" stands for the roots that Node.js trusts.
    ...(sslRootCertificate &&
      sslRootCertificate !== "system" && { ca: readCertificate(sslRootCertificate) }),
  };
}

function readCertificate(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    throw unusable(`The file of sslrootcert cannot be read: ${file}`);
  }
}

/** The steps of a login that binds: https://www.postgresql.org/docs/current/sasl-authentication.html */
const login = ["SASL", "SASLContinue", "SASLFinal", "Ok"].map((part) => `authentication${part}`);

/**
 * Options for pg with channel_binding=require. A server that cannot bind its login to the TLS connection
 * gets nothing of the password: ours hears each message before pg does.
 */
export async function bindingOptions(ssl: ConnectionOptions): Promise<object> {
  const { default: pg } = await import("pg");
  const connection = new pg.Connection({ ssl });
  const left = [...login, "readyForQuery"];
  connection.on("message", ({ name, mechanisms }) => {
    if (left.length === 0 || !/^(authentication|readyForQuery)/.test(name)) return;
    if (name === left.shift() && (mechanisms?.includes("SCRAM-SHA-256-PLUS") ?? true)) return;
    connection.stream.destroy(); // pg cannot answer then
    connection.emit("error", notBound());
  });
  return { connection, enableChannelBinding: true };
}

function notBound(): DatabaseError {
  const message =
    "The server's login does not bind to the TLS connection, which channel_binding=require asks for. No password was sent. Is it the right server?";
  return new DatabaseError("connect", "CHANNEL_BINDING", message);
}
