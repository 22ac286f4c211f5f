import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { install, makeAuthority, selfSign } from "./support/certificates.ts";
import { type Command, cacheForFile } from "./support/command.ts";
import { type Expected, prove, proveStep, record } from "./support/fault.ts";
import { closedPort, listen, startProxy } from "./support/proxy.ts";
import { readerPassword, serverForFile } from "./support/server.ts";
import { startUnreadyServer } from "./support/unready-server.ts";

const server = await serverForFile();
const authority = await makeAuthority("Fault suite");
const other = await makeAuthority("Another authority");
const files = cacheForFile();
writeFileSync(join(files, "ca.pem"), authority.certificate);
writeFileSync(join(files, "other.pem"), other.certificate);

const at = (port: number, rest = "") =>
  `postgresql://reader:${readerPassword}@127.0.0.1:${port}/library?connect_timeout=3${rest}`;
/** For faults that do not pass: the runner does not try again, so a long limit costs nothing. */
const surelyAt = (port: number, rest = "") =>
  at(port, rest).replace("connect_timeout=3", "connect_timeout=30");
const named = (rest: string) =>
  `${server.url.replace("127.0.0.1", "localhost")}?connect_timeout=30${rest}`;
const ca = () => `&sslrootcert=${encodeURIComponent(join(files, "ca.pem"))}`;

/** [case, the URL of the fault, what is printed, seconds, if not 8] Passing faults take their connect_timeout. */
type Line = [string, () => Promise<string> | string, RegExp, number?];

const lines: Line[] = [
  [
    "refused",
    async () => at(await closedPort()),
    /ECONNREFUSED: cannot connect to 127\.0\.0\.1:\d+/,
  ],
  [
    "unknown host",
    () => surelyAt(5432).replace("127.0.0.1", "nowhere.invalid").concat("&sslmode=disable"),
    /ENOTFOUND: cannot find nowhere\.invalid/,
    10,
  ],
  [
    "a name with two refusing addresses",
    async () => at(await closedPort()).replace("127.0.0.1", "localhost"),
    /ECONNREFUSED: cannot connect to \S+:\d+/,
  ],
  [
    "accepts and never answers",
    async () => at((await listen(() => {})).port),
    /CONNECT_TIMEOUT: The server did not answer in time\./,
  ],
  [
    "accepts and never answers, TLS",
    async () => at((await listen(() => {})).port, "&sslmode=require"),
    /CONNECT_TIMEOUT: The server did not answer in time\./,
  ],
  [
    "accepts and closes",
    async () => at((await listen((socket) => socket.end())).port),
    /CONNECTION_LOST: The server closed the connection while it was being opened\./,
  ],
  [
    "accepts and closes, TLS",
    async () => at((await listen((socket) => socket.end())).port, "&sslmode=require"),
    /CONNECTION_LOST: The server closed the connection while it was being opened\./,
  ],
  [
    "accepts and resets",
    async () => at((await listen((socket) => socket.resetAndDestroy())).port),
    /CONNECTION_LOST: The server closed the connection while it was being opened\./,
  ],
  [
    "TLS wanted and not offered",
    () => surelyAt(server.port, "&sslmode=require"),
    /TLS_NOT_OFFERED: The server does not offer TLS\. Where you trust the network, use sslmode=disable\./,
    10,
  ],
  [
    "wrong password",
    () => surelyAt(server.port).replace(readerPassword, "wrong"),
    /28P01: password authentication failed for user "reader"/,
    10,
  ],
  [
    "empty password",
    () => surelyAt(server.port).replace(`:${readerPassword}`, ""),
    // postgres.js asks the server, and pg does not.
    /28P01: password authentication failed(: the connection string has no password| for user "reader")/,
    10,
  ],
  [
    "unknown user",
    () => surelyAt(server.port).replace("reader:", "nobody:"),
    /28P01: password authentication failed for user "nobody"/,
    10,
  ],
  [
    "unknown database",
    () => surelyAt(server.port).replace("/library", "/nowhere"),
    /3D000: database "nowhere" does not exist/,
    10,
  ],
];

const tlsLines: [string, (now: number) => Promise<void>, () => string, RegExp][] = [
  [
    "self-signed certificate",
    async () => install(server, await selfSign("localhost")),
    () => named("&sslmode=require"),
    /DEPTH_ZERO_SELF_SIGNED_CERT: self-signed certificate.*sslrootcert=FILE/,
  ],
  [
    "wrong host name in the certificate",
    async () => install(server, await authority.sign("elsewhere.example")),
    () => named(`&sslmode=verify-full${ca()}`),
    /ERR_TLS_CERT_ALTNAME_INVALID: Hostname\/IP does not match certificate's altnames/,
  ],
  [
    "certificate for a name, server reached by address",
    async () => install(server, await authority.sign("localhost")),
    () => surelyAt(server.port, `&sslmode=require${ca()}`),
    /ERR_TLS_CERT_ALTNAME_INVALID/,
  ],
  [
    "wrong CA",
    async () => install(server, await authority.sign("localhost")),
    () => named(`&sslmode=verify-ca&sslrootcert=${encodeURIComponent(join(files, "other.pem"))}`),
    /UNABLE_TO_VERIFY_LEAF_SIGNATURE: unable to verify the first certificate.*sslrootcert=FILE/,
  ],
  [
    "expired certificate",
    async (now) => install(server, await authority.sign("localhost", new Date(now - 3_600_000))),
    () => named(`&sslmode=require${ca()}`),
    /CERT_HAS_EXPIRED: certificate has expired/,
  ],
];

