import { spawnSync } from "node:child_process";
import { mkdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { compileSteps } from "../../runner/run/compile-steps.ts";
import { withSourceLines } from "../../runner/run/source-lines.ts";
import { directoryForFile, filesIn } from "../support/files.ts";

const { begun } = vi.hoisted(() => ({ begun: [] as string[] }));
vi.mock("esbuild", async (load) => {
  const real = await load<typeof import("esbuild")>();
  return {
    ...real,
    build: (options: import("esbuild").BuildOptions) => {
      const entries = Object.values(options.entryPoints ?? {});
      begun.push(...entries.map((entry) => (typeof entry === "string" ? entry : entry.in)));
      return real.build(options);
    },
  };
});

/** A guide with a pg of its own, old enough to be kept. */
const { directory: guide, write } = filesIn(directoryForFile("bundled"));
const packages = join(guide, "node_modules");
beforeAll(async () => {
  const cache = join(guide, "cache");
  mkdirSync(cache, { mode: 0o711 }); // closed to other users, and lets the server's user pass
  for (const name of ["XDG_CACHE_HOME", "LOCALAPPDATA"]) vi.stubEnv(name, cache);
  write("node_modules/pg/package.json", '{ "name": "pg", "main": "main.mjs" }');
  write(
    "node_modules/pg/main.mjs",
    'import pg from "./main.js";\nexport default pg;\nexport const { types, Client } = pg;\n',
  );
  write(
    "node_modules/pg/main.js",
    `const types = require("pg-types");
const { fail } = require("./fail");
class Result {}
module.exports = { types, fail, Client: class {}, default: "a name" };\n`,
  );
  write("node_modules/pg/fail.js", `\nexports.fail = () => {\n  throw new Error("no");\n};\n`);
  write("node_modules/pg-types/package.json", '{ "name": "pg-types", "main": "main.js" }');
  write("node_modules/pg-types/main.js", "exports.parsers = {};\n");
  const last = join(packages, "pg-types/main.js");
  await vi.waitUntil(() => statSync(last).ctimeMs < Date.now() - 2100, { timeout: 10_000 });
});
afterAll(() => vi.unstubAllEnvs());

let count = 0;

/** @returns what a step prints, and what it writes to stderr */
async function run(code: string): Promise<{ readonly stdout: string; readonly stderr: string }> {
  const name = `step-${count++}`;
  write(`${name}.ts`, code);
  const directory = join(guide, "programs");
  const source = { name, file: join(guide, `${name}.ts`) };
  const program = (await compileSteps([source], directory)).get(source) ?? "";
  const { stdout, stderr } = spawnSync(process.execPath, [program], { encoding: "utf8" });
  return { stdout: stdout.trim(), stderr: withSourceLines(stderr, directory) };
}

const timesBundled = () => begun.filter((file) => file === join(packages, "pg/main.mjs")).length;

test("programs import a package as it is, and it is bundled once", async () => {
  const first = await run(
    'import pg, { types } from "pg";\nconsole.log(pg.types === types, pg.default);\n',
  );
  const second = await run('import { Client } from "pg";\nconsole.log(typeof Client);\n');
  const third = await run('import * as pg from "pg";\nconsole.log(typeof pg.default.Client);\n');
  expect([first, second, third].map(({ stdout }) => stdout)).toEqual([
    "true a name",
    "function",
    "function",
  ]);
  expect(timesBundled()).toBe(1);
});

test("modules of a program have a package once", async () => {
  write("one.ts", 'export * as all from "pg";\nexport { types } from "pg";\n');
  const { stdout } = await run(
    `import { all, types } from "./one.ts";
import pg from "pg";
const { types: late } = await import("pg");
console.log(all.default === pg, types === late, all.types === pg.types);\n`,
  );
  expect(stdout).toBe("true true true");
});

test("a module that the package and the step import is there once", async () => {
  const { stdout } = await run(
    'import pg from "pg";\nimport types from "pg-types";\nconsole.log(pg.types === types);\n',
  );
  expect(stdout).toBe("true");
});

test("what a step prints of its own classes and functions has their names", async () => {
  const { stdout } = await run(`import { Client, types } from "pg";
class Result { constructor(public n: number) {} }
function fail() {}
const require = () => {};
console.log(new Result(1), fail.name, require.name, typeof Client, typeof types, Client.name);
`);
  expect(stdout).toBe("Result { n: 1 } fail require function object Client");
});

test("a script may say in its first line what runs it", async () => {
  const { stdout } = await run("#!/usr/bin/env -S npx tsx\nconsole.log(1);\n");
  expect(stdout).toBe("1");
});

test("an error in a package names the package's line, and the step's", async () => {
  const { stderr } = await run('import pg from "pg";\n\npg.fail();\n');
  expect(stderr).toContain(`${join(packages, "pg/fail.js")}:3:9`);
  expect(stderr).toMatch(/step-\d+\.ts:3:4/);
});

test("a package that changes is bundled again", async () => {
  write("node_modules/pg-types/main.js", 'exports.parsers = "new";\n');
  const { stdout } = await run('import pg from "pg";\nconsole.log(pg.types.parsers);\n');
  expect(stdout).toBe("new");
});
