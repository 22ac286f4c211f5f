import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, describe, expect, test } from "vitest";
import type { Database } from "../../drivers/driver.ts";
import * as pg from "../../drivers/pg.ts";
import { connect } from "../../runner/connection/connect.ts";
import { withDatabase } from "../../runner/connection/connection-uri.ts";
import { createScratch, dropScratch, scratchName } from "../../runner/database/scratch.ts";
import {
  type Command,
  cacheForFile,
  cacheForTest,
  interrupt,
  leftovers,
  start,
} from "./support/command.ts";
import { prove, record } from "./support/fault.ts";
import { hang, makeGuide } from "./support/guide.ts";
import { commandLines } from "./support/processes.ts";
import { readerPassword, serverForFile } from "./support/server.ts";

const server = await serverForFile(["max_prepared_transactions = 10\n"]);
await server.sql("GRANT pg_create_subscription TO reader");
await server.sql(`CREATE ROLE maker LOGIN CREATEDB CREATEROLE PASSWORD '${readerPassword}'`);
const cache = cacheForFile();

/** A case that failed may have left some: the next one begins without them. */
afterEach(async () => {
  for (const name of await server.scratchDatabases()) {
    await server.sql(`ALTER DATABASE ${name} IS_TEMPLATE false`);
    await server.sql(`DROP DATABASE ${name} WITH (FORCE)`).catch(() => {});
  }
});

/** What a step may do to its database. */
const obstacles: Record<string, (name: string) => string[]> = {
  "a template": (name) => [`ALTER DATABASE ${name} IS_TEMPLATE true`],
  "a prepared transaction": (name) => [
    "BEGIN",
    "CREATE TABLE t (i INT)",
    `PREPARE TRANSACTION 'it''s ${name}'`,
  ],
  "a prepared transaction, and a connection limit of 0": (name) => [
    "BEGIN",
    "CREATE TABLE t (i INT)",
    `PREPARE TRANSACTION '${name}'`,
    `ALTER DATABASE ${name} CONNECTION LIMIT 0`,
  ],
  "a subscription": (name) => [
    `CREATE SUBSCRIPTION s_${name.slice(-6)} CONNECTION 'host=/nowhere password=x' PUBLICATION p WITH (connect = false)`,
  ],
};

describe("a database that is hard to drop", () => {
  const open = (url: string): Promise<Database> => connect(pg, url);

  test.for(Object.keys(obstacles))("%s", async (kind) => {
    const db = await open(server.url);
    const name = scratchName("test");
    await createScratch(db, name);
    const inside = await open(withDatabase(server.url, name));
    for (const statement of obstacles[kind]?.(name) ?? []) await inside.query(statement);
    await inside.close();
    // The last straw: it can be set from outside only.
    await db.query(`ALTER DATABASE ${name} ALLOW_CONNECTIONS false`);
    await dropScratch(db, name, (database) => open(withDatabase(server.url, database)));
    expect(await server.scratchDatabases()).toEqual([]);
    await db.close();
  });

  test("a process of a superuser, as autovacuum is one", async () => {
    const db = await open(server.url);
    const name = scratchName("test");
    await createScratch(db, name);
    const superuser = await open(withDatabase(server.superuserUrl, name));
    const leaving = sleep(400).then(() => superuser.close());
    await dropScratch(db, name);
    await leaving;
    expect(await server.scratchDatabases()).toEqual([]);
    await db.close();
  });
});

test.for([
  ["", () => server.url],
  [", in a role of its own", () => server.url.replace("//reader:", "//maker:")],
] as const)(
  "a step that makes its database a template and prepares a transaction%s",
  async ([, urlOf], context) => {
    const guide = makeGuide({
      "01-clings": `await db.query("BEGIN; CREATE TABLE t (i INT)");
      const { rows: [row] } = await db.query("SELECT current_database() AS name");
      await db.query(\`PREPARE TRANSACTION '\${row?.name}'\`);
      await db.query(\`ALTER DATABASE \${row?.name} IS_TEMPLATE true CONNECTION LIMIT 0\`);`,
    });
    const expected = { prints: /verified with 2 clients/, code: 0, within: 60 };
    const ended = await prove(guide.choices, { DATABASE_URL: urlOf() }, expected, server);
    record(context, [ended], "everything removed");
  },
);

test("a scratch database that cannot be dropped", async (context) => {
  const guide = makeGuide({
    "01-hangs": "await new Promise((resolve) => setTimeout(resolve, 4000));",
  });
  const environment = { XDG_CACHE_HOME: cache, DATABASE_URL: server.url };
  const command = start([...guide.choices, "--driver", "pg"], environment, 60);
  while ((await server.scratchDatabases()).length === 0) await sleep(20);
  const [name = ""] = await server.scratchDatabases();
  await server.sql(`ALTER DATABASE ${name} OWNER TO postgres`);
  const ended = await command.ended;
  await server.sql(`DROP DATABASE ${name} WITH (FORCE)`);
  expect(ended.stderr).toContain(`Not removed: the scratch database ${name}. `);
  expect(ended.stderr).toContain("42501: must be owner of database");
  expect(ended.code).toBe(3);
  record(context, [ended], "names it, and what to do", ["pg"]);
});

