import { appendFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import {
  type Command,
  cacheForTest,
  interrupt,
  leftovers,
  root,
  start,
  tsx,
} from "./support/command.ts";
import { prove, record } from "./support/fault.ts";
import { makeGuide } from "./support/guide.ts";
import { serverForFile } from "./support/server.ts";
import { cacheOnSmallDisk } from "./support/small-disk.ts";

const server = await serverForFile(["max_prepared_transactions = 10\n"]);

function countingGuide(first: string) {
  const names = stepNames(8);
  const rest = 'await db.query("INSERT INTO t SELECT count(*) FROM t");';
  return makeGuide(
    Object.fromEntries(names.map((name, index) => [name, index === 0 ? first : rest])),
  );
}

function stepNames(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `0${index + 1}-count`);
}

/** Waits for the end of the n-th round of `--watch`. */
async function judged({ printed, child }: Command, rounds: number): Promise<string> {
  while (printed.stdout.split("Enter runs everything again").length <= rounds) {
    if (child.exitCode !== null) throw new Error(JSON.stringify(printed));
    await sleep(20);
  }
  return printed.stdout;
}

const verified = /All 8 outputs are verified with 2 clients; nothing changed/;

/** Saves a late step, and looks at the verdict. */
async function saveLate(command: Command, directory: string): Promise<void> {
  await judged(command, 1);
  for (const round of [2, 3]) {
    appendFileSync(join(directory, "steps", "07-count.ts"), `// ${round}\n`);
    expect((await judged(command, round)).split("\n").at(-2)).toMatch(verified);
  }
}

describe("snapshots", () => {
  test("killed while copying: a later run drops them all", async (context) => {
    const guide = countingGuide('await db.query("CREATE TABLE t (n int)");');
    const cache = cacheForTest();
    const started = performance.now();
    for (const DATABASE_URL of [server.url, "", server.url, "", server.url, ""]) {
      const command = start(
        ["--watch", ...guide.choices],
        { XDG_CACHE_HOME: cache, DATABASE_URL },
        60,
      );
      while (!/03-count/.test(command.printed.stdout)) await sleep(5);
      await sleep(Math.random() * 200);
      command.child.kill("SIGKILL");
      await command.ended;
    }
    expect((await server.scratchDatabases()).length).toBeGreaterThan(2);
    expect(await leftovers(cache)).toEqual([]);
    const fine = { prints: /All 8 outputs are verified/, code: 0, within: 60 };
    await prove(guide.choices, { DATABASE_URL: server.url }, fine, server);
    const ended = [{ code: 137, time: (performance.now() - started) / 1000 }];
    record(context, ended, "everything removed");
  });

  test("a full disk: then less is kept, and the results are the same", async (context) => {
    // Each database has 15 MB of rows.
    const guide = countingGuide(
      `await db.query("CREATE TABLE t (n int); CREATE TABLE large AS SELECT repeat('x', 1000) FROM generate_series(1, 15000)");`,
    );
    const cache = cacheOnSmallDisk(260);
    const command = start(["--watch", ...guide.choices], { XDG_CACHE_HOME: cache }, 100);
    await saveLate(command, guide.directory);
    const ended = await interrupt(command);
    expect(ended.code).toBe(130);
    expect(await leftovers(cache)).toEqual([]);
    record(context, [ended], "verified");
  });

  test("a step that keeps a connection open: it is run again, and the results are the same", async (context) => {
    const guide = countingGuide(`await db.query("CREATE TABLE t (n int)");
      const { spawn } = await import("node:child_process");
      const code = \`const { connect } = await import("${root}/drivers/pg.ts");
        const db = await connect(process.env.DATABASE_URL);
        setTimeout(() => process.exit(), 15000);\`;
      const words = ["--import", "${tsx}", "--input-type=module", "-e", code];
      spawn(process.execPath, words, { detached: true, stdio: "ignore" }).unref();
      const seen = () => db.query("SELECT FROM pg_stat_activity WHERE datname = current_database()");
      while ((await seen()).rows.length < 2) await new Promise((resolve) => setTimeout(resolve, 50));`);
    const cache = cacheForTest();
    const command = start(
      ["--watch", ...guide.choices],
      { XDG_CACHE_HOME: cache, DATABASE_URL: server.url },
      100,
    );
    await saveLate(command, guide.directory);
    const ended = await interrupt(command);
    expect(ended.code).toBe(130);
    expect(await server.scratchDatabases()).toEqual([]);
    expect(await leftovers(cache)).toEqual([]);
    record(context, [ended], "verified");
  });

  test("a prepared transaction: it is run again, and the results are the same", async (context) => {
    const insert = 'await db.query("INSERT INTO t SELECT count(*) FROM t");';
    const name = 'const { rows: [row] } = await db.query("SELECT current_database() AS name");';
    const bodies = [
      'await db.query("CREATE TABLE t (n int)");',
      `${name} await db.query(\`BEGIN; INSERT INTO t VALUES (7); PREPARE TRANSACTION '\${row?.name}'\`);`,
      insert,
      insert,
      `${name} await db.query(\`COMMIT PREPARED '\${row?.name}'\`);`,
      insert,
      insert,
      'const { rows } = await db.query("SELECT n::int FROM t ORDER BY 1"); if (rows.map(({ n }) => n).join() !== "0,1,3,4,7") throw new Error(JSON.stringify(rows));',
    ];
    const steps = stepNames(8).map((step, index) => [step, bodies[index] ?? ""] as const);
    const guide = makeGuide(Object.fromEntries(steps));
    const cache = cacheForTest();
    const command = start(
      ["--watch", ...guide.choices],
      { XDG_CACHE_HOME: cache, DATABASE_URL: server.url },
      100,
    );
    await saveLate(command, guide.directory);
    appendFileSync(join(guide.directory, "steps", "04-count.ts"), "// while it is prepared\n");
    expect((await judged(command, 4)).split("\n").at(-2)).toMatch(verified);
    const ended = await interrupt(command);
    expect(ended.code).toBe(130);
    expect(await server.scratchDatabases()).toEqual([]);
    record(context, [ended], "verified");
  });
});
