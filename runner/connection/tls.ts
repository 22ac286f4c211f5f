import { readFileSync } from "node:fs";
import { isIP } from "node:net";
import type { ConnectionOptions } from "node:tls";
import type { ConnectionSettings } from "./connection-string.ts";
import { unusable } from "./errors.ts";

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
