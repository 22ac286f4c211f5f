import { spawn } from "node:child_process";
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { serverUser } from "../../runner/database/embedded/server-user.ts";
import { scratchName } from "../../runner/database/scratch-name.ts";
import {
  type Command,
  leftovers,
  makeCache,
  processList,
  removeCache,
  root,
  start,
} from "./support/command.ts";
import { prove, record } from "./support/fault.ts";
import { makeGuide } from "./support/guide.ts";
import { type FaultServer, startFaultServer } from "./support/server.ts";

let server: FaultServer;
let cache: string;
beforeAll(async () => {
  server = await startFaultServer();
  cache = makeCache();
});
afterAll(async () => {
  await server.close();
  removeCache(cache);
});

const drivers = ["pg", "postgres"];
const verified = { prints: /All 6 outputs are verified with 2 drivers/, code: 0, within: 60 };
const exitCodes = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

/** Waits until the runner has come so far. */
const stages: Record<string, (command: Command) => boolean> = {
  starting: (command) => processList().includes(cache) || command.child.exitCode !== null,
  "between runs": (command) => command.printed.stdout.includes("✓ 01-first"),
  "during a run": (command) => command.printed.stdout.includes("✓ 02-second"),
};

describe("signals", () => {
  const cases = Object.keys(exitCodes).flatMap((signal) =>
    Object.keys(stages).flatMap((stage) =>
      ["embedded", "given"].map((kind) => [signal, stage, kind] as const),
    ),
  );
  test.for(cases)("%s while %s, %s server", async ([signal, stage, kind], context) => {
    const hang = "await new Promise(() => setInterval(() => {}, 1000));";
    const guide = makeGuide({ "01-first": "", "02-second": "", "03-hangs": hang });
    const environment = { XDG_CACHE_HOME: cache, DATABASE_URL: kind === "given" ? server.url : "" };
    const command = start("run-guide.ts", guide.choices, environment, 20);
    while (!stages[stage]?.(command)) await sleep(5);
    command.child.kill(
      signal === "SIGINT" ? "SIGINT" : signal === "SIGTERM" ? "SIGTERM" : "SIGHUP",
    );
    const ended = await command.ended;
    expect(ended.stderr).toBe("Interrupted. Everything is stopped and removed.\n");
    expect(ended.code).toBe(
      exitCodes[signal === "SIGINT" ? "SIGINT" : signal === "SIGTERM" ? "SIGTERM" : "SIGHUP"],
    );
    expect(await leftovers(cache)).toEqual([]);
    expect(await server.scratchDatabases()).toEqual([]);
    record(context, drivers, [ended], "everything removed");
  });

  test("its terminal closed", async (context) => {
    const guide = makeGuide({
      "01-hangs": "await new Promise(() => setInterval(() => {}, 1000));",
    });
    const line = ["node", "--import", "tsx", join(root, "run-guide.ts"), ...guide.choices].join(
      " ",
    );
    const terminal = spawn("script", ["-qfc", line, "/dev/null"], {
      cwd: root,
      env: { PATH: process.env.PATH, XDG_CACHE_HOME: cache },
      stdio: "ignore",
    });
    const started = performance.now();
    while (!processList().includes(`${cache}/neon-typescript-guide/runs`)) await sleep(20);
    await sleep(800);
    terminal.kill("SIGKILL");
    expect(await leftovers(cache)).toEqual([]);
    record(
      context,
      drivers,
      [{ code: 129, time: (performance.now() - started) / 1000 }],
      "everything removed",
    );
  });
});

/** What PostgreSQL keeps outside of its directory, and loses sight of when it is killed. */
function sharedMemory(): string[] {
  const place = "/dev/shm";
  return existsSync(place)
    ? readdirSync(place).filter((name) => name.startsWith("PostgreSQL"))
    : [];
}