/** A step with each driver, and the runner, meet the same fault. */
async function meet(url: string, prints: RegExp, within: number) {
  const environment = { DATABASE_URL: url };
  const ofStep: Expected = {
    prints: new RegExp(`^Connection failed\\.\\n${prints.source}`),
    code: 1,
    within,
  };
  const ofRunner: Expected = {
    prints: new RegExp(`The database cannot be used\\. ${prints.source}`),
    code: 3,
    within,
  };
  return Promise.all([
    proveStep("pg", environment, ofStep),
    proveStep("postgres", environment, ofStep),
    prove([], environment, ofRunner, server),
  ]);
}

describe("reaching the server", () => {
  // Each waits for its connect_timeout, and none gets as far as the server's databases.
  test.concurrent.for(lines)("%s", async ([, arrange, prints, within = 8], context) => {
    const ended = await meet(await arrange(), prints, within);
    record(context, ended.slice(0, 2), prints.source.split(":")[0] ?? "");
  });

  test("too many connections", async (context) => {
    await server.sql("ALTER ROLE reader CONNECTION LIMIT 0");
    try {
      const ended = await meet(at(server.port), /53300: too many connections for role "reader"/, 8);
      record(context, ended.slice(0, 2), "53300");
    } finally {
      await server.sql("ALTER ROLE reader CONNECTION LIMIT -1");
    }
  });

  const waiting = { prints: /All 6 outputs are verified with 1 client/, code: 0, within: 60 };
  const each = ["pg", "postgres"];

  test("a server that accepts only after 5 s", async (context) => {
    let accepted: Promise<void> | undefined;
    const accept = () => {
      accepted ??= sleep(5000);
      return accepted;
    };
    const proxy = await startProxy(server.port, undefined, accept);
    const DATABASE_URL = at(proxy.port).replace("connect_timeout=3", "connect_timeout=15");
    const runs = each.map((driver) => prove(["--driver", driver], { DATABASE_URL }, waiting));
    const ended = await Promise.all(runs);
    for (const { stderr } of ended) expect(stderr).toBe("");
    expect(await server.scratchDatabases()).toEqual([]);
    await proxy.close();
    record(context, ended, "verified, after waiting");
  });

  test("a server that refuses first and comes up later", async (context) => {
    const port = await closedPort();
    const DATABASE_URL = at(port).replace("connect_timeout=3", "connect_timeout=15");
    const commands: Command[] = [];
    const runs = each.map((driver) =>
      prove(["--driver", driver], { DATABASE_URL }, waiting, undefined, {
        started: (command) => commands.push(command),
      }),
    );
    const waits = ({ child, printed }: Command) =>
      child.exitCode !== null || /^Waiting for the database: /.test(printed.stderr);
    while (commands.length < each.length || !commands.every(waits)) await sleep(20);
    const proxy = await startProxy(server.port, undefined, undefined, port);
    const ended = await Promise.all(runs);
    for (const { stderr } of ended) expect(stderr).toMatch(/^Waiting for the database: /);
    expect(await server.scratchDatabases()).toEqual([]);
    await proxy.close();
    record(context, ended, "verified, after waiting");
  });
});

describe("TLS", () => {
  test.for(tlsLines)("%s", async ([, arrange, url, prints], context) => {
    await arrange(Date.now());
    const ended = await meet(url(), prints, 8);
    record(context, ended.slice(0, 2), prints.source.split(/[:]/)[0] ?? "");
  });

  test.for<[string, string, () => string]>([
    [
      "the form that Neon's console gives",
      "localhost",
      () => named(`&sslmode=require&channel_binding=require${ca()}`),
    ],
    ["verify-full with a CA of its own", "localhost", () => named(`&sslmode=verify-full${ca()}`)],
    [
      "verify-ca with another host name",
      "elsewhere.example",
      () => named(`&sslmode=verify-ca${ca()}`),
    ],
    ["no-verify", "elsewhere.example", () => named("&sslmode=no-verify")],
  ])("%s", async ([, host, url], context) => {
    await install(server, await authority.sign(host));
    const expected = { prints: /All 6 outputs are verified with 2 clients/, code: 0, within: 30 };
    const ended = await prove([], { DATABASE_URL: url() }, expected, server);
    expect(ended.stderr).toBe("");
    record(context, [ended], "verified");
  });

  test("server still starting up", async (context) => {
    const unready = await startUnreadyServer();
    try {
      const url = at(unready.port);
      const step: Expected = {
        prints:
          /^Connection failed\.\n57P03: the database system is not (yet )?accepting connections/,
        code: 1,
        within: 8,
      };
      const ended = await Promise.all([
        proveStep("pg", { DATABASE_URL: url }, step),
        proveStep("postgres", { DATABASE_URL: url }, step),
      ]);
      record(context, ended, "57P03");
    } finally {
      await unready.close();
    }
  });
});
