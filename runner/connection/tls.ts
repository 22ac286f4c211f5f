import { readFileSync } from "node:fs";
import { isIP } from "node:net";
import type { ConnectionOptions } from "node:tls";
import { unusable } from "./errors.ts";

/** What both drivers hand to Node's `tls.connect`. */
export type TlsSettings = Pick<
  ConnectionOptions,
  "host" | "servername" | "ca" | "rejectUnauthorized" | "checkServerIdentity"
>;

const sslModes = ["disable", "require", "verify-ca", "verify-full", "no-verify"] as const;
export type SslMode = (typeof sslModes)[number];

/**
 * Reads `sslmode`. Without one, a server on this machine is reached in the clear and any other
 * with verified TLS: a password never crosses a network unprotected by accident.
 * @param ssl the JDBC spelling, which libpq accepts too: ssl=true means sslmode=require
 */
export function readSslMode(
  text: string | undefined,
  ssl: string | undefined,
  host: string,
): SslMode {
  const mode = text ?? (ssl === "true" ? "require" : undefined);
  if (mode === undefined) return isLocal(host) ? "disable" : "require";

  const known = sslModes.find((name) => name === mode);
  if (known) return known;
  if (mode === "prefer" || mode === "allow") {
    throw unusable(
      `sslmode=${mode} may go without TLS unnoticed. Write sslmode=require, or sslmode=disable where you trust the network.`,
    );
  }
  throw unusable(`sslmode is one of: ${sslModes.join(", ")}.`);
}

/**
 * @param rootCertificate the file of `sslrootcert`; "system" stands for Node's own roots
 * @returns false for a connection without TLS; a unix socket never has it
 */
export function tlsSettings(
  mode: SslMode,
  host: string,
  rootCertificate: string | undefined,
): false | TlsSettings {
  if (mode === "disable" || host.startsWith("/")) return false;
  return {
    host,
    servername: isIP(host) ? "" : host,
    rejectUnauthorized: mode !== "no-verify",
    ...(mode === "verify-ca" && { checkServerIdentity: () => undefined }),
    ...(rootCertificate &&
      rootCertificate !== "system" && { ca: readCertificate(rootCertificate) }),
  };
}

function readCertificate(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    throw unusable(`The file of sslrootcert cannot be read: ${file}`);
  }
}

function isLocal(host: string): boolean {
  return host.startsWith("/") || /^(localhost|127(\.\d+){3}|::1)$/.test(host);
}
