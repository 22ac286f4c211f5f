import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { beforeAll, expect, test } from "vitest";
import { makeDatabase } from "../support/database.ts";
import { directoryForFile, filesIn } from "../support/files.ts";

const root = join(import.meta.dirname, "../..");
const run = promisify(execFile);

const elsewhere = directoryForFile("package elsewhere");
const { directory, read, write } = filesIn(join(elsewhere, "project"));

/** Runs a command in the other project. It has no DATABASE_URL unless it is given one. */
function there(command: string, choices: readonly string[], environment = {}) {
  const { DATABASE_URL: _, CI: __, ...env } = process.env;
  return run(command, choices, { cwd: directory, env: { ...env, ...environment } });
}

beforeAll(async () => {
  const packed = await run("npm", ["pack", "--json", "--pack-destination", elsewhere], {
    cwd: root,
  });
  const [{ filename, files }] = JSON.parse(packed.stdout.slice(packed.stdout.indexOf("[")));
  const paths = files.map(({ path }: { path: string }) => path);
  expect(paths).toContain("dist/run-guide.js");
  expect(
    paths.filter(
      (path: string) =>
        !/^(dist\/|tools\/packaging\/compile|package.json|README|LICENSE)/.test(path),
    ),
  ).toEqual([]);

  write("package.json", '{ "type": "module", "private": true }');
  const flags = ["--prefer-offline", "--no-audit", "--no-fund"];
  await there("npm", ["install", "-D", ...flags, join("..", filename)]);
});

test("a new guide is verified at once, and with a driver of its own", async () => {
  const made = await there("npx", ["run-guide", "new", "guide", "docs"]);
  expect(made.stdout).toContain("npx run-guide --guide docs --yes\n");
  await there("npx", ["run-guide", "--guide", "docs", "new", "driver", "mine"]);
  expect(read("docs/drivers/mine.ts")).toContain('from "neon-typescript-guide/driver"');
  const { stdout } = await there("npx", ["run-guide", "--guide", "docs"]);
  expect(stdout).toMatch(/02-read +match +pg \d+ ms {2}postgres \d+ ms {2}mine \d+ ms/);
  expect(stdout).toContain("All 2 outputs are verified with 3 clients");
});

test("a step runs by itself, with tsx and with Node.js alone", async () => {
  const environment = { DATABASE_URL: await makeDatabase() };
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  const stripsTypes = major > 22 || (major === 22 && minor >= 18);
  for (const choices of [["--import", "tsx"], ...(stripsTypes ? [[]] : [])]) {
    for (const driver of ["pg", "mine"]) {
      const step = [...choices, "docs/steps/01-create.ts", "--driver", driver];
      const { stdout, stderr } = await there(process.execPath, step, environment);
      expect([stdout, stderr]).toEqual([read("docs/expected/01-create.txt"), ""]);
    }
  }
});

test("TypeScript knows the types of what a guide imports", async () => {
  const compilerOptions = { strict: true, noEmit: true, module: "NodeNext", types: [] };
  write(
    "tsconfig.json",
    JSON.stringify({ compilerOptions, include: ["docs/steps", "docs/wrong.ts"] }),
  );
  const wrong = "import { step } from 'neon-typescript-guide/step'; await step((db) => db.ask());";
  write("docs/wrong.ts", wrong);
  const compiler = join(root, "node_modules/typescript/bin/tsc");
  const { stdout } = await there(process.execPath, [compiler]).catch((error) => error);
  expect(stdout).toMatch(/^docs.wrong\.ts\S+ error TS2339: Property 'ask' does not exist on/m);
  expect(stdout).not.toMatch(/^docs.steps.*(?!TS2580)/m);
});
