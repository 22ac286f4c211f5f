import { appendFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, onTestFailed, test } from "vitest";
import * as pg from "../../drivers/pg.ts";
import { connect } from "../../runner/connection/connect.ts";
import { withDatabase } from "../../runner/connection/connection-uri.ts";
import { openExternal } from "../../runner/database/external.ts";
import { visit } from "../support/live-visit.ts";
import { type Command, cacheForFile, interrupt, leftovers, start } from "./support/command.ts";
import { record } from "./support/fault.ts";
import { makeGuide } from "./support/guide.ts";
import { startProxy } from "./support/proxy.ts";
import { serverForFile } from "./support/server.ts";

const server = await serverForFile();
const cache = cacheForFile();

const write = 'await db.query("CREATE TABLE IF NOT EXISTS t AS SELECT 1");';
const steps = { "01-first": write, "02-second": write, "03-third": write };

/** Starts a command. It does not outlive a test that fails. */
function follow(...[choices, environment, limit]: [string[], NodeJS.ProcessEnv, number]): Command {
  const command = start(choices, environment, limit);
  onTestFailed(() => void command.child.kill("SIGKILL"));
  return command;
}

/** The page of a guide, as a browser opens it. */
function openPage({ printed }: Command) {
  const address = async () => {
    await expect.poll(() => printed.stdout).toContain("token=");
    return /http:\S+/.exec(printed.stdout)?.[0] ?? "";
  };
  return visit({ address });
}

test("the live page while the server is stopped, and afterwards", async (context) => {
  const guide = makeGuide(steps);
  const choices = ["open", "--no-browser", ...guide.choices];
  const environment = { XDG_CACHE_HOME: cache, DATABASE_URL: server.url };
  const command = follow(choices, environment, 60);
  const page = await openPage(command);
  await page.ask({ kind: "run", run: 0 });
  await page.ends("match | waiting | waiting");
  await server.stop();
  await page.ask({ kind: "run", run: 1 });
  await page.ends("match | error | waiting");
  await server.start();
  await page.ask({ kind: "all" });
  await page.ends("match | match | match");
  await server.stop();
  await page.ask({ kind: "run", run: 1 });
  expect(await page.ends("match | blocked | match")).toMatch(/cannot be used\./);
  await server.start();
  await page.ask({ kind: "run", run: 2 });
  await page.ends("match | match | match");
  const ended = await interrupt(command);
  expect(ended.stderr).toContain("Interrupted. Everything is stopped and removed.");
  expect(await leftovers(cache)).toEqual([]);
  expect(await server.scratchDatabases()).toEqual([]);
  record(context, [ended], "says it on the page, and goes on when it is back");
});

