import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, inject, test } from "vitest";
import { copyProject, makeCache } from "../support/project.ts";

/** A project that has been run, and the cache with the programs that were kept. */
async function afterFirstRun() {
  const cache = makeCache();
  const project = copyProject();
  await sleep(2100); // files that are younger might change once more without a trace
  const environment = { XDG_CACHE_HOME: cache, DATABASE_URL: inject("databaseUrl") };
  const run = () => project.guide(["--driver", "pg"], environment);
  expect((await run()).code).toBe(0);

  const programs = join(cache, "neon-typescript-guide", "programs");
  const names = () => readdirSync(programs).sort();
  const directoryWith = (file: string) =>
    names()
      .filter((name) => !name.endsWith(".json"))
      .map((name) => join(programs, name))
      .find((directory) => existsSync(join(directory, file))) ?? "";
  return {
    ...{ project, run, names },
    runner: directoryWith("runner"),
    steps: directoryWith("02-read.mjs"),
  };
}

test("programs are used again", async () => {
  const { run, names } = await afterFirstRun();
  const before = names();
  expect(before).toHaveLength(4); // two directories, and a manifest for each
  expect((await run()).code).toBe(0);
  expect(names()).toEqual(before);
});

test.each<[string, (runner: string, steps: string) => void]>([
  ["the runner cut short", (runner) => truncateSync(join(runner, "runner"), 100)],
  ["the runner gone", (runner) => rmSync(join(runner, "runner"))],
  ["a step that prints something else", (_, steps) => appendLie(join(steps, "02-read.mjs"))],
  ["a step gone", (_, steps) => rmSync(join(steps, "02-read.mjs"))],
  ["a manifest that is no JSON", (runner) => writeFileSync(manifestOf(runner), "{")],
  ["another kind of JSON", (_, steps) => writeFileSync(manifestOf(steps), "[]")],
  ["no manifest", (_, steps) => rmSync(manifestOf(steps))],
  ["nothing left", (runner) => rmSync(runner, { recursive: true })],
])("damaged programs are made anew: %s", async (_, damage) => {
  const { run, names, runner, steps } = await afterFirstRun();
  const before = names();
  damage(runner, steps);
  const { code, stdout, stderr } = await run();
  expect(stderr).toBe("");
  expect(stdout).toContain("All 6 outputs are verified");
  expect(code).toBe(0);
  expect(names()).not.toEqual(before);
});

function manifestOf(directory: string): string {
  return directory.replace(/\.[^.]*$/, ".json");
}

function appendLie(program: string): void {
  writeFileSync(program, `${readFileSync(program, "utf8")}\nconsole.log("a lie");\n`);
}

/** Nobody may have to think of a cache: what is saved is what runs, however it was saved. */
test.each<[string, (file: string, text: string) => void]>([
  ["written", (file, text) => writeFileSync(file, text)],
  [
    "written, with the old time",
    (file, text) => {
      const { atime, mtime } = statSync(file);
      writeFileSync(file, text);
      utimesSync(file, atime, mtime);
    },
  ],
  [
    "put in its place, with the old time",
    (file, text) => {
      const { atime, mtime } = statSync(file);
      writeFileSync(`${file}.new`, text);
      utimesSync(`${file}.new`, atime, mtime);
      renameSync(`${file}.new`, file);
    },
  ],
])("a source that changed is compiled again: %s", async (_, save) => {
  const { project, run } = await afterFirstRun();
  const change = (file: string, from: string, to: string) =>
    save(join(project.directory, file), project.read(file).replaceAll(from, to));

  change("steps/02-read.ts", "--- Book Library", "--- Seen Library"); // as long as before
  expect((await run()).stdout).toContain("--- Seen Library");
  change("drivers/step.ts", "Query failed.", "Query faded.");
  change("steps/02-read.ts", "SELECT * FROM books", "SELECT * FROM bocks");
  expect((await run()).stdout).toContain("Query faded.");
  change("runner/report/terminal-report.ts", "Not verified:", "Not believed:");
  expect((await run()).stdout).toContain("Not believed:");
});

test("a step that does not compile is named, and its last program is not used", async () => {
  const { project, run } = await afterFirstRun();
  project.edit("steps/02-read.ts", "await step(", "await step((");
  const { code, stderr } = await run();
  expect(stderr).toMatch(/steps\/02-read\.ts, line \d+: /);
  expect(code).toBe(2);
});

test("a link to a guide that is given another target is another guide", async () => {
  const cache = makeCache();
  const project = copyProject();
  const path = (name: string) => join(project.directory, name);
  for (const name of ["old", "new"]) {
    for (const part of ["steps", "drivers", "expected"]) {
      cpSync(path(part), path(`${name}/${part}`), { recursive: true });
    }
  }
  project.edit("new/steps/02-read.ts", "--- Book Library", "--- Seen Library");
  symlinkSync("old", path("guide"));
  await sleep(2100); // files that are younger might change once more without a trace
  const environment = { XDG_CACHE_HOME: cache, DATABASE_URL: inject("databaseUrl") };
  const run = () => project.guide(["--guide", path("guide"), "--driver", "pg"], environment);
  const before = await run();
  expect(before.code, before.stderr + before.stdout).toBe(0);

  rmSync(path("guide"));
  symlinkSync("new", path("guide"));
  const after = await run();
  expect(after.stdout).toContain("--- Seen Library");
  expect(after.code, after.stderr).toBe(1);
});

/** tsx keeps what it compiled where every user may write. It reads it in the process that it starts. */
test.skipIf(process.platform === "win32")(
  "what somebody put into tsx's cache runs in no process but the first",
  async () => {
    const cache = makeCache();
    const project = copyProject();
    const temporary = join(project.directory, "tmp");
    mkdirSync(temporary);
    const environment = {
      XDG_CACHE_HOME: cache,
      TMPDIR: temporary,
      DATABASE_URL: inject("databaseUrl"),
    };
    const run = () => project.guide(["--driver", "pg"], environment);
    expect((await run()).code).toBe(0);
    // The steps too, as a reader runs them: were they ever taken from there, it would be seen.
    for (const name of ["01-create", "02-read"]) await project.step(name, [], environment);

    const marker = join(project.directory, "ran");
    const doctored = `;process.getBuiltinModule?.("fs").appendFileSync(${JSON.stringify(marker)}, process.argv[1] + "\\n");`;
    const [own = ""] = readdirSync(temporary).filter((name) => name.startsWith("tsx-"));
    const entries = readdirSync(join(temporary, own)).map((name) => join(temporary, own, name));
    for (const entry of entries) {
      const kept: { code: string } = JSON.parse(readFileSync(entry, "utf8"));
      writeFileSync(entry, JSON.stringify({ ...kept, code: kept.code + doctored }));
    }
    expect(entries.length).toBeGreaterThan(0);
    rmSync(join(cache, "neon-typescript-guide"), { recursive: true }); // all is compiled anew
    const { code, stderr, stdout } = await run();
    expect(code, stderr + stdout).toBe(0);
    const ran = new Set(readFileSync(marker, "utf8").trim().split("\n"));
    expect([...ran]).toEqual([join(project.directory, "run-guide.ts")]);
  },
);
