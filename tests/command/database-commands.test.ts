import { readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import * as pg from "../../drivers/pg.ts";
import { connect } from "../../runner/connection/connect.ts";
import { expectExit, expectRefused, expectReport } from "../support/command.ts";
import { makeDatabase, makeRole, openDatabase } from "../support/database.ts";
import { cacheRoot, sharedCache } from "../support/programs.ts";
import { given, sharedProject } from "../support/project.ts";

/** Starts a server with `db`. */
async function startDb(...choices: string[]) {
  const db = sharedProject().start(["db", ...choices]);
  const printed = await db.prints(/DATABASE_URL='.*'\n/);
  return { ...db, url: /DATABASE_URL='(.*)'/.exec(printed)?.[1] ?? "" };
}

/** Asks for one thing, with a connection of its own. */
async function answer(url: string, statement: string) {
  const db = await connect(pg, `${url}?connect_timeout=1`);
  return (await db.query(statement).finally(() => db.close())).rows;
}

/** Where a server with `--keep` is. It goes when the test is over. */
function placeOf(name: string): string {
  const place = join(cacheRoot(sharedCache()), "persistent", name);
  onTestFinished(() => rmSync(place, { recursive: true, force: true }));
  return place;
}

test("db starts a server for steps and psql, until Ctrl-C", async () => {
  const project = sharedProject();
  const db = await startDb();
  const { url: DATABASE_URL } = db;
  const result = await project.stepByHand("01-create", [], { DATABASE_URL });
  expectExit(result, 0);
  expect(result.stdout).toBe(project.read("expected/01-create.txt"));
  db.child.kill("SIGINT");
  expect(await db.ended).toBe(130);
  const after = openDatabase(`${DATABASE_URL}?connect_timeout=1`);
  await expect(after).rejects.toMatchObject({ code: "ECONNREFUSED" });
});

test("db --keep: port, name, password and data are there again, even after a kill", async () => {
  const project = sharedProject();
  const name = "table"; // which means something else in SQL
  placeOf(name);
  const start = () => startDb("--keep", name);
  const first = await start();
  const kept = () => answer(first.url, "TABLE kept");
  await answer(first.url, "CREATE TABLE kept AS SELECT 7 AS n");
  await expectRefused(
    project.guide(["db", "--keep", name]),
    /^The server table is running as process \d+\. Stop it/,
  );
  first.child.kill("SIGINT");
  expect(await first.ended).toBe(130);

  const second = await start();
  expect(second.url).toBe(first.url);
  expect(await kept()).toEqual([{ n: 7 }]);
  second.child.kill("SIGKILL");
  const isGone = () =>
    kept().then(
      () => false,
      () => true,
    );
  await expect.poll(isGone, { timeout: 30_000 }).toBe(true);

  const third = await start();
  expect(await kept()).toEqual([{ n: 7 }]);
  const { port } = new URL(third.url);
  await expectRefused(
    project.guide(["db", "--keep", `${name}_other`, "--port", port]),
    /^Port \d+ is taken\. Choose another one: --port NUMBER\./,
  );
});

test("db --keep: without its settings, or with damaged ones, the data stays", async () => {
  const project = sharedProject();
  const name = "afternoon";
  const directory = placeOf(name);
  const settings = join(directory, "settings.json");
  const use = async (statement: string) => {
    const running = await startDb("--keep", name);
    const rows = await answer(running.url, statement);
    running.child.kill("SIGINT");
    await running.ended;
    return rows;
  };
  await use("CREATE TABLE precious AS SELECT 7 AS n");
  expect(readdirSync(directory).sort()).toEqual(["cluster", "settings.json"]);

  for (const damaged of ["", "{", "[]", "{}", '{"port":99999,"password":"x"}', '{"port":5433}']) {
    writeFileSync(settings, damaged);
    await expectRefused(
      project.guide(["db", "--keep", name]),
      `${settings} is damaged. Delete it: the data stays`,
    );
  }
  rmSync(settings);
  expect(await use("TABLE precious")).toEqual([{ n: 7 }]);

  renameSync(join(directory, "cluster", "password"), join(directory, "elsewhere"));
  await expectRefused(
    project.guide(["db", "--keep", name]),
    "cannot be read, and the server does not start without it",
  );
  renameSync(join(directory, "elsewhere"), join(directory, "cluster", "password"));
  expect(await use("TABLE precious")).toEqual([{ n: 7 }]);

  if (process.platform !== "linux" || process.getuid?.() !== 0) return;
  // Root may listen there, and the server's user may not: then the port is not kept.
  expectExit(await project.guide(["db", "--keep", name, "--port", "22"]), 3);
  expect(await use("TABLE precious")).toEqual([{ n: 7 }]);
});

describe("doctor", () => {
  test("says that the guide will run, embedded and on a server", async () => {
    const embedded = await sharedProject().guide(["doctor"]);
    expect(embedded.stdout).toContain("The guide will run here.");
    expect(embedded.stdout).toMatch(
      /✓ Server, with postgres +connects in \d+ ms, round trip [\d.]+ ms/,
    );
    expectExit(embedded, 0);

    const server = await sharedProject().guide(["doctor", "--json"], given);
    const { ready, checks } = JSON.parse(server.stdout);
    expect(ready).toBe(true);
    const names = checks.map(({ name }: { name: string }) => name);
    expect(names).toEqual([
      "Node.js",
      "Dependencies",
      "Rights",
      "Environment",
      "DATABASE_URL",
      "Server, with pg",
      "Version",
      "Databases",
      "Steps",
      "Clock",
      "Server, with postgres",
    ]);
    expect(server.stdout + embedded.stdout).not.toContain("reader-secret");
  });

  test.each<[string, () => Promise<string> | string, RegExp]>([
    [
      "a URL that cannot be used",
      () => "postgres://h:x/d",
      /✗ DATABASE_URL +The connection string cannot be used\. Its port.*\n.*Copy it again/,
    ],
    [
      "a wrong password",
      () => given.DATABASE_URL.replace("reader-secret", "another-secret"),
      /✗ Server, with pg +28P01: .*\n +Copy the connection string again/,
    ],
    [
      "a login that was encoded as a whole",
      () => "postgres://reader%3Areader-secret@h/d",
      /✗ DATABASE_URL +The connection string cannot be used\. Its user name has a :/,
    ],
    [
      "a host with the password in it",
      () => "postgres://reader:reader-secret@reader-secret.invalid/d",
      /✗ Server, with pg +.*••••\.invalid/,
    ],
    [
      "a role without rights",
      () => makeRole(),
      /✗ Databases +the role may not create databases\n +Use the owner's role/,
    ],
    [
      "a read replica",
      () =>
        `${given.DATABASE_URL}?options=${encodeURIComponent("-c default_transaction_read_only=on")}`,
      /✗ Databases +the server is read-only\n +Use the primary/,
    ],
  ])("says what to do about %s", async (_, url, line) => {
    const result = await sharedProject().guide(["doctor"], { DATABASE_URL: await url() });
    await expectReport(result, 1, line);
    expect(result.stdout).toContain("The guide will not run here yet.");
    expect(result.stdout).not.toContain("reader-secret");
  });
});

test("the database of the reader's own is only connected to, by doctor and db too", async () => {
  const DATABASE_URL = await makeDatabase();
  const db = await openDatabase(DATABASE_URL);
  await db.query("CREATE TABLE books (n INT)");
  await sharedProject().guide(["doctor"], { DATABASE_URL });
  expect(
    (await db.query("SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace"))
      .rows,
  ).toEqual([{ relname: "books" }]);
});
