import { chownSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type GenerateResult, generate } from "selfsigned";
import type { FaultServer } from "./server.ts";

/** A certificate authority, and what it signed. */
export interface Authority {
  readonly certificate: string;
  sign(name: string, notAfter?: Date): Promise<GenerateResult>;
}

export async function makeAuthority(name: string): Promise<Authority> {
  const authority = await generate([{ name: "commonName", value: name }], {
    keySize: 2048,
    algorithm: "sha256",
    extensions: [
      { name: "basicConstraints", cA: true, critical: true },
      { name: "keyUsage", keyCertSign: true, cRLSign: true, critical: true },
    ],
  });
  return {
    certificate: authority.cert,
    sign: (host, notAfterDate = new Date(Date.now() + 86_400_000)) =>
      generate([{ name: "commonName", value: host }], {
        ...serverOptions(host),
        notBeforeDate: new Date(Date.now() - 2 * 86_400_000),
        notAfterDate,
        ca: { key: authority.private, cert: authority.cert },
      }),
  };
}

export function selfSign(host: string): Promise<GenerateResult> {
  return generate([{ name: "commonName", value: host }], serverOptions(host));
}

function serverOptions(host: string) {
  return {
    keySize: 2048,
    algorithm: "sha256",
    extensions: [
      { name: "basicConstraints" as const, cA: false },
      { name: "subjectAltName" as const, altNames: [{ type: 2 as const, value: host }] },
    ],
  };
}

/** Makes the server use a certificate for its next connections. */
export async function install(server: FaultServer, certificate: GenerateResult): Promise<void> {
  const { uid, gid } = statSync(server.dataDirectory);
  for (const [file, text] of Object.entries({
    "server.crt": certificate.cert,
    "server.key": certificate.private,
  })) {
    const path = join(server.dataDirectory, file);
    writeFileSync(path, text, { mode: 0o600 });
    chownSync(path, uid, gid);
  }
  await server.sql("ALTER SYSTEM SET ssl = on");
  await server.sql("SELECT pg_reload_conf()");
  await new Promise((resolve) => setTimeout(resolve, 300)); // the reload is asynchronous
}
