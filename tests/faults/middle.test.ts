import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { cacheForTest, leftovers, root, start } from "./support/command.ts";
import { prove, record } from "./support/fault.ts";
import { makeGuide } from "./support/guide.ts";
import { processList } from "./support/processes.ts";
import { startProxy } from "./support/proxy.ts";
import { readerPassword, serverForFile } from "./support/server.ts";
import { cacheOnSmallDisk } from "./support/small-disk.ts";

const server = await serverForFile();

const drivers = ["pg", "postgres"] as const;
const through = (port: number) => server.url.replace(`:${server.port}/`, `:${port}/`);
const lost = "CONNECTION_LOST: The server closed the connection before the statement was done";

describe("in the middle of it, each driver by itself, both at once", () => {
  test.for<[string, string, (driver: string) => RegExp]>([
    [
      "backend terminated during a statement",
      'await db.query("SELECT pg_terminate_backend(pg_backend_pid())");',
      (driver) => new RegExp(`error.*\n +${driver} exited with 1\\.\n +Query failed\\.\n +${lost}`),
    ],
    [
      "backend terminated between statements",
      `const { rows: [row] } = await db.query("SELECT pg_backend_pid() AS pid");
       const { connect } = await import("${root}/runner/connection/connect.ts");
       const other = await connect(await import("${root}/drivers/pg.ts"), process.env.DATABASE_URL ?? "");
       await other.query("SELECT pg_terminate_backend($1)", [Number(row?.pid)]);
       await other.close();
       await new Promise((resolve) => setTimeout(resolve, 200));
       await db.query("SELECT 1");`,
      () => new RegExp(`Query failed\\.\n +${lost}`),
    ],
    [
      "statement_timeout",
      'await db.query("SET statement_timeout = 50; SELECT pg_sleep(5)");',
      () => /Query failed\.\n +57014: canceling statement due to statement timeout/,
    ],
    [
      "a statement that fails is not sent again",
      'await db.query("CREATE TABLE t (n INT)"); await db.query("INSERT INTO t VALUES (1)"); await db.query("SELECT 1/0");',
      () => /22012: division by zero/,
    ],
  ])("%s", async ([name, code, prints], context) => {
    const guide = makeGuide({ "01-fault": code });
    const runs = drivers.map((driver) =>
      prove(
        [...guide.choices, "--driver", driver],
        { DATABASE_URL: server.url },
        { prints: prints(driver), code: 1, within: 15 },
        server,
      ),
    );
    const outcome = name.startsWith("backend") ? "CONNECTION_LOST" : "one error";
    record(context, await Promise.all(runs), outcome);
  });

  test("connection reset during a statement", async (context) => {
    const runs = drivers.map(async (driver) => {
      let updates = 0;
      const proxy = await startProxy(server.port, (bytes, { reset }) => {
        if (!bytes.includes("UPDATE books")) return;
        updates++;
        reset();
      });
      const ended = await prove(
        ["--driver", driver],
        { DATABASE_URL: through(proxy.port) },
        { prints: new RegExp(lost), code: 1, within: 15 },
        server,
      );
      await proxy.close();
      expect(updates).toBe(1); // a statement is never retried
      return ended;
    });
    record(context, await Promise.all(runs), "CONNECTION_LOST, sent once");
  });
});

describe("in the middle of it", () => {
  test("server stopped and started again between steps", async (context) => {
    const guide = makeGuide({
      "01-first": "",
      "02-second": "await new Promise((resolve) => setTimeout(resolve, 0));",
    });
    const cache = cacheForTest();
    const environment = { XDG_CACHE_HOME: cache, DATABASE_URL: server.url };
    const command = start(guide.choices, environment, 40);
    while (!command.printed.stdout.includes("✓ 01-first")) await sleep(5);
    await server.stop();
    await server.start();
    const ended = await command.ended;
    // A step that was just running met the stop: that is an error. One that began later is not.
    expect([0, 1]).toContain(ended.code);
    expect(ended.code === 0).toBe(ended.stdout.includes("All 2 outputs are verified"));
    expect(await leftovers(cache)).toEqual([]);
    expect(await server.scratchDatabases()).toEqual([]);
    record(context, [{ ...ended, code: 0 }], "goes on, or says that the connection was lost");
  });

  test("a proxy that stalls", async (context) => {
    const proxy = await startProxy(server.port, (bytes, { stall }) => {
      if (bytes.includes("UPDATE books")) stall();
    });
    // The stalled proxy keeps the runner from dropping its databases, too: it says so.
    const prints = /timed out after 3 s[\s\S]*Not removed: the scratch databases /;
    const ended = await prove(
      ["--step", "3", "--timeout", "3"],
      { DATABASE_URL: through(proxy.port) },
      { prints, code: 3, within: 60 },
    );
    await proxy.close();
    await server.dropScratchDatabases();
    record(context, [ended], "timed out, and names the databases that are left");
  });

  test("a scratch database that someone dropped", async (context) => {
    const cache = cacheForTest();
    const dropped = join(cache, "dropped");
    const wait = `const { existsSync } = await import("node:fs");
      while (!existsSync("${dropped}")) await new Promise((resolve) => setTimeout(resolve, 20));`;
    const guide = makeGuide({ "01-first": wait, "02-second": "" });
    const command = start(guide.choices, { XDG_CACHE_HOME: cache, DATABASE_URL: server.url }, 30);
    while (processList().match(/01-first\.mjs/g)?.length !== 2) await sleep(20);
    await server.dropScratchDatabases();
    writeFileSync(dropped, "");
    const ended = await command.ended;
    expect(ended.stdout).toMatch(
      /3D000: database "guide_scratch_\S+" does not exist|CONNECTION_LOST/,
    );
    expect(ended.code).toBe(1);
    expect(await leftovers(cache)).toEqual([]);
    record(context, [ended], "one error for each driver");
  });

  test("read-only server", async (context) => {
    const url = `${server.url}?options=${encodeURIComponent("-c default_transaction_read_only=on")}`;
    const prints =
      /The database cannot be used\. 25006: cannot execute CREATE DATABASE in a read-only transaction/;
    const ended = await prove([], { DATABASE_URL: url }, { prints, code: 3, within: 15 }, server);
    record(context, [ended], "25006");
  });

  test("no CREATEDB", async (context) => {
    await server.sql(`CREATE ROLE lodger LOGIN PASSWORD '${readerPassword}'`);
    const url = server.url.replace("reader:", "lodger:");
    const prints = /may not create databases.*Use a role with CREATEDB, or --in-place/;
    const ended = await prove([], { DATABASE_URL: url }, { prints, code: 3, within: 15 }, server);
    record(context, [ended], "names the two ways out");
  });

  test.for<[string, number, string, RegExp, number]>([
    ["disk full on the embedded server's directory", 44, "", /Only \d+ MB are free in /, 3],
    [
      "disk full while a step writes",
      160,
      `await db.query("CREATE TABLE t AS SELECT repeat(md5(n::text), 60) FROM generate_series(1, 200000) n");`,
      /53100: could not extend file ".*".*: No space left on device/,
      1,
    ],
  ])("%s", async ([, megabytes, code, prints, exitCode], context) => {
    const guide = makeGuide({ "01-write": code });
    const cache = cacheOnSmallDisk(megabytes);
    const command = start(guide.choices, { XDG_CACHE_HOME: cache }, 40);
    const ended = await command.ended;
    expect(ended.stdout + ended.stderr).toMatch(prints);
    expect(ended.code).toBe(exitCode);
    expect(await leftovers(cache)).toEqual([]);
    record(context, [ended], exitCode === 3 ? "says how much is free" : "53100");
  });
});