describe("SIGKILL", () => {
  test("at 50 random moments: the watchdog, or a later run, removes what is left", async (context) => {
    const before = await server.sentinel();
    const sharedBefore = sharedMemory();
    const started = performance.now();
    for (let round = 0; round < 25; round++) {
      await Promise.all(
        ["", server.url].map(async (DATABASE_URL) => {
          const command = start("run-guide.ts", [], { XDG_CACHE_HOME: cache, DATABASE_URL }, 60);
          await sleep(Math.random() * 2000);
          command.child.kill("SIGKILL");
          await command.ended;
        }),
      );
    }
    expect(await leftovers(cache)).toEqual([]);
    expect(sharedMemory()).toEqual(sharedBefore);
    expect(await server.sentinel()).toEqual(before);

    // The scratch databases of these runs look alive for an hour. An hour later, they go.
    for (const name of await server.scratchDatabases()) {
      await server.sql(
        `COMMENT ON DATABASE ${name} IS 'Scratch database of the Neon guide, alive at 2020-01-01T00:00:00Z'`,
      );
    }
    await prove("run-guide.ts", [], { DATABASE_URL: server.url }, verified, server);
    record(
      context,
      drivers,
      [{ code: 137, time: (performance.now() - started) / 1000 }],
      "everything removed",
    );
  });

  test("an embedded server ends by itself within seconds", async (context) => {
    const guide = makeGuide({
      "01-hangs": "await new Promise(() => setInterval(() => {}, 1000));",
    });
    const command = start("run-guide.ts", guide.choices, { XDG_CACHE_HOME: cache }, 30);
    while (!command.printed.stdout.includes("embedded PostgreSQL")) await sleep(10);
    await sleep(500);
    command.child.kill("SIGKILL");
    const ended = await command.ended;
    expect(await leftovers(cache)).toEqual([]);
    record(context, drivers, [{ ...ended, code: 137 }], "server, steps and files gone");
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
    await make(alive(2 * hour));
    await make(alive(2 * hour), "guide_scratch_pg_1790000000_0123abcd_f5fa8f"); // an earlier version's
    const young = [
      await make(), // its run has not sent a heartbeat yet, or was killed before it could
      await make(undefined, "guide_scratch_pg_1790000001_0123abcd_40aae0"), // by a clock of long ago
    ];
    const kept = [
      ...young,
      await make(alive(hour / 2)), // a long run that still sends heartbeats
      await make("my own notes"),
      await make(alive(2 * hour), "guide_scratch_pg_1_00000000_000000"), // not a name that we give
    ];
    const inUse = await make(alive(2 * hour));
    const { connect } = await import("../../drivers/connect.ts");
    const user = await connect(
      await import("../../drivers/pg.ts"),
      server.url.replace("/library", `/${inUse}`),
    );

    const command = start(
      "run-guide.ts",
      [],
      { XDG_CACHE_HOME: cache, DATABASE_URL: server.url },
      60,
    );
    const ended = await command.ended;
    expect(ended.code).toBe(0);
    expect((await server.scratchDatabases()).sort()).toEqual([...kept, inUse].sort());
    // From now on, they have an hour, by the clock of the server.
    for (const name of young) expect(await commented(name)).toMatch(/alive at 20\d\d-/);
    await user.close();
    for (const name of [...kept, inUse]) await server.sql(`DROP DATABASE ${name} WITH (FORCE)`);
    record(context, drivers, [ended], "the rest is left alone");
  });
});

