import { spawnSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import * as pg from "../../drivers/pg.ts";
import { connect } from "../../runner/connection/connect.ts";
import { scratchName } from "../../runner/database/scratch.ts";
import { processNamespace } from "../../runner/workspace/workspace.ts";
import { cacheForFile, leftovers, start } from "./support/command.ts";
import { prove, record, verified } from "./support/fault.ts";
import { hang, makeGuide } from "./support/guide.ts";
import { processList } from "./support/processes.ts";
import { serverForFile } from "./support/server.ts";

const server = await serverForFile(["max_prepared_transactions = 10\n"]);
const cache = cacheForFile();

/** What PostgreSQL keeps outside of its directory, and loses sight of when it is killed. */
function sharedMemory(): string[] {
  const directory = "/dev/shm";
  return existsSync(directory)
    ? readdirSync(directory).filter((name) => name.startsWith("PostgreSQL"))
    : [];
}

describe("SIGKILL", () => {
  test("at 50 random moments: the watchdog, or a later run, removes what is left", async (context) => {
    const before = await server.sentinel();
    const sharedBefore = sharedMemory();
    const started = performance.now();
    for (let round = 0; round < 10; round++) {
      await Promise.all(
        ["", server.url, "", server.url, ""].map(async (DATABASE_URL) => {
          const command = start([], { XDG_CACHE_HOME: cache, DATABASE_URL }, 60);
          await sleep(Math.random() * 2000);
          command.child.kill("SIGKILL");
          await command.ended;
        }),
      );
    }
    expect(await leftovers(cache)).toEqual([]);
    expect(sharedMemory()).toEqual(sharedBefore);
    expect(await server.sentinel()).toEqual(before);

    await prove([], { DATABASE_URL: server.url }, verified, server);
    record(
      context,
      [{ code: 137, time: (performance.now() - started) / 1000 }],
      "everything removed",
    );
  });

  test("an embedded server ends by itself within seconds", async (context) => {
    const guide = makeGuide({ "01-hangs": hang });
    const command = start(guide.choices, { XDG_CACHE_HOME: cache }, 30);
    while (!/01-hangs\.mjs/.test(processList())) await sleep(10);
    command.child.kill("SIGKILL");
    const ended = await command.ended;
    expect(await leftovers(cache)).toEqual([]);
    record(context, [{ ...ended, code: 137 }], "server, steps and files gone");
  });

  test("a later run drops only what is ours, old, and unused", async (context) => {
    const hour = 3_600_000;
    const make = async (comment?: string, name = scratchName("pg")) => {
      await server.sql(`CREATE DATABASE ${name} OWNER reader`);
      if (comment) await server.sql(`COMMENT ON DATABASE ${name} IS '${comment}'`);
      return name;
    };
    const commented = async (name: string) =>
      (
        await server.sql(
          `SELECT shobj_description(oid, 'pg_database') AS comment FROM pg_database WHERE datname = '${name}'`,
        )
      )[0]?.comment;
    const alive = (ms: number) =>
      `Scratch database of the Neon guide, alive at ${new Date(Date.now() - ms).toISOString()}`;
    const gone = spawnSync(process.execPath, ["-e", ""]).pid;
    const mine = (pid: number) => scratchName("postgres", `${processNamespace()}_${pid}`);
    await make(alive(0), mine(gone));
    await make(undefined, mine(gone)); // its run was killed before the first heartbeat
    await make(alive(2 * hour));
    const template = await make(alive(2 * hour));
    await server.sql(`ALTER DATABASE ${template} IS_TEMPLATE true`);
    const inside = await connect(
      pg,
      server.url.replace("/library", `/${await make(alive(2 * hour))}`),
    );
    await inside.query("BEGIN; CREATE TABLE t (i INT); PREPARE TRANSACTION 'left'");
    await inside.close();
    const young = [await make()]; // its run has not sent a heartbeat yet, or was killed before it could
    const notOurs = [
      ...young,
      await make(alive(hour / 2)), // a long run that still sends heartbeats
      await make(alive(0), mine(process.pid)), // a process that is there
      await make(alive(0), scratchName("pg", `01234567_${gone}`)), // of another machine, or another container
      await make("my own notes", mine(gone)),
      await make(alive(2 * hour), "guide_scratch_pg_1_00000000_000000"), // not a name that we give
    ];
    const inUse = await make(alive(2 * hour));
    const user = await connect(pg, server.url.replace("/library", `/${inUse}`));

    const command = start([], { XDG_CACHE_HOME: cache, DATABASE_URL: server.url }, 60);
    const ended = await command.ended;
    expect(ended.code).toBe(0);
    expect((await server.scratchDatabases()).sort()).toEqual([...notOurs, inUse].sort());
    // From now on, they have an hour, by the clock of the server.
    for (const name of young) expect(await commented(name)).toMatch(/alive at 20\d\d-/);
    await user.close();
    for (const name of [...notOurs, inUse]) await server.sql(`DROP DATABASE ${name} WITH (FORCE)`);
    record(context, [ended], "the rest is left alone");
  });
});
