import { chownSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Failure } from "../../common/failure.ts";
import type { Workspace } from "../../workspace/workspace.ts";
import type { Pool } from "../pool.ts";
import { selfSign } from "./certificate.ts";
import type { Cluster } from "./cluster.ts";
import type { ServerUser } from "./server.ts";

/** TLS on a server that runs already. */
export interface TlsOffer {
  /** Gives the file with the certificate. From then on, the server takes TLS, but does not need it. */
  start(): Promise<string>;
  /** Makes the cluster as it was. */
  undo(): Promise<void>;
}

/** Channel binding is a part of SCRAM, which the guide's roles otherwise do without. */
const loginWithTls = "hostssl all /^guide_ 127.0.0.1/32 scram-sha-256";

const WAIT_MS = 10_000;

/** @param pool of the superuser */
export function openTlsOffer(
  workspace: Workspace,
  { dataDirectory }: Cluster,
  { uid, gid }: ServerUser,
  { withConnection, openIn }: Pool,
): TlsOffer {
  const rules = join(dataDirectory, "pg_hba.conf");
  const certificateFile = join(workspace.directory, "tls.crt");
  const serverFiles = [join(dataDirectory, "server.crt"), join(dataDirectory, "server.key")];
  let started: Promise<string> | undefined;
  let rulesBefore: string | undefined;

  async function start(): Promise<string> {
    const { certificate, key } = selfSign();
    writeFileSync(certificateFile, certificate, { mode: 0o644 });
    for (const [index, file] of serverFiles.entries()) {
      writeFileSync(file, [certificate, key][index] ?? "", { mode: 0o600 });
      if (uid !== undefined && gid !== undefined) chownSync(file, uid, gid);
    }
    rulesBefore = readFileSync(rules, "utf8");
    writeFileSync(rules, `${loginWithTls}\n${rulesBefore}`);
    await withConnection(async (db) => {
      await db.query("ALTER SYSTEM SET ssl = on");
      await db.query("SELECT pg_reload_conf()");
    });
    const deadline = Date.now() + WAIT_MS;
    while (!(await isOffered())) {
      if (Date.now() > deadline) {
        throw new Failure(
          "database",
          "The embedded PostgreSQL does not offer TLS, which the page needs. Set DATABASE_URL to a server that does.",
        );
      }
      await sleep(10);
    }
    return certificateFile;
  }

  /** Only sessions that begin after it see a change for certain. */
  async function isOffered(): Promise<boolean> {
    const db = await openIn("postgres");
    try {
      const {
        rows: [row],
      } = await db.query("SHOW ssl");
      return row?.ssl === "on";
    } finally {
      await db.close();
    }
  }

  return {
    start() {
      started ??= start();
      return started;
    },

    async undo() {
      if (!started) return;
      await started.catch(() => {});
      await withConnection((db) => db.query("ALTER SYSTEM RESET ssl"));
      if (rulesBefore !== undefined) writeFileSync(rules, rulesBefore);
      for (const file of serverFiles) rmSync(file, { force: true });
    },
  };
}