describe("where it is run", () => {
  const shell = (script: string, environment: NodeJS.ProcessEnv, limit = 60) =>
    new Promise<{ code: number | null; output: string; time: number }>((resolve) => {
      const started = performance.now();
      const child = spawn("/bin/sh", ["-c", script], {
        cwd: root,
        env: { PATH: process.env.PATH, ...environment },
      });
      const timer = setTimeout(() => child.kill("SIGKILL"), limit * 1000);
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
    const own = makeCache();
    const ended = await shell(script, { XDG_CACHE_HOME: own });
    expect(ended.output).toMatch(prints);
    expect(ended.code).toBe(code);
    expect(await leftovers(own)).toEqual([]);
    removeCache(own);
    record(context, drivers, [ended], code === 0 ? "verified" : "says that the report is lost");
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
    const ended = [
      await prove("run-guide.ts", [], environment, plain),
      await prove("run-guide.ts", [], { ...environment, DATABASE_URL: server.url }, plain, server),
    ];
    expect(ended.map(({ stderr }) => stderr)).toEqual(["", ""]);
    record(context, drivers, ended, "verified");
  });

  test.for([
    "read-only project directory",
    "a project path with spaces, quotes and non-ASCII letters",
    "read-only home",
    "as an ordinary user",
  ])("%s", async (name, context) => {
    const parent = mkdtempSync(join(tmpdir(), "fault-project-"));
    chmodSync(parent, 0o755);
    const project = join(parent, name.includes("quotes") ? 'it\'s a "guide" — ünï' : "project");
    mkdirSync(project);
    for (const part of ["steps", "drivers", "expected", "runner", "run-guide.ts", "package.json"]) {
      cpSync(join(root, part), join(project, part), { recursive: true });
    }
    cpSync(join(root, "node_modules"), join(project, "node_modules"), {
      recursive: true,
      verbatimSymlinks: true,
    });
    const home = join(parent, "home");
    mkdirSync(home, { mode: name === "read-only home" ? 0o555 : 0o777 });
    if (name !== "read-only home") chmodSync(home, 0o777);
    await shell(
      `chmod -R a+rX '${parent}' 2>/dev/null; ${name.startsWith("read-only p") ? `chmod -R a-w '${project}'` : ":"}`,
      {},
    );
    try {
      const started = performance.now();
      const child = spawn(process.execPath, ["--import", "tsx", "run-guide.ts"], {
        cwd: project,
        env: { PATH: process.env.PATH, HOME: home },
        ...serverUser(),
      });
      let output = "";
      for (const stream of [child.stdout, child.stderr]) {
        stream.setEncoding("utf8").on("data", (text) => {
          output += text;
        });
      }
      const code = await new Promise<number | null>((resolve) => child.on("close", resolve));
      expect(output).toMatch(verified.prints);
      expect(code).toBe(0);
      expect(await leftovers(parent)).toEqual([]);
      record(context, drivers, [{ code, time: (performance.now() - started) / 1000 }], "verified");
    } finally {
      rmSync(parent, { recursive: true, force: true });
    }
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
        /No place to work in: neither \/nowhere\S* nor \/nowhere\S* can be written to\. Set TMPDIR/,
      code: 3,
      within: 15,
    };
    const command = start("run-guide.ts", [], environment, expected.within, serverUser());
    const ended = await command.ended;
    expect(ended.stderr).toMatch(expected.prints);
    expect(ended.code).toBe(3);
    record(context, drivers, [ended], "names the places and the remedy");
  });

  test.for<[string, string | Buffer]>([
    ["a binary .env", Buffer.from([0x44, 0x00, 0xff, 0xfe])],
    ["a broken .env", "DATABASE_URL=postgres://reader:correct-horse-battery@[::1/x\n"],
  ])("%s", async ([name, content], context) => {
    const parent = mkdtempSync(join(tmpdir(), "fault-env-"));
    for (const part of ["steps", "drivers", "expected", "runner", "run-guide.ts", "package.json"]) {
      cpSync(join(root, part), join(parent, part), { recursive: true });
    }
    symlinkSync(join(root, "node_modules"), join(parent, "node_modules"));
    writeFileSync(join(parent, ".env"), content);
    const ended = await shell(`cd '${parent}' && ${node}`, { XDG_CACHE_HOME: cache }, 20);
    rmSync(parent, { recursive: true });
    expect(ended.output).toMatch(
      name === "a binary .env"
        ? /\.env is not a text file in UTF-8/
        : /The part after the @ is not host:port/,
    );
    expect(ended.output).not.toContain("correct-horse");
    expect(ended.code).toBe(3);
    record(context, drivers, [ended], "names the file and the remedy");
  });

  test.for([2, 20])("%i runners at once", async (count, context) => {
    const limit = { ...verified, within: 240 };
    const shared = makeCache();
    const commands = Array.from({ length: count }, () =>
      start("run-guide.ts", ["--timeout", "200"], { XDG_CACHE_HOME: shared }, limit.within),
    );
    const ended = await Promise.all(commands.map((command) => command.ended));
    for (const { code, stdout, stderr } of ended)
      expect([code, stderr, stdout]).toEqual([0, "", expect.stringMatching(verified.prints)]);
    expect(await leftovers(shared)).toEqual([]);
    removeCache(shared);
    record(context, drivers, ended, "verified");
  });
});
