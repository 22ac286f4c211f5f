import { cpSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import pg from "pg";
import { beforeAll, expect, test } from "vitest";
import { compileSteps } from "../../runner/run/compile-steps.ts";
import { startScriptedServer } from "../drivers/scripted-server.ts";
import { selfSign } from "../faults/support/certificates.ts";
import { expectReport, type Result, runNode } from "../support/command.ts";
import { makeDatabase } from "../support/database.ts";
import { directoryForFile } from "../support/files.ts";
import { expectExit, sharedProject } from "../support/project.ts";

const root = join(import.meta.dirname, "../..");
/** Those that connect by TCP, and run wherever the tests do. */
const folders = ["pg", "postgres", "drizzle"];

type RunScript = (step: string, environment?: NodeJS.ProcessEnv) => Promise<Result>;

/** The scripts of each folder, and its 01-create with a book that the table refuses. */
const compiled = new Map<string, { run: RunScript; runBroken: RunScript }>();

const directory = directoryForFile("scripts");
beforeAll(async () => {
  symlinkSync(join(root, "node_modules"), join(directory, "node_modules"), "junction");
  for (const name of folders) {
    const folder = join(directory, name);
    cpSync(join(root, "standalone", name), folder, { recursive: true });
    const create = join(folder, "01-create.ts");
    const source = readFileSync(create, "utf8");
    const broken = source.replace(/"1984"(?=, (author: )?"George Orwell")/, "null"); // NOT NULL
    expect(broken).not.toBe(source);
    const run = await compile(folder, ["01-create", "02-read", "03-update", "04-delete"]);
    writeFileSync(create, broken);
    compiled.set(name, { run, runBroken: await compile(folder, ["01-create"]) });
  }
});

/** Compiles scripts as the runner does: node starts them in a fourth of the time that tsx needs. */
async function compile(folder: string, steps: readonly string[]): Promise<RunScript> {
  const sources = steps.map((name) => ({ name, file: join(folder, `${name}.ts`) }));
  const programs = mkdtempSync(join(folder, "compiled-"));
  await compileSteps(sources, programs);
  return (step, environment = {}) => runNode([join(programs, `${step}.mjs`)], environment);
}

function scriptsOf(name: string) {
  const scripts = compiled.get(name);
  if (!scripts) throw new Error(`${name} is not compiled.`);
  return scripts;
}

async function ask(url: string, statement: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const { rows } = await client.query(statement).finally(() => client.end());
  return rows;
}

test.each(folders)("%s: 01-create does all of its work, or none", async (name) => {
  const { run, runBroken } = scriptsOf(name);
  const DATABASE_URL = await makeDatabase();
  expectExit(await run("01-create", { DATABASE_URL }), 0);
  await ask(DATABASE_URL, "DELETE FROM books WHERE title <> 'Dune'");
  await expectReport(runBroken("01-create", { DATABASE_URL }), 1, "Inserted a single book.\n");
  expect(await ask(DATABASE_URL, "SELECT title FROM books")).toEqual([{ title: "Dune" }]);
});

test.each(folders)("%s: a change that finds no row is a failure", async (name) => {
  const { run } = scriptsOf(name);
  const DATABASE_URL = await makeDatabase();
  expectExit(await run("01-create", { DATABASE_URL }), 0);
  await ask(DATABASE_URL, "DELETE FROM books");
  for (const [step, title] of [
    ["03-update", "Dune"],
    ["04-delete", "1984"],
  ] as const) {
    const failed = await run(step, { DATABASE_URL });
    expectExit(failed, 1);
    expect(failed.stderr).toContain(`There is no book titled '${title}'. Run 01-create first.`);
    expect(failed.stdout).toBe("Connection established\n");
  }
});

test.each(["pg", "postgres"])("the shared steps with %s: the same", async (driver) => {
  const project = sharedProject();
  const url = await makeDatabase();
  const run = (step: string) => project.step(step, ["--driver", driver], { DATABASE_URL: url });
  expectExit(await run("01-create"), 0);
  await ask(url, "DELETE FROM books");
  for (const [step, message] of [
    ["03-update", "No row was updated: there is no book titled 'Dune'."],
    ["04-delete", "No row was deleted: there is no book titled '1984'."],
  ] as const) {
    const failed = await run(step);
    expectExit(failed, 1);
    expect(failed.stderr).toContain(message);
  }
});

test.each(folders)("%s: a connection string that is none is not shown", async (name) => {
  const { run } = scriptsOf(name);
  for (const text of ["postgresql://u:s3cret#x@127.0.0.1:1/db", "host=127.0.0.1 password=s3cret"]) {
    const failed = await run("02-read", { DATABASE_URL: text });
    expect(failed.code).toBe(1);
    expect(failed.stdout + failed.stderr).not.toContain("s3cret");
  }
});

test.each(folders)("%s: a string of Neon's console trusts no other server", async (name) => {
  const { private: key, cert } = await selfSign("localhost"); // no authority signed it
  const { port, received } = await startScriptedServer([], { tls: { key, cert }, closes: true });
  const DATABASE_URL = `postgresql://reader:secret@localhost:${port}/neondb?sslmode=require&channel_binding=require`;
  const refused = await scriptsOf(name).run("02-read", { DATABASE_URL });
  expectExit(refused, 1);
  expect(refused.stderr).toContain("self-signed certificate");
  expect(received).toEqual([]);
});

test.each(folders)("%s: a missing connection string is named", async (name) => {
  const failed = await scriptsOf(name).run("02-read");
  expectExit(failed, 1);
  expect(failed.stderr).toContain("DATABASE_URL is not set: put it into .env.");
});
