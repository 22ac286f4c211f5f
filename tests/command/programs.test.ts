import { execFileSync } from "node:child_process";
import {
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  type Stats,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { expect, inject, test, vi } from "vitest";
import { compileRunner, keepRunner } from "../../runner/cli/compile-runner.ts";
import { compiledFile, isCurrent } from "../../runner/cli/load.ts";
import { compileSteps } from "../../runner/run/compile-steps.ts";
import { expectExit } from "../support/command.ts";
import { makeDirectory } from "../support/files.ts";
import { runnerFile } from "../support/programs.ts";
import { copySmallProject, given } from "../support/project.ts";

/** Files as old as that are trusted: a younger one might change once more without a trace. */
const later = () => Date.now() + 10_000;

/** A runner of two modules, compiled and kept. */
async function compiled(read = later()) {
  const directory = makeDirectory("programs");
  const shared = join(directory, "shared.ts");
  const main = join(directory, "main.ts");
  writeFileSync(shared, 'export const shared: string = "shared";\n');
  const code = 'import { shared } from "./shared.ts";\nexport const text = "a " + shared;\n';
  writeFileSync(main, code);
  const file = compiledFile(directory, main);
  keepRunner(file, await compileRunner(main), read);
  return { shared, main, file };
}

test.each([
  ["used again", later, true],
  ["used once if a source was too young to be trusted", Date.now, false],
])("a compiled runner is %s", async (_, read, isUsedAgain) => {
  const { file } = await compiled(read());
  expect(isCurrent(file)).toBe(isUsedAgain);
  expect(createRequire(import.meta.url)(file)).toMatchObject({ text: "a shared" });
});

test.each<[string, (file: string) => void]>([
  ["cut short", (file) => truncateSync(file, 100)],
  ["cut short by a little", (file) => truncateSync(file, statSync(file).size - 1)],
  ["empty", (file) => truncateSync(file)],
  ["another one", (file) => writeFileSync(file, `${readFileSync(file)}\nexports.text = "a lie";`)],
  ["not one of ours", (file) => writeFileSync(file, "[]\n")],
  ["gone", (file) => rmSync(file)],
])("a compiled runner that is %s is not used", async (_, damage) => {
  const { file } = await compiled();
  damage(file);
  expect(isCurrent(file)).toBe(false);
});

function writeOld(file: string, text: string, { atime, mtime }: Stats): void {
  writeFileSync(file, text);
  utimesSync(file, atime, mtime);
}

/** The author need not know of a cache: what is saved is what runs, however it was saved. */
test.each<[string, (file: string, text: string) => void]>([
  ["written", (file, text) => writeFileSync(file, text)],
  ["written, with the old time", (file, text) => writeOld(file, text, statSync(file))],
  [
    "replaced, with the old time",
    (file, text) => {
      writeOld(`${file}.new`, text, statSync(file));
      renameSync(`${file}.new`, file);
    },
  ],
  ["removed", (file) => rmSync(file)],
])("a runner whose source changed is not used: %s", async (_, save) => {
  const { shared, file } = await compiled();
  save(shared, 'export const shared: string = "slared";\n'); // as long
  expect(isCurrent(file)).toBe(false);
});

test("a step that does not compile is named, with its line", async () => {
  const file = join(makeDirectory("programs"), "01-say.ts");
  writeFileSync(file, "\nconst = 1;\n");
  await expect(compileSteps([{ name: "01-say", file }], makeDirectory("programs"))).rejects.toThrow(
    /01-say\.ts, line 2: Expected identifier/,
  );
});

/** As in knex, sequelize, pino and pg before 8.11. */
test("a package in a step finds its files, and does without what is not installed", async () => {
  const step = join(makeDirectory("programs"), "01-say.ts");
  const library = join(step, "../node_modules/lib");
  mkdirSync(join(library, "dialects"), { recursive: true });
  mkdirSync(join(step, "../node_modules/other"));
  writeFileSync(join(step, "../node_modules/other/index.js"), 'exports.name = "other";\n');
  writeFileSync(join(library, "dialects/name.txt"), "beside it");
  writeFileSync(
    join(library, "index.js"),
    `const fs = require("fs");
const load = (name) => { try { return require(name).name; } catch (error) { return error.code; } };
exports.other = load("other");
exports.missing = load("missing");
exports.dialect = () => require("better-sqlite4");
exports.addon = () => require("./addon.node");
exports.text = fs.readFileSync(__dirname + "/dialects/name.txt", "utf8");
exports.file = __filename;
`,
  );
  writeFileSync(join(library, "addon.node"), "not one");
  writeFileSync(
    step,
    `import { addon, dialect, file, missing, other, text } from "lib";
console.log(other, missing, text, file);
for (const load of [dialect, addon]) try { load(); } catch (error) { console.log(error.code); }
`,
  );
  const source = { name: "01-say", file: step };
  const program = (await compileSteps([source], makeDirectory("programs"))).get(source) ?? "";
  const printed = execFileSync(process.execPath, [program], { encoding: "utf8" });
  expect(printed).toBe(
    `other MODULE_NOT_FOUND beside it ${join(library, "index.js")}\nMODULE_NOT_FOUND\nERR_DLOPEN_FAILED\n`,
  );
});

/** Younger files might change again without a trace, so what is compiled from them is used only once. */
async function isTrusted(youngest: string): Promise<void> {
  const isOld = () => statSync(youngest).ctimeMs < Date.now() - 2100;
  await vi.waitUntil(isOld, { timeout: 10_000 });
}

/** The command itself, by its own launcher. */
test("run-guide.ts compiles what was saved: the runner, a driver, a step", async () => {
  const project = copySmallProject(["pg"]);
  const change = (file: string, from: string, to: string) =>
    project.write(file, project.read(file).replaceAll(from, to));
  expectExit(await project.guide([], given), 0);
  change("runner/connection/explain.ts", "Query failed.", "Query faded."); // as long as before
  change("steps/02-read.ts", "SELECT * FROM books", "SELECT * FROM bocks");
  change("runner/report/terminal-report.ts", "Not verified:", "Not believed:");
  const { stdout } = await project.launch([], given);
  expect(stdout).toContain("Query faded.");
  expect(stdout).toContain('"bocks" does not exist');
  expect(stdout).toContain("Not believed:");
});

/** tsx keeps what it compiled where every user may write. It reads it in the process that it starts. */
test("run-guide.ts compiles a damaged runner again, and nothing in tsx's cache runs in another process", async () => {
  const cache = makeDirectory("programs");
  const project = copySmallProject(["pg"]);
  const temporary = join(project.directory, "tmp");
  mkdirSync(temporary);
  const caches = { XDG_CACHE_HOME: cache, LOCALAPPDATA: cache };
  const environment = { ...caches, TMPDIR: temporary, DATABASE_URL: inject("databaseUrl") };
  await isTrusted(temporary);
  expectExit(await project.launch([], environment), 0);
  // The steps too, as a reader runs them: were they ever taken from there, it would be seen.
  for (const name of ["01-create", "02-read"]) await project.stepByHand(name, [], environment);

  const marker = join(temporary, "ran");
  const isDoctored = process.platform !== "win32"; // there, each user has a temporary directory
  if (isDoctored) doctorTsx(temporary, marker);
  truncateSync(runnerFile(project.directory, cache), 100);

  const result = await project.launch([], environment);
  expectExit(result, 0);
  expect(result.stderr).toBe("");
  expect(result.stdout).toContain("All 2 outputs are verified");
  expect(isCurrent(runnerFile(project.directory, cache))).toBe(true);
  if (!isDoctored) return;
  const ran = new Set(readFileSync(marker, "utf8").trim().split("\n"));
  expect([...ran]).toEqual([join(project.directory, "run-guide.ts")]);
});

/** Adds a line to all that is in tsx's cache, which notes in which process it runs. */
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