test.for([
  ["the live page", ["open", "--no-browser"]],
  ["--watch", ["--watch"]],
] as const)(
  "%s, Ctrl-C, and a network that went silent while a database was copied",
  async ([, own], context) => {
    const guide = makeGuide(steps);
    let isSilent = false;
    const proxy = await startProxy(server.port, (bytes, { stall }) => {
      if (!/CREATE DATABASE "guide_scratch_\w+" TEMPLATE "guide/.test(bytes.toString())) return;
      isSilent = true;
      stall();
    });
    const DATABASE_URL = server.url.replace(`:${server.port}/`, `:${proxy.port}/`);
    const environment = { XDG_CACHE_HOME: cache, DATABASE_URL };
    const command = follow([...own, ...guide.choices], environment, 60);
    if (own[0] === "open") await (await openPage(command)).ask({ kind: "run", run: 0 });
    while (!isSilent) await sleep(20);
    const interrupted = performance.now();
    const ended = await interrupt(command);
    const time = (performance.now() - interrupted) / 1000;
    expect(ended.stderr).toMatch(/Not removed: the scratch databases /);
    expect(time).toBeLessThan(9);
    await proxy.close();
    await server.dropScratchDatabases();
    expect(await leftovers(cache)).toEqual([]);
    record(context, [{ ...ended, time }], "ends in seconds, and names what is left");
  },
);

test("doctor says that a server takes a login, and answers nothing", async () => {
  const proxy = await startProxy(server.port, (bytes, { stall }) => {
    if (bytes.includes("SELECT 1")) stall();
  });
  const DATABASE_URL = server.url.replace(`:${server.port}/`, `:${proxy.port}/`);
  const ended = await follow(["doctor"], { XDG_CACHE_HOME: cache, DATABASE_URL }, 60).ended;
  await proxy.close();
  expect(ended.stdout).toContain("The server did not answer within 10 s.");
  expect(ended.code).not.toBe(0);
});

test("--watch while the server is stopped, and afterwards", async (context) => {
  const guide = makeGuide(steps);
  const environment = { XDG_CACHE_HOME: cache, DATABASE_URL: server.url };
  const command = follow(["--watch", ...guide.choices], environment, 60);
  const prints = (text: RegExp) =>
    expect.poll(() => command.printed.stdout, { timeout: 30_000 }).toMatch(text);
  const save = () => appendFileSync(join(guide.directory, "steps", "02-second.ts"), "// saved\n");
  await prints(/All 3 outputs are verified/);
  await server.stop();
  save();
  await prints(/The database cannot be used\./);
  await server.start();
  save();
  await prints(/cannot be used[\s\S]*All 3 outputs are verified/);
  const ended = await interrupt(command);
  expect(ended.stderr).toContain("Everything is stopped and removed.");
  expect(await leftovers(cache)).toEqual([]);
  expect(await server.scratchDatabases()).toEqual([]);
  record(context, [ended], "says it, and waits for the next save");
});

test("a database that could not be dropped is made again when the server is back", async (context) => {
  const started = performance.now();
  const { signal } = new AbortController();
  const settings = { inPlace: false, signal, note: () => {} };
  const opened = await openExternal(server.url, settings);
  const { name, close } = await opened.createDatabase("pg");
  await server.stop();
  await expect(close()).rejects.toThrow("cannot be used");
  await server.start();
  expect(await opened.createDatabase("pg", name)).toMatchObject({ name });
  await opened.close();
  expect(await server.scratchDatabases()).toEqual([]);
  const time = (performance.now() - started) / 1000;
  record(context, [{ code: 0, time }], "made again, and dropped at the end", []);
});

test.for<readonly [string, readonly string[], NodeJS.Signals | undefined, number, string]>([
  ["--timeout", ["--timeout", "2"], undefined, 1, "ended with the step"],
  ["Ctrl-C", [], "SIGINT", 130, "ended with the step"],
  ["kill -9", [], "SIGKILL", 137, "ended by the server"],
])("in place, a statement after %s", async ([, choices, signal, code, outcome], context) => {
  const guide = makeGuide({
    "01-first": 'await db.query("CREATE TABLE IF NOT EXISTS t9 AS SELECT 1 AS n");',
    "02-second": 'await db.query("UPDATE t9 SET n = 2 FROM pg_sleep(30)");',
  });
  const own = ["--in-place", "--driver", "pg", ...choices, ...guide.choices];
  await server.sql("DROP DATABASE IF EXISTS own");
  await server.sql("CREATE DATABASE own OWNER reader");
  const DATABASE_URL = withDatabase(server.url, "own");
  const readers = await connect(pg, DATABASE_URL);
  const read = readers.query("SELECT 'read' AS name FROM pg_sleep(5)");
  const command = follow(own, { XDG_CACHE_HOME: cache, DATABASE_URL }, 30);
  const updates = async () =>
    (await server.sql("SELECT pid FROM pg_stat_activity WHERE query LIKE 'UPDATE t9%'")).length;
  while ((await updates()) === 0 && command.child.exitCode === null) await sleep(20);
  if (signal) command.child.kill(signal);
  const ended = await command.ended;
  const time = performance.now();
  expect(ended.code ?? 137).toBe(code);
  if (signal === "SIGKILL") await expect.poll(updates, { timeout: 5000 }).toBe(0);
  else expect(await updates()).toBe(0);
  const late = (performance.now() - time) / 1000;
  expect((await read).rows).toEqual([{ name: "read" }]); // the reader's own session
  await readers.query("DROP TABLE t9");
  await readers.close();
  expect(await leftovers(cache)).toEqual([]);
  record(context, [{ code: ended.code ?? 137, time: late }], outcome, ["pg"]);
});
