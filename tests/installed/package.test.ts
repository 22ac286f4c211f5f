import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { makeDatabase } from "../support/database.ts";

const root = join(import.meta.dirname, "../..");
const run = promisify(execFile);

let elsewhere: string;
let directory: string;

/** Runs a command in the other project. It has no DATABASE_URL unless it is given one. */
function there(command: string, choices: readonly string[], environment = {}) {
  const { DATABASE_URL: _, CI: __, ...env } = process.env;
  return run(command, choices, { cwd: directory, env: { ...env, ...environment } });
}

function write(file: string, text: string): void {
  mkdirSync(dirname(join(directory, file)), { recursive: true });
  writeFileSync(join(directory, file), text);
}

beforeAll(async () => {
  elsewhere = mkdtempSync(join(tmpdir(), "package elsewhere "));
  const packed = await run("npm", ["pack", "--json", "--pack-destination", elsewhere], {
    cwd: root,
  });
  const [{ filename, files }] = JSON.parse(packed.stdout.slice(packed.stdout.indexOf("[")));
  const paths = files.map(({ path }: { path: string }) => path);
  expect(paths).toContain("dist/run-guide.js");
  expect(
    paths.filter((path: string) => !/^(dist\/|package.json|README|LICENSE)/.test(path)),
  ).toEqual([]);

  directory = join(elsewhere, "project");
  write("package.json", '{ "type": "module", "private": true }');
  const flags = ["--prefer-offline", "--no-audit", "--no-fund"];
  await there("npm", ["install", "-D", ...flags, join("..", filename)]);

  write("docs/steps/guide.json", '{ "title": "Elsewhere", "runs": ["01-count"] }');
  write(
    "docs/steps/01-count.ts",
    `/*
# Count
*/
import { type Database, step } from "neon-typescript-guide/step";

const count = (db: Database) => db.query<{ n: number }>("SELECT count(*)::int AS n FROM pg_tables WHERE schemaname = 'public'");

await step(async (db) => console.log("Tables:", (await count(db))[0]?.n));
`,
  );
  write("docs/expected/01-count.txt", "Tables: 0\n");
});

afterAll(() => rmSync(elsewhere, { recursive: true, force: true, maxRetries: 5 }));

test("the command verifies a guide in another project, with a driver of its own", async () => {
  const made = await there("npx", ["run-guide", "new", "driver", "mine", "--guide", "docs"]);
  expect(made.stdout).toContain("npx run-guide --guide docs --driver mine");
  expect(readFileSync(join(directory, "docs/drivers/mine.ts"), "utf8")).toContain(
    'from "neon-typescript-guide/driver"',
  );
  const { stdout } = await there("npx", ["run-guide", "--guide", "docs"]);
  expect(stdout).toMatch(/01-count +match +pg \d+ ms {2}postgres \d+ ms {2}mine \d+ ms/);
  expect(stdout).toContain("The output is verified with 3 drivers");
});

test("a step runs by itself, with tsx and with Node.js alone", async () => {
  const environment = { DATABASE_URL: await makeDatabase() };
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  const stripsTypes = major > 22 || (major === 22 && minor >= 18);
  for (const choices of [["--import", "tsx"], ...(stripsTypes ? [[]] : [])]) {
    for (const driver of ["pg", "mine"]) {
      const step = [...choices, "docs/steps/01-count.ts", "--driver", driver];
      const { stdout, stderr } = await there(process.execPath, step, environment);
      expect([stdout, stderr]).toEqual(["Tables: 0\n", ""]);
    }
  }
});

test("TypeScript knows the types of what a guide imports", async () => {
  write(
    "tsconfig.json",
    JSON.stringify({
      compilerOptions: { strict: true, noEmit: true, module: "NodeNext", types: [] },
      include: ["docs/steps", "docs/wrong.ts"],
    }),
  );
  const compiler = join(root, "node_modules/typescript/bin/tsc");
  const wrong = "import { step } from 'neon-typescript-guide/step'; await step((db) => db.ask());";
  write("docs/wrong.ts", wrong);
  const { stdout } = await there(process.execPath, [compiler]).catch((error) => error);
  expect(stdout).toMatch(/^docs.wrong\.ts\S+ error TS2339: Property 'ask' does not exist on/);
  expect(stdout).not.toMatch(/^docs.steps/m);
});
