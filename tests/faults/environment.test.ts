import { spawn, spawnSync } from "node:child_process";
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { serverUser } from "../../runner/database/embedded/server.ts";
import {
  cacheForFile,
  cacheForTest,
  emptyCache,
  leftovers,
  makeCache,
  removeCache,
  root,
  type StartOptions,
  start,
} from "./support/command.ts";
import { prove, record, verified } from "./support/fault.ts";
import { makeGuide } from "./support/guide.ts";
import { serverForFile } from "./support/server.ts";

const server = await serverForFile();
const cache = cacheForFile();

/** Types a line into a shell, which has nothing of this environment but PATH. */
function shell(line: string, environment: NodeJS.ProcessEnv, options: StartOptions = {}) {
  return new Promise<{ code: number | null; output: string; time: number }>((resolve) => {
    const started = performance.now();
    const env = { PATH: process.env.PATH, ...environment };
    const child = spawn("/bin/sh", ["-c", line], { cwd: root, env, ...options });
    const timer = setTimeout(() => child.kill("SIGKILL"), 120_000);
    let output = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (text) => {
        output += text;
      });
    }
    child.on("close", (code) => {
      clearTimeout(timer);
      resolve({ code, output, time: (performance.now() - started) / 1000 });
    });
  });
}

/** What a guide that is only run has no use for. */
const notNeeded =
  /node_modules\/(@biomejs|@typescript|typescript|@rolldown|@stryker-mutator|lightningcss.*|playwright-core|drizzle-orm|vite|vitest|knip|axe-core)$/;

function copyProject(directory: string): void {
  mkdirSync(directory);
  for (const part of [
    "steps",
    "drivers",
    "expected",
    "runner",
    "classroom",
    "run-guide.ts",
    "package.json",
  ]) {
    cpSync(join(root, part), join(directory, part), { recursive: true });
  }
}

