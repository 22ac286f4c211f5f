import { spawnSync } from "node:child_process";
import { cpSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { beforeAll, beforeEach, expect, inject, test } from "vitest";
import { filesIn } from "../support/files.ts";
import { box, bring, guide, processesInBox, startGuide } from "./box.ts";

const plain = "plain";
const difficult = "a & b% (c) ^!é";

/** The cache directory of the user in the box. */
const cache = join(box, "wine/drive_c/users/root/AppData/Local/neon-typescript-guide");

const verified = /All 6 outputs are verified with 2 clients/;

beforeAll(() => {
  bring("copy", plain);
  bring("clone", difficult);
  rmSync(cache, { recursive: true, force: true });
});

beforeEach(async () => {
  expect(await left()).toEqual([]);
});

/** Processes and directories of runs. A watchdog has a moment for its work. */
async function left(): Promise<string[]> {
  const look = () => [...processesInBox().map(({ line }) => line), ...list(join(cache, "runs"))];
  for (let round = 0; round < 300 && look().length > 0; round++) await sleep(100);
  return look();
}

function list(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}

function clustersAtRest(): string[] {
  const clusters = join(cache, "clusters");
  return list(clusters).flatMap((key) =>
    list(join(clusters, key)).map((name) => join(clusters, key, name)),
  );
}

/** PostgreSQL gives each cluster a number when it is made: a copy has the same. */
function systemIdentifier(cluster: string): bigint {
  return readFileSync(join(cluster, "data/global/pg_control")).readBigUInt64LE();
}

test("on the embedded server, twice: the second run copies the first one's cluster", async () => {
  for (const count of [1, 2]) {
    expect(await guide(plain, ["--yes"])).toMatchObject({
      stdout: expect.stringMatching(verified),
      stderr: "",
      code: 0,
    });
    const identifiers = clustersAtRest().map(systemIdentifier);
    expect(identifiers).toHaveLength(count);
    expect(new Set(identifiers).size).toBe(1);
    expect(await left()).toEqual([]);
  }
});

test("doctor finds that all is well", async () => {
  const { stdout, stderr, code } = await guide(plain, ["doctor"]);
  expect(stderr).toBe("");
  expect(stdout).toContain("The guide will run here.");
  expect(stdout).not.toMatch(/[✗!]/);
  expect(code).toBe(0);
});

test("on an external server", async () => {
  const DATABASE_URL = inject("databaseUrl");
  expect(await guide(plain, ["--yes"], { DATABASE_URL })).toMatchObject({
    stdout: expect.stringMatching(verified),
    stderr: "",
    code: 0,
  });
});

test("the document is the same as here, byte for byte", async () => {
  const DATABASE_URL = inject("databaseUrl");
  const document = join(box, "places", plain, "GUIDE.md");
  // To stdout, its links lead from the guide's own directory, as they do there.
  const here = spawnSync("npx", ["tsx", "run-guide.ts", "export", "-", "--format", "md"], {
    env: { ...process.env, DATABASE_URL },
    encoding: "utf8",
  });
  expect(here.status, here.stderr).toBe(0);
  writeFileSync(document, here.stdout);
  const ended = await guide(plain, ["export", "GUIDE.md", "--check"], { DATABASE_URL });
  expect(ended).toMatchObject({
    stderr: expect.stringContaining("GUIDE.md is up to date."),
    code: 0,
  });
});

test("a path that cmd.exe would misread, checked out with core.autocrlf", async () => {
  expect(await guide(difficult, ["--yes"])).toMatchObject({
    stdout: expect.stringMatching(verified),
    stderr: "",
    code: 0,
  });
});

test("an exercise is begun, and judged", async () => {
  const learn = (...words: string[]) => guide(plain, ["learn", ...words]);
  const exercise = join(box, "places", plain, "exercises/pg/01-create.ts");
  expect(await learn("reset", "pg/01-create")).toMatchObject({ stderr: "", code: 0 });
  expect(await learn("--once", "pg/01-create")).toMatchObject({
    stdout: expect.stringContaining("To do:"),
    code: 1,
  });
  cpSync(join(box, "places", plain, "standalone/pg/01-create.ts"), exercise);
  expect(await learn("--once", "pg/01-create")).toMatchObject({
    stdout: expect.stringContaining("Right."),
    stderr: "",
    code: 0,
  });
});

/** Makes a guide of one step, next to the project's own. */
function makeGuide(project: string, name: string, work: string): string {
  const { write } = filesIn(join(box, "places", project, name));
  const manifest = { title: "A guide", runs: ["01-step"] };
  write("steps/guide.json", JSON.stringify(manifest));
  write(
    "steps/01-step.ts",
    `/*\n# A step\n\nIt works.\n*/\nimport { step } from "../../drivers/step.ts";\n\nawait step(async () => {\n${work}\n});\n`,
  );
  write("expected/01-step.txt", "");
  return name;
}

/** A step that goes on for ever, and so does what it has started. */
const hanging = `
  const { spawn } = await import("node:child_process");
  const work = "require('fs').writeFileSync('grandchild.' + process.pid, ''); setInterval(() => {}, 1000)";
  const loop = ["-e", work, "grandchild"];
  spawn(process.execPath, loop, { stdio: "inherit" });
  spawn(process.execPath, loop, { stdio: "ignore", detached: true });
  await new Promise(() => {});
`;

test("--timeout ends a step with all that it has started", async () => {
  const choices = ["--guide", makeGuide(plain, "hangs", hanging), "--driver", "pg"];
  const { stdout, stderr, code } = await guide(plain, [...choices, "--yes", "--timeout", "5"], {
    DATABASE_URL: inject("databaseUrl"),
  });
  expect(stdout + stderr).toContain("timed out after 5 s");
  expect(code).toBe(1);
  expect(await left()).toEqual([]);
});

test.each([
  ["a server", ["pg"], "", hanging],
  // For the role, which is in a comment, each client gets a server.
  ["two servers", ["pg", "postgres"], "server-2", `// CREATE ROLE killed LOGIN;\n${hanging}`],
])(
  "a runner with %s that is killed leaves nothing: neither step, nor server, nor files",
  async (_, drivers, server, code) => {
    const work = code.replace(/^.*detached.*$/m, ""); // that one is meant to stay
    const name = makeGuide(plain, "killed", work);
    const directory = join(box, "places", plain, name);
    const grandchildren = () => list(directory).filter((file) => file.startsWith("grandchild."));
    for (const file of grandchildren()) rmSync(join(directory, file));
    const runs = join(cache, "runs");
    const isReady = () =>
      list(runs).some((run) => {
        const file = join(runs, run, server, "cluster/data/postmaster.pid");
        return existsSync(file) && readFileSync(file, "utf8").includes("ready");
      });

    const choices = drivers.flatMap((driver) => ["--driver", driver]);
    const { ended } = startGuide(plain, ["--guide", name, ...choices, "--yes"]);
    while (grandchildren().length < drivers.length || !isReady()) await sleep(100);
    const runner = processesInBox().find(({ line }) => line.includes("run-guide.ts"));
    process.kill(runner?.pid ?? 0, "SIGKILL");
    await ended;
    expect(await left()).toEqual([]);
  },
);
