import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
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
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, inject, onTestFinished, test, vi } from "vitest";
import { compileRunner } from "../../runner/cli/compile-runner.ts";
import type { Step } from "../../runner/guide/guide.ts";
import { compileSteps } from "../../runner/run/compile-steps.ts";
import {
  type Kept,
  keepPrograms,
  manifestOf,
  takePrograms,
} from "../../runner/run/program-cache.ts";
import { runNode } from "../support/command.ts";
import { copySmallProject, expectExit } from "../support/project.ts";

/** Files as old as that are trusted: a younger one might change once more without a trace. */
const later = () => Date.now() + 10_000;

/** A step, a module that it shares with a runner, and what was kept after both were compiled. */
async function compiled() {
  const directory = mkdtempSync(join(tmpdir(), "programs-"));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  // What appears beside a source might be what an import means: the cache is somewhere else.
  const root = makeCache();
  const source = (name: string, text: string) => writeFileSync(join(directory, name), text);
  source("shared.ts", 'export const shared: string = "shared";\n');
  source("01-say.ts", 'import { shared } from "./shared.ts";\nconsole.log("a step", shared);\n');
  source("main.ts", 'import { shared } from "./shared.ts";\nconsole.log("a runner", shared);\n');

  const main = join(directory, "main.ts");
  const file = join(directory, "01-say.ts");
  const step: Step = { name: "01-say", number: 1, file, title: "Say", prose: "", code: "" };
  const manifests = { runner: manifestOf(root, [main]), steps: manifestOf(root, [file]) };

  /** Compiles the step with what is kept, or anew. */
  const compile = () => compileSteps([step], root, join(root, "now"));

  async function say(): Promise<string> {
    const programs = await compile();
    const result = await runNode([programs.get(step) ?? ""], {});
    expectExit(result, 0);
    return result.stdout;
  }

  keepPrograms(manifests.runner, await compileRunner(main, "runner"), later());
  await compile();
  // The step's files were too young: they are kept once more, as a run two seconds later would.
  const outputs = takeYoung(manifests.steps);
  keepPrograms(manifests.steps, outputs, later());
  const kept = (kind: "runner" | "steps"): Kept | undefined => takePrograms(manifests[kind]);
  return { directory, root, manifests, source, say, kept };
}

/** What a manifest names, whatever the state of its files. */
function takeYoung(manifest: string) {
  const { directory, inputs, outputs } = JSON.parse(readFileSync(manifest, "utf8"));
  const names: string[] = Object.keys(outputs);
  return {
    inputs: Object.keys(inputs),
    outputs: new Map(names.map((name) => [name, readFileSync(join(directory, name))])),
  };
}

test("programs are used again", async () => {
  const { kept, say, root } = await compiled();
  const steps = kept("steps");
  expect(kept("runner")?.outputs.has("runner")).toBe(true);
  expect(steps?.outputs.has("01-say.mjs")).toBe(true);
  const before = readdirSync(join(root, "programs")).sort();
  expect(await say()).toBe("a step shared\n");
  expect(readdirSync(join(root, "programs")).sort()).toEqual(before);
});

test("a file that was too young when it was read is read again", async () => {
  const { manifests, kept } = await compiled();
  keepPrograms(manifests.steps, takeYoung(manifests.steps), Date.now());
  expect(kept("steps")).toBeUndefined();
});

test("what was used least is forgotten, and nothing that is in use", async () => {
  const { root, manifests, kept } = await compiled();
  const programs = join(root, "programs");
  const makeOthers = (name: string, seconds: number) => {
    for (let n = 0; n < 30; n++) {
      mkdirSync(join(programs, `${name}${n}`));
      utimesSync(join(programs, `${name}${n}`), seconds, seconds);
    }
  };
  const now = Date.now() / 1000;
  makeOthers("old", now - 3600);
  makeOthers("young", now - 5);
  const before = kept("runner")?.directory ?? "";
  keepPrograms(manifests.steps, takeYoung(manifests.steps), later());
  const left = readdirSync(programs);
  expect(left.filter((name) => name.startsWith("old"))).toHaveLength(0);
  expect(left.filter((name) => name.startsWith("young"))).toHaveLength(30);
  expect(existsSync(before)).toBe(true);
});

describe("damaged programs are made anew", () => {
  test.each<[string, "runner" | "steps", (directory: string, manifest: string) => void]>([
    ["the runner cut short", "runner", (runner) => truncateSync(join(runner, "runner"), 100)],
    ["the runner gone", "runner", (runner) => rmSync(join(runner, "runner"))],
    ["a step that prints something else", "steps", (steps) => appendLie(join(steps, "01-say.mjs"))],
    ["a step gone", "steps", (steps) => rmSync(join(steps, "01-say.mjs"))],
    ["a manifest that is no JSON", "runner", (_, manifest) => writeFileSync(manifest, "{")],
    ["another kind of JSON", "steps", (_, manifest) => writeFileSync(manifest, "[]")],
    ["no manifest", "steps", (_, manifest) => rmSync(manifest)],
    ["nothing left", "runner", (runner) => rmSync(runner, { recursive: true })],
  ])("%s", async (_, kind, damage) => {
    const { kept, manifests, say } = await compiled();
    const before = kept(kind)?.directory ?? "";
    damage(before, manifests[kind]);
    expect(kept(kind)).toBeUndefined();
    expect(await say()).toBe("a step shared\n");
  });
});

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
  const { directory, kept, say } = await compiled();
  save(join(directory, "shared.ts"), 'export const shared: string = "slared";\n'); // as long
  expect(kept("runner")).toBeUndefined();
  expect(kept("steps")).toBeUndefined();
  expect(await say()).toBe("a step slared\n");
});