describe("where it is run", () => {
  const node = `'${process.execPath}' --import tsx run-guide.ts`;

  test.for<[string, string, number, RegExp]>([
    [
      "stdout closed (| head -1)",
      `${node} | head -1`,
      0,
      /^Connect a TypeScript application to Neon Postgres\n$/,
    ],
    [
      "a full disk for the report",
      `${node} --reporter json > /dev/full`,
      1,
      /The report could not be written: .*ENOSPC/,
    ],
    [
      "a full disk for a report's file",
      `${node} --reporter terminal --reporter json=/dev/full`,
      1,
      /All 6 outputs are verified[\s\S]*\/dev\/full cannot be written\. ENOSPC/,
    ],
    [
      "a full disk for the summary of a job on GitHub",
      `GITHUB_ACTIONS=true GITHUB_STEP_SUMMARY=/dev/full ${node}`,
      1,
      /All 6 outputs are verified[\s\S]*\/dev\/full cannot be written\. ENOSPC/,
    ],
    ["umask 000", `umask 000; exec ${node}`, 0, verified.prints],
    ["umask 002", `umask 002; exec ${node}`, 0, verified.prints],
    ["umask 077", `umask 077; exec ${node}`, 0, verified.prints],
  ])("%s", async ([, script, code, prints], context) => {
    const own = script.startsWith("umask") ? emptyCache() : makeCache();
    const ended = await shell(script, { XDG_CACHE_HOME: own });
    expect(ended.output).toMatch(prints);
    expect(ended.code).toBe(code);
    expect(await leftovers(own)).toEqual([]);
    removeCache(own);
    record(context, [ended], code === 0 ? "verified" : "says that the report is lost");
  });

  test.for<[string, NodeJS.ProcessEnv]>([
    ["no bash, no ps", { PATH: "/nowhere" }],
    [
      "hostile PG* variables",
      {
        PGHOST: "nowhere.invalid",
        PGPORT: "1",
        PGUSER: "x",
        PGPASSWORD: "x",
        PGDATABASE: "x",
        PGSSLMODE: "require",
        PGOPTIONS: "-c search_path=nowhere",
        PGAPPNAME: "x",
        PGTARGETSESSIONATTRS: "standby",
        PGPASSFILE: "/etc/passwd",
        PGSERVICE: "x",
        PGCONNECT_TIMEOUT: "1",
        PGIDLE_TIMEOUT: "1",
        PGMAX_LIFETIME: "1",
        PGCLIENTENCODING: "LATIN1",
        PGTZ: "Asia/Tokyo",
      },
    ],
    [
      "hostile NODE_OPTIONS",
      { NODE_OPTIONS: "--trace-deprecation --trace-warnings --max-http-header-size=1" },
    ],
    [
      "hostile DOTENV_* variables",
      {
        DOTENV_CONFIG_PATH: "/etc/passwd",
        DOTENV_CONFIG_DEBUG: "true",
        DOTENV_KEY: "dotenv://:key@nowhere.invalid/vault",
        DOTENV_CONFIG_QUIET: "false",
      },
    ],
    ["colours forced", { FORCE_COLOR: "3" }],
  ])("%s", async ([, environment], context) => {
    const plain = { prints: /All 6 outputs are verified/, code: 0, within: 60 };
    const ended = await Promise.all([
      prove([], environment, plain),
      prove([], { ...environment, DATABASE_URL: server.url }, plain, server),
    ]);
    expect(ended.map(({ stderr }) => stderr)).toEqual(["", ""]);
    record(context, ended, "verified");
  });

  /** A copy of the project for other users, who may not enter this one. */
  let parent: string;
  beforeAll(() => {
    parent = mkdtempSync(join(tmpdir(), "fault-project-"));
    chmodSync(parent, 0o755);
    copyProject(join(parent, "project"));
    cpSync(join(root, "node_modules"), join(parent, "project/node_modules"), {
      recursive: true,
      verbatimSymlinks: true,
      filter: (path) => !notNeeded.test(path),
    });
  });
  afterAll(() => rmSync(parent, { recursive: true, force: true }));

  test.for([
    "read-only project directory",
    "a project path with spaces, quotes and non-ASCII letters",
    "read-only home",
    "as an ordinary user",
  ])("%s", async (name, context) => {
    const isReadOnly = (what: string) => name.startsWith(`read-only ${what}`);
    const project = join(parent, name.includes("quotes") ? 'it\'s a "guide" — ünï' : "project");
    renameSync(join(parent, "project"), project);
    const [home, TMPDIR] = [join(parent, "home"), join(parent, "tmp")] as const;
    for (const directory of [home, TMPDIR]) mkdirSync(directory);
    chmodSync(TMPDIR, 0o777);
    chmodSync(home, isReadOnly("home") ? 0o555 : 0o777);
    spawnSync("chmod", ["-R", isReadOnly("project") ? "a+rX,a-w" : "a+rX,u+w", project]);

    const user = { cwd: project, ...serverUser() };
    const ended = await shell(node, { HOME: home, TMPDIR }, user);
    expect(ended.output).toMatch(verified.prints);
    expect(ended.code).toBe(0);
    expect(await leftovers(parent)).toEqual([]);
    record(context, [ended], "verified");
    renameSync(project, join(parent, "project"));
    for (const directory of [home, TMPDIR]) rmSync(directory, { recursive: true });
  });

  test("no writable temporary directory", async (context) => {
    const environment = {
      XDG_CACHE_HOME: "/nowhere",
      TSX_DISABLE_CACHE: "1", // tsx itself needs a temporary directory for its cache

      HOME: "/nowhere",
      TMPDIR: "/nowhere",
    };
    const expected = {
      prints:
        /The guide has no directory to work in\. It cannot write to \/nowhere\S* or \/nowhere\S*\. Set TMPDIR/,
      code: 3,
      within: 15,
    };
    const command = start([], environment, expected.within, serverUser());
    const ended = await command.ended;
    expect(ended.stderr).toMatch(expected.prints);
    expect(ended.code).toBe(3);
    record(context, [ended], "names the directories and the remedy");
  });

  test.skipIf(process.getuid?.() !== 0).for<[string, boolean, number, RegExp]>([
    ["a user without a home and without a name, external server", true, 0, verified.prints],
    [
      "a user without a home and without a name, and a URL without a user",
      true,
      3,
      /It names no user\. Write postgresql:\/\/USER:password@host\/database\./,
    ],
    [
      "a user without a home and without a name, embedded server",
      false,
      3,
      /could not make its files: .*PostgreSQL needs a user with an entry in \/etc\/passwd\. Add one, run the guide as another user, or set DATABASE_URL\./,
    ],
  ])("%s", async ([, isExternal, code, prints], context) => {
    const TMPDIR = mkdtempSync(join(tmpdir(), "fault-user-"));
    chmodSync(TMPDIR, 0o777);
    const DATABASE_URL = code === 0 ? server.url : "postgresql://127.0.0.1/library";
    const url = isExternal ? { DATABASE_URL } : {};
    const user = { uid: 54_321, gid: 54_321 };
    const ended = await start([], { HOME: undefined, TMPDIR, ...url }, 60, user).ended;
    expect(ended.stdout + ended.stderr).toMatch(prints);
    expect(ended.code).toBe(code);
    expect(await leftovers(TMPDIR)).toEqual([]);
    rmSync(TMPDIR, { recursive: true });
    record(context, [ended], code === 0 ? "verified" : "names the remedy");
  });

  test.for<[string, string | Buffer]>([
    ["a binary .env", Buffer.from([0x44, 0x00, 0xff, 0xfe])],
    ["a broken .env", "DATABASE_URL=postgres://reader:correct-horse-battery@[::1/x\n"],
  ])("%s", async ([name, content], context) => {
    const copy = join(parent, "env");
    copyProject(copy);
    symlinkSync(join(root, "node_modules"), join(copy, "node_modules"));
    writeFileSync(join(copy, ".env"), content);
    const ended = await shell(node, { XDG_CACHE_HOME: cache }, { cwd: copy });
    rmSync(copy, { recursive: true });
    expect(ended.output).toMatch(
      name === "a binary .env"
        ? /\.env is not a text file in UTF-8/
        : /The part after the @ is not host:port/,
    );
    expect(ended.output).not.toContain("correct-horse");
    expect(ended.code).toBe(3);
    record(context, [ended], "names the file and the remedy");
  });

  test.for([2, 20])("%i runners at once", async (count, context) => {
    const guide = makeGuide({ "01-query": 'await db.query("SELECT 1");' });
    const shared = cacheForTest();
    const commands = Array.from({ length: count }, () =>
      start(guide.choices, { XDG_CACHE_HOME: shared }, 120),
    );
    const ended = await Promise.all(commands.map((command) => command.ended));
    for (const { code, stdout, stderr } of ended)
      expect([code, stderr, stdout]).toEqual([0, "", expect.stringContaining("is verified")]);
    expect(await leftovers(shared)).toEqual([]);
    record(context, ended, "verified");
  });
});
