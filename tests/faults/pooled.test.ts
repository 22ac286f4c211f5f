import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { appendFileSync, chownSync, writeFileSync } from "node:fs";
import { connect as openSocket } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { beforeAll, describe, expect, onTestFinished, test } from "vitest";
import * as pg from "../../drivers/pg.ts";
import { connect } from "../../runner/connection/connect.ts";
import { countEffects } from "../../runner/database/effects.ts";
import { serverUser } from "../../runner/database/embedded/server.ts";
import { makeDirectory } from "../../runner/workspace/cache-directory.ts";
import { directoryForFile } from "../support/files.ts";
import { makeAuthority } from "./support/certificates.ts";
import type { Command } from "./support/command.ts";
import { prove, proveStep, record, verified } from "./support/fault.ts";
import { makeGuide } from "./support/guide.ts";
import { closedPort } from "./support/proxy.ts";
import { readerPassword, serverForFile } from "./support/server.ts";

const program = ["/usr/sbin/pgbouncer", "/usr/bin/pgbouncer", "/opt/homebrew/bin/pgbouncer"].find(
  (path) => spawnSync(path, ["--version"]).status === 0,
);
const remedy =
  "PgBouncer is not installed, so the pooled cases did not run: apt-get install pgbouncer";

const server = await serverForFile();
// The role that the runner makes for the steps is not known to the pooler: they run as the reader.
await server.sql("ALTER ROLE reader CREATEROLE");
const directory = directoryForFile("fault-pooler");
makeDirectory(directory);
const ca = encodeURIComponent(join(directory, "ca.pem"));
const url = `postgresql://reader:${readerPassword}@localhost:PORT/library?sslmode=require&sslrootcert=${ca}`;

/** PgBouncer as Neon runs it: transaction mode, TLS, SCRAM; but without channel binding, which it does not have. */
async function startPooler(poolSize: number, setting = "", database = ""): Promise<number> {
  const port = await closedPort();
  const file = join(directory, `pgbouncer.${poolSize}.ini`);
  const configuration = `
[databases]
* = host=127.0.0.1 port=${server.port} ${database}
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
${setting}
`;
  writeFileSync(file, configuration);
  const child = spawn(program ?? "", ["--quiet", file], {
    ...serverUser(),
    cwd: directory,
    stdio: "ignore",
  });
  const ended = once(child, "exit");
  onTestFinished(async () => {
    child.kill("SIGTERM"); // it would keep sessions, which the next test may need
    await ended;
  });
  while (!(await isListening(port))) expect(child.exitCode).toBeNull();
  return port;
}

/** How many sessions a reader may still open. It waits until those of an earlier test have ended. */
async function freeSessions(): Promise<number> {
  const setting = (name: string) => `current_setting('${name}')::int`;
  for (;;) {
    const [row] = await server.sql(
      `SELECT ${setting("max_connections")} - ${setting("superuser_reserved_connections")} AS free,
         (SELECT count(*) FROM pg_stat_activity
          WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()) AS taken`,
    );
    if (Number(row?.taken) === 0) return Number(row?.free);
    await sleep(20);
  }
}

function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = openSocket(port, "127.0.0.1");
    socket.once("connect", () => resolve(true)).once("error", () => setTimeout(resolve, 20, false));
    socket.once("connect", () => socket.destroy());
  });
}

beforeAll(async () => {
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
});

/** Without PgBouncer, the cases fail in CI. Elsewhere they are skipped, with a note. */
const pooled = test.skipIf(!program && !process.env.CI);