test("a step that does not compile is named, and its last program is not used", async () => {
  const { source, say } = await compiled();
  source("01-say.ts", "const = 1;\n");
  await expect(say()).rejects.toThrow(/01-say\.ts, line 1: Expected identifier/);
});

/** Files that are younger might change once more without a trace, and what is made of them is not kept. */
async function isTrusted(youngest: string): Promise<void> {
  const isOld = () => statSync(youngest).ctimeMs < Date.now() - 2100;
  await vi.waitUntil(isOld, { timeout: 10_000 });
}

/** The server's user may pass through it. */
function makeCache(): string {
  const cache = mkdtempSync(join(tmpdir(), "cache-"));
  chmodSync(cache, 0o711);
  onTestFinished(() => rmSync(cache, { recursive: true, force: true }));
  return cache;
}

/** The command itself, by its own launcher. All of this was kept as it was before. */
test("run-guide.ts compiles what was saved: the runner, a driver, a step", async () => {
  const given = { DATABASE_URL: inject("databaseUrl") };
  const project = copySmallProject(["pg"]);
  const change = (file: string, from: string, to: string) =>
    project.write(file, project.read(file).replaceAll(from, to));
  expectExit(await project.guide([], given), 0);
  change("drivers/step.ts", "Query failed.", "Query faded."); // as long as before
  change("steps/02-read.ts", "SELECT * FROM books", "SELECT * FROM bocks");
  change("runner/report/terminal-report.ts", "Not verified:", "Not believed:");
  const { stdout } = await project.launch([], given);
  expect(stdout).toContain("Query faded.");
  expect(stdout).toContain('"bocks" does not exist');
  expect(stdout).toContain("Not believed:");
});

test("a link to a guide that is given another target is another guide", async () => {
  const project = copySmallProject();
  const path = (name: string) => join(project.directory, "exercises", name);
  for (const name of ["old", "new"]) {
    for (const part of ["steps", "expected"]) {
      cpSync(join(project.directory, part), path(`${name}/${part}`), { recursive: true });
    }
    for (const step of ["01-create", "02-read"]) {
      project.edit(`exercises/${name}/steps/${step}.ts`, '"../drivers/', '"../../../drivers/');
    }
  }
  project.edit("exercises/new/steps/02-read.ts", "--- Book Library", "--- Seen Library");
  symlinkSync("old", path("guide"));
  await isTrusted(path("new"));
  const environment = { DATABASE_URL: inject("databaseUrl") };
  const run = () => project.guide(["--guide", path("guide"), "--driver", "pg"], environment);
  const before = await run();
  expectExit(before, 0);

  rmSync(path("guide"));
  symlinkSync("new", path("guide"));
  const after = await run();
  expect(after.stdout).toContain("--- Seen Library");
  expectExit(after, 1);
});

/** tsx keeps what it compiled where every user may write. It reads it in the process that it starts. */
test("run-guide.ts makes a damaged runner anew, and nothing in tsx's cache runs in another process", async () => {
  const cache = makeCache();
  const project = copySmallProject(["pg"]);
  const temporary = join(project.directory, "tmp");
  mkdirSync(temporary);
  const environment = {
    XDG_CACHE_HOME: cache,
    LOCALAPPDATA: cache,
    TMPDIR: temporary,
    DATABASE_URL: inject("databaseUrl"),
  };
  await isTrusted(temporary);
  expectExit(await project.launch([], environment), 0);
  // The steps too, as a reader runs them: were they ever taken from there, it would be seen.
  for (const name of ["01-create", "02-read"]) await project.stepByHand(name, [], environment);

  const marker = join(temporary, "ran");
  const isDoctored = process.platform !== "win32"; // there, each user has a temporary directory
  if (isDoctored) doctorTsx(temporary, marker);
  const programs = join(cache, "neon-typescript-guide", "programs");
  const runners = () =>
    readdirSync(programs).filter((name) => existsSync(join(programs, name, "runner")));
  const [first = ""] = runners();
  for (const name of readdirSync(programs)) {
    if (!name.startsWith(first.split(".")[0] ?? ""))
      rmSync(join(programs, name), { recursive: true });
  }
  truncateSync(join(programs, first, "runner"), 100);

  const result = await project.launch([], environment);
  expectExit(result, 0);
  expect(result.stderr).toBe("");
  expect(result.stdout).toContain("All 2 outputs are verified");
  expect(runners()).toHaveLength(2);
  if (!isDoctored) return;
  const ran = new Set(readFileSync(marker, "utf8").trim().split("\n"));
  expect([...ran]).toEqual([join(project.directory, "run-guide.ts")]);
});

/** Adds to all that tsx kept a line that tells in which process it runs. */
function doctorTsx(temporary: string, marker: string): void {
  const doctored = `;process.getBuiltinModule?.("fs").appendFileSync(${JSON.stringify(marker)}, process.argv[1] + "\\n");`;
  const [own = ""] = readdirSync(temporary).filter((name) => name.startsWith("tsx-"));
  const entries = readdirSync(join(temporary, own)).map((name) => join(temporary, own, name));
  for (const entry of entries) {
    const kept: { code: string } = JSON.parse(readFileSync(entry, "utf8"));
    writeFileSync(entry, JSON.stringify({ ...kept, code: kept.code + doctored }));
  }
  expect(entries.length).toBeGreaterThan(0);
}
