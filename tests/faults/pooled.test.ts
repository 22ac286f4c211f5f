import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { chownSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { serverUser } from "../../runner/database/embedded/server-user.ts";
import { makeDirectory } from "../../runner/workspace/workspace.ts";
import { makeAuthority } from "./support/certificates.ts";
import { prove, record } from "./support/fault.ts";
import { closedPort } from "./support/proxy.ts";
import { type FaultServer, readerPassword, startFaultServer } from "./support/server.ts";

const program = ["/usr/sbin/pgbouncer", "/usr/bin/pgbouncer", "/opt/homebrew/bin/pgbouncer"].find(
  (path) => spawnSync(path, ["--version"]).status === 0,
);
const remedy =
  "PgBouncer is not installed, so the pooled cases did not run: apt-get install pgbouncer";

let server: FaultServer;
let directory: string;
let url: string;
const children: ChildProcess[] = [];

/** PgBouncer as Neon runs it: transaction mode, TLS, SCRAM. */
async function startPooler(poolSize: number): Promise<number> {
  const port = await closedPort();
  const file = join(directory, `pgbouncer.${poolSize}.ini`);
  const configuration = `
[databases]
* = host=127.0.0.1 port=${server.port}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = scram-sha-256
auth_file = ${join(directory, "users.txt")}
pool_mode = transaction
default_pool_size = ${poolSize}
max_client_conn = 100
client_tls_sslmode = require
client_tls_cert_file = ${join(directory, "server.crt")}
client_tls_key_file = ${join(directory, "server.key")}
`;
  writeFileSync(file, configuration);
  const child = spawn(program ?? "", ["--quiet", file], {
    ...serverUser(),
    cwd: directory,
    stdio: "ignore",
  });
  children.push(child);
  await sleep(300);
  expect(child.exitCode).toBeNull();
  return port;
}

beforeAll(async () => {
  server = await startFaultServer();
  directory = mkdtempSync(join(tmpdir(), "fault-pooler-"));
  makeDirectory(directory);
  const authority = await makeAuthority("Pooler");
  const certificate = await authority.sign("localhost");
  const { uid, gid } = serverUser();
  for (const [name, text] of Object.entries({
    "ca.pem": authority.certificate,
    "server.crt": certificate.cert,
    "server.key": certificate.private,
    "users.txt": `"reader" "${readerPassword}"\n`,
  })) {
    writeFileSync(join(directory, name), text, { mode: 0o600 });
    if (uid !== undefined && gid !== undefined) chownSync(join(directory, name), uid, gid);
  }
  const ca = encodeURIComponent(join(directory, "ca.pem"));
  url = `postgresql://reader:${readerPassword}@localhost:PORT/library?sslmode=require&channel_binding=require&sslrootcert=${ca}`;
});

afterAll(async () => {
  for (const child of children) child.kill("SIGINT");
  await server.close();
  rmSync(directory, { recursive: true, force: true });
});

/** Nobody hears of a case that did not run, unless it fails in CI and is noted elsewhere. */
const pooled = test.skipIf(!program && !process.env.CI);

describe("through PgBouncer in transaction mode", () => {
  test("PgBouncer is installed", () => {
    if (!program) console.warn(remedy);
    expect(program ?? !process.env.CI, remedy).toBeTruthy();
  });

  pooled.for<[string, number, string[]]>([
    ["pooled, both drivers at once", 20, []],
    ["pooled, a pool of one", 1, []],
    ["pooled, in place is refused: a books table stands there", 20, ["--in-place"]],
  ])("%s", async ([, size, choices], context) => {
    const DATABASE_URL = url.replace("PORT", String(await startPooler(size)));
    const isRefused = choices.length > 0;
    const expected = isRefused
      ? { prints: /There is a table named books that this guide did not make/, code: 3, within: 15 }
      : { prints: /All 6 outputs are verified with 2 drivers/, code: 0, within: 60 };
    const ended = await prove("run-guide.ts", choices, { DATABASE_URL }, expected, server);
    if (!isRefused) expect(ended.stderr).toBe("");
    record(context, ["pg", "postgres"], [ended], isRefused ? "refused" : "verified");
  });

  pooled("pooled, two runs at once", async (context) => {
    const DATABASE_URL = url.replace("PORT", String(await startPooler(20)));
    const expected = { prints: /All 6 outputs are verified with 2 drivers/, code: 0, within: 60 };
    const ended = await Promise.all([
      prove("run-guide.ts", [], { DATABASE_URL }, expected),
      prove("run-guide.ts", [], { DATABASE_URL }, expected),
    ]);
    expect(await server.scratchDatabases()).toEqual([]);
    record(context, ["pg", "postgres"], ended, "verified");
  });

  pooled.for(["pg", "postgres"])("pooled, wrong password, with %s", async (driver, context) => {
    const DATABASE_URL = url
      .replace("PORT", String(await startPooler(20)))
      .replace(readerPassword, "wrong");
    const expected = { prints: /^Connection failed\.\n(08P01|28P01): /, code: 1, within: 15 };
    const ended = await prove("steps/02-read.ts", ["--driver", driver], { DATABASE_URL }, expected);
    record(context, [driver], [ended], "08P01");
  });
});