describe("through PgBouncer in transaction mode", () => {
  test("PgBouncer is installed", () => {
    if (!program) console.warn(remedy);
    expect(program ?? !process.env.CI, remedy).toBeTruthy();
  });

  pooled.for<[string, number, string[]]>([
    ["pooled, both clients at once", 20, []],
    ["pooled, a pool of one", 1, []],
    ["pooled, in place is refused: there is a books table", 20, ["--in-place"]],
  ])("%s", async ([, size, choices], context) => {
    const DATABASE_URL = url.replace("PORT", String(await startPooler(size)));
    const isRefused = choices.length > 0;
    const expected = isRefused
      ? { prints: /There is a table named books that no guide has made/, code: 3, within: 15 }
      : verified;
    const ended = await prove(choices, { DATABASE_URL }, expected, server);
    if (!isRefused) expect(ended.stderr).toBe("");
    record(context, [ended], isRefused ? "refused" : "verified");
  });

  pooled.for([["dbname=library"], [`dbname=library user=reader password=${readerPassword}`]])(
    "pooled, every name leads to the reader's database: %s",
    async ([database = ""], context) => {
      const DATABASE_URL = url.replace("PORT", String(await startPooler(20, "", database)));
      const prints = /leads to the database library, whichever it names/;
      const ended = await prove([], { DATABASE_URL }, { prints, code: 3, within: 15 }, server);
      record(context, [ended], "refused");
    },
  );

  pooled("pooled, the rows of a run are counted as the run's, or not at all", async () => {
    const DATABASE_URL = url.replace("PORT", String(await startPooler(20)));
    const send = async (text: string) => {
      const db = await connect(pg, DATABASE_URL);
      await db.query(text);
      return db;
    };
    await send("CREATE TABLE counted (n int)").then((db) => db.close());
    for (const rows of [4, 0, 1]) {
      const read = await countEffects(DATABASE_URL);
      await send(`INSERT INTO counted SELECT generate_series(1, ${rows})`).then((db) => db.close());
      expect(await read()).toMatchObject({ tables: { counted: { inserted: rows } } });
    }
    // A second connection of the pooler stays open, and may have what is not counted yet.
    const others = await Promise.all([send("BEGIN"), send("BEGIN")]);
    for (const other of others) await other.query("COMMIT");
    const read = await countEffects(DATABASE_URL);
    expect(await read()).toEqual({ uncounted: "a connection to its database stayed open" });
    for (const other of others) await other.close();
    await send("DROP TABLE counted").then((db) => db.close());
  });

  pooled("pooled, going back copies databases", async (context) => {
    const DATABASE_URL = url.replace("PORT", String(await startPooler(20)));
    const names = Array.from({ length: 8 }, (_, index) => `0${index + 1}-count`);
    const create = 'await db.query("CREATE TABLE t (n int)");';
    const count = 'await db.query("INSERT INTO t SELECT count(*) FROM t");';
    const guide = makeGuide(
      Object.fromEntries(names.map((name, index) => [name, index === 0 ? create : count])),
    );
    let copies = 0;
    const expected = { prints: /nothing changed/, code: 130, within: 100 };
    const ended = await prove(["--watch", ...guide.choices], { DATABASE_URL }, expected, server, {
      async started({ printed, child }: Command) {
        while (!printed.stdout.includes("8 changed")) await sleep(20);
        appendFileSync(join(guide.directory, "steps", "07-count.ts"), "// saved\n");
        while (!printed.stdout.includes("nothing changed")) await sleep(20);
        copies = (await server.scratchDatabases()).length - 2;
        expect(printed.stdout).toMatch(
          /All 8 outputs are verified with 2 clients; nothing changed/,
        );
        child.kill("SIGINT");
      },
    });
    expect(copies).toBeGreaterThan(1); // at least the last state of each client
    record(context, [ended], "verified");
  });

  pooled("pooled, two runs at once", async (context) => {
    const DATABASE_URL = url.replace("PORT", String(await startPooler(20)));
    const ended = await Promise.all([
      prove([], { DATABASE_URL }, verified),
      prove([], { DATABASE_URL }, verified),
    ]);
    expect(await server.scratchDatabases()).toEqual([]);
    record(context, ended, "verified");
  });

  // PgBouncer says so as 08P01, which it says of everything.
  pooled("pooled, the server is full, and then not", async (context) => {
    const DATABASE_URL = `${url.replace("PORT", String(await startPooler(20)))}&connect_timeout=60`;
    const others = await Promise.all(
      Array.from({ length: await freeSessions() }, () => connect(pg, server.url)),
    );
    const commands: Command[] = [];
    const run = prove([], { DATABASE_URL }, verified, server, {
      started: (command) => commands.push(command),
    });
    const waits = ({ child, printed }: Command) => child.exitCode !== null || printed.stderr !== "";
    while (!commands.some(waits)) await sleep(20);
    await Promise.all(others.map((other) => other.close()));
    const ended = await run;
    expect(ended.stderr).toMatch(/^Waiting for the database: .*connection slots/);
    record(context, [ended], "verified, after waiting");
  });

  pooled("pooled, 10 runners at once, a pool of two", async (context) => {
    const DATABASE_URL = url.replace("PORT", String(await startPooler(2)));
    const environment = { DATABASE_URL: `${DATABASE_URL}&connect_timeout=90` };
    const expected = { prints: /output is verified with 2 clients/, code: 0, within: 100 };
    const guide = makeGuide({ "01-query": 'await db.query("SELECT 1");' });
    const choices = [...guide.choices, "--timeout", "95"];
    const runs = Array.from({ length: 10 }, () => prove(choices, environment, expected));
    const ended = await Promise.all(runs);
    expect(await server.scratchDatabases()).toEqual([]);
    record(context, ended, "verified");
  });

  pooled("pooled, the only connection is busy", async (context) => {
    const port = await startPooler(1, "query_wait_timeout = 6");
    const DATABASE_URL = `${url.replace("PORT", String(port))}&connect_timeout=3`;
    const busy = await connect(pg, DATABASE_URL);
    await busy.query("BEGIN");
    const timeout = "CONNECT_TIMEOUT: The server did not answer in time";
    const step = (driver: string, prints: RegExp) =>
      proveStep(driver, { DATABASE_URL }, { prints, code: 1, within: 15 });
    const prints = new RegExp(`The database cannot be used\\. ${timeout}`);
    const ended = await Promise.all([
      // PgBouncer lets it in, and it waits for its first statement.
      step("pg", /query_wait_timeout/),
      step("postgres", new RegExp(timeout)),
      prove([], { DATABASE_URL }, { prints, code: 3, within: 15 }),
    ]);
    await busy.close();
    record(context, ended.slice(0, 2), "a deadline for each");
  });

  pooled("pooled, wrong password", async (context) => {
    const DATABASE_URL = url
      .replace("PORT", String(await startPooler(20)))
      .replace(readerPassword, "wrong");
    const expected = { prints: /^Connection failed\.\n(08P01|28P01): /, code: 1, within: 15 };
    const drivers = ["pg", "postgres"];
    const runs = drivers.map((driver) => proveStep(driver, { DATABASE_URL }, expected));
    record(context, await Promise.all(runs), "08P01");
  });
});