describe("signals", () => {
  test("two SIGINT within a second, as tsx relays them, are one", async (context) => {
    const guide = makeGuide({ "01-hangs": hang });
    const environment = { XDG_CACHE_HOME: cache, DATABASE_URL: server.url };
    const command = start(guide.choices, environment, 60);
    while ((await server.scratchDatabases()).length < 2) await sleep(20);
    command.child.kill("SIGINT");
    await sleep(50);
    const ended = await interrupt(command);
    expect(ended.stderr).toBe("Interrupted. Everything is stopped and removed.\n");
    expect(ended.code).toBe(130);
    expect(await server.scratchDatabases()).toEqual([]);
    expect(await leftovers(cache)).toEqual([]);
    record(context, [ended], "everything removed");
  });

  test("SIGINT while the embedded server is frozen", async (context) => {
    const command = await startHanging({ XDG_CACHE_HOME: cache });
    const name = runName();
    signalAll(pidsOf(name), "SIGSTOP");
    const ended = await interrupt(command);
    expect(ended.stderr).toBe("Interrupted. Everything is stopped and removed.\n");
    expect(ended.code).toBe(130);
    expect(await leftovers(cache)).toEqual([]);
    await gone(name);
    record(context, [ended], "everything removed");
  });

  test("SIGINT while the external server is frozen", async (context) => {
    const command = await startHanging({ XDG_CACHE_HOME: cache, DATABASE_URL: server.url });
    const names = await server.scratchDatabases();
    const file = readFileSync(join(server.dataDirectory, "postmaster.pid"), "utf8");
    const postmaster = Number.parseInt(file, 10);
    signalAll([postmaster], "SIGSTOP");
    const sessions = readFileSync(`/proc/${postmaster}/task/${postmaster}/children`, "utf8");
    const frozen = [postmaster, ...sessions.trim().split(" ").map(Number)];
    signalAll(frozen, "SIGSTOP"); // the runner may still have a session
    command.child.kill("SIGINT");
    const ended = await command.ended.finally(() => signalAll(frozen, "SIGCONT"));
    for (const name of names) expect(ended.stderr).toContain(name);
    expect(ended.stderr).toMatch(
      /^Not removed: the scratch databases .*\. The server does not answer\. .*\nInterrupted\.\n$/,
    );
    expect(ended.code).toBe(130);
    expect(await leftovers(cache)).toEqual([]);
    for (const name of names) await server.sql(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
    record(context, [ended], "names what is left");
  });
});

test("runner and watchdog killed: the next run ends what is left", async (context) => {
  const own = cacheForTest();
  const command = await startHanging({ XDG_CACHE_HOME: own });
  const name = runName(own);
  for (const { pid, line } of commandLines()) {
    if (line.includes("watchdog.mjs") && line.includes(name)) process.kill(pid, "SIGKILL");
  }
  command.child.kill("SIGKILL");
  const ended = await command.ended;
  expect(pidsOf(name).length).toBeGreaterThan(2);

  const next = start(["doctor"], { XDG_CACHE_HOME: own }, 60);
  expect((await next.ended).code).toBe(0);
  expect(await leftovers(own)).toEqual([]);
  await gone(name);
  record(context, [{ ...ended, code: 137 }], "server, steps and files gone");
});

/** Their pids mean other processes: a run there that is judged by its pid would be taken for a dead one. */
test.skipIf(process.getuid?.() !== 0)(
  "two containers with one cache directory and one host name",
  async (context) => {
    const own = cacheForTest();
    const go = join(own, "go");
    const guide = makeGuide({
      "01-waits": `const { existsSync } = await import("node:fs");
        while (!existsSync("${go}")) await new Promise((resolve) => setTimeout(resolve, 20));`,
    });
    const environment = { XDG_CACHE_HOME: own };
    const first = start(guide.choices, environment, 90);
    while (stepsIn(own, "01-waits") < 2) await sleep(20);

    const through = ["unshare", "--pid", "--fork", "--kill-child", "--mount-proc"];
    const other = makeGuide({ "01-short": "" });
    const second = start(other.choices, environment, 60, { through });
    expect(await second.ended).toMatchObject({ code: 0, stderr: "" });
    writeFileSync(go, "");
    const ended = await first.ended;
    expect(ended).toMatchObject({ code: 0, stderr: "" });
    expect(await leftovers(own)).toEqual([]);
    record(context, [ended], "verified, both");
  },
);

/** A guide whose step hangs, as soon as both drivers run it. */
async function startHanging(environment: NodeJS.ProcessEnv): Promise<Command> {
  const guide = makeGuide({ "01-hangs": hang });
  const command = start(guide.choices, environment, 90);
  while (stepsIn(environment.XDG_CACHE_HOME ?? "") < 2) {
    if (command.child.exitCode !== null) throw new Error(command.printed.stderr);
    await sleep(20);
  }
  return command;
}

function stepsIn(directory: string, step = "01-hangs"): number {
  const steps = commandLines().filter(
    ({ line }) => line.includes(directory) && line.includes(`${step}.mjs`),
  );
  return steps.length;
}

/** The name of the one run that uses this cache. */
function runName(directory = cache): string {
  const found = commandLines()
    .map(({ line }) => line)
    .find((line) => line.includes(`${directory}/neon-typescript-guide/runs/`));
  return /\/runs\/([\w.]+)/.exec(found ?? "")?.[1] ?? "none";
}

function pidsOf(name: string): number[] {
  return commandLines()
    .filter(({ line }) => line.includes(name) && !line.includes("watchdog.mjs"))
    .map(({ pid }) => pid);
}

async function gone(name: string): Promise<void> {
  for (let round = 0; round < 200 && pidsOf(name).length > 0; round++) await sleep(50);
  expect(pidsOf(name)).toEqual([]);
}

/** A process that has ended meanwhile is passed over. */
function signalAll(pids: readonly number[], signal: NodeJS.Signals): void {
  for (const pid of pids) {
    try {
      process.kill(pid, signal);
    } catch (error) {
      if (!(error instanceof Error && "code" in error && error.code === "ESRCH")) throw error;
    }
  }
}
