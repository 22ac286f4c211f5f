import { readdirSync, readFileSync, symlinkSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { expect, test } from "vitest";
import { splitUri } from "../../runner/connection/connection-uri.ts";
import { describeUnavailable, loadClients } from "../../runner/guide/clients.ts";
import type { Guide, Step } from "../../runner/guide/guide.ts";
import { selectClients } from "../../runner/run/select-clients.ts";
import { databaseEnvironment } from "../../runner/run/step-environment.ts";
import { makeFiles } from "../support/files.ts";

const root = join(import.meta.dirname, "../..");

function step(name: string): Step {
  return { name, number: Number(name.slice(0, 2)), file: "", title: "", prose: "", code: "" };
}

/** A guide with two steps, and a folder with these files. */
function load(files: Readonly<Record<string, string>>) {
  return loadClients(makeGuide(files));
}

function makeGuide(files: Readonly<Record<string, string>>): Guide {
  const inFolder = Object.entries(files).map(([name, text]) => [`standalone/go/${name}`, text]);
  const { directory } = makeFiles("folders", Object.fromEntries(inFolder));
  const steps = [step("01-create"), step("02-read")];
  const none = {
    command: "",
    title: "",
    runs: [],
    ownDrivers: [],
    lesson: [],
    environment: {},
  };
  return { ...none, directory, steps, drivers: ["pg", "postgres"] };
}

const scripts = { "01-create.ts": "", "02-read.ts": "" };
const runtime = { run: ["go run"], check: ["version"], needs: "Go", install: "apt-get" };

test.each([
  [{ "01-create.ts": "" }, "02-read.ts does not exist. Every step needs a script."],
  [{ ...scripts, "03-sort.ts": "" }, "03-sort.ts does not belong to a step."],
  [{ ...scripts, "2 read.ts": "" }, "A script is named like its step: rename"],
  [
    { ...scripts, "01-create.ts": 'import "dotenv/config";\n', "package.json": "{}" },
    "01-create.ts imports dotenv, which is not in the dependencies of ",
  ],
  [
    {
      ...scripts,
      "02-read.ts": 'import {\n  readFileSync,\n} from "node:fs";\nimport { a } from "@own/a/b";\n',
      "package.json": '{ "dependencies": { "pg": "8" } }',
    },
    "02-read.ts imports @own/a, which is not in the dependencies of ",
  ],
  [
    { ...scripts, "02-read.ts": "const a = await b;\n", "package.json": "{}" },
    'package.json needs "type": "module": ',
  ],
  [
    { ...scripts, "01-create.js": "" },
    "01-create.ts are two scripts of one step. Rename one, or remove it.",
  ],
  [
    {
      ...{ "01-create.bash": "", "01-create.sh": "", "02-read.sh": "" },
      "standalone.json": JSON.stringify(runtime),
    },
    "01-create.sh are two scripts of one step. Rename one, or remove it.",
  ],
  [
    {
      ...{ "01-create.sh": "", "02-read.bash": "" },
      "standalone.json": JSON.stringify(runtime),
    },
    "02-read.bash must end in .sh.",
  ],
  [
    {
      ...{ ...scripts, "01-create.ts": 'import { a } from "./lib/a.js";\n', "package.json": "{}" },
      ...{ "lib/a.ts": 'import { b } from "../b";\n', "b.ts": 'import pg from "pg";\n' },
    },
    "b.ts imports pg, which is not in the dependencies of ",
  ],
  [
    {
      ...{ ...scripts, "01-create.ts": 'export * from "./lib";\n', "package.json": "{}" },
      "lib/index.ts": 'import { b } from "../../../steps/b.ts";\n',
    },
    "index.ts imports ../../../steps/b.ts, which is not in the folder. Copy it there.",
  ],
  [{ ...scripts, "standalone.json": "{" }, "standalone.json: "],
  [{ ...scripts, "standalone.json": '{"run": []}' }, '"run" is not a list of command lines'],
  [
    { ...scripts, "standalone.json": JSON.stringify({ ...runtime, check: "version" }) },
    '"check" is not a list of arguments',
  ],
  [
    { ...scripts, "standalone.json": JSON.stringify({ ...runtime, install: undefined }) },
    '"needs" and "install" must be strings',
  ],
  [
    { ...scripts, "standalone.json": '{"connection": "pigeon"}' },
    '"connection" is neither "tcp" nor "websocket"',
  ],
  [
    { ...scripts, "standalone.json": '{"conection": "websocket"}' },
    'standalone.json: it has an unknown field "conection". Did you mean "connection"?',
  ],
  [{ ...scripts, "standalone.json": '{"name": 1}' }, '"name" is not a text'],
])("an incomplete folder is refused: %j", (files, message) => {
  expect(() => load(files)).toThrow(message);
});

test("what only looks like an import needs no package", () => {
  const text = 'export const title = "books";\nimport { a } from "./a.ts";\nprint("pg");\n';
  expect(load({ ...scripts, "01-create.ts": text, "package.json": "{}" })).toHaveLength(1);
});

test("a variant is a client of its own, with the folder's scripts where it has none", () => {
  const clients = load({ ...scripts, "02-read.callbacks.ts": "", "schema.ts": "" });
  const shown = clients.map(({ name, label, scripts }) => [
    name,
    label,
    [...scripts.values()].map((file) => file.split(/[\\/]/).at(-1)),
  ]);
  expect(shown).toEqual([
    ["standalone/go", "go", ["01-create.ts", "02-read.ts"]],
    ["standalone/go.callbacks", "go with callbacks", ["01-create.ts", "02-read.callbacks.ts"]],
  ]);
});

test("any other language has its own ending", () => {
  const file = JSON.stringify({ ...runtime, name: "Go with pgx" });
  const [client] = load({ "01-create.go": "", "02-read.go": "", "standalone.json": file });
  expect(client?.label).toBe("Go with pgx");
  expect(client?.folder.runtime).toMatchObject({ kind: "program", run: ["go run"] });
});

test("what is next to a script, and none itself, is left alone", () => {
  const none = {
    "01-create.md": "# Create",
    "01-create.sql": "",
    "2 notes.txt": "",
    "03-x.csv": "",
  };
  const others = { "helper.ts": "", "README.md": "" };
  const names = (files: Readonly<Record<string, string>>) =>
    load(files).flatMap(({ scripts, folder }) => {
      return [[...scripts.values()], folder.files].map((list) =>
        list.map((file) => basename(file)),
      );
    });
  expect(names({ ...scripts, ...none, ...others })).toEqual([
    Object.keys(scripts),
    Object.keys(scripts),
  ]);
  const sql = { "01-create.sql": "", "02-read.sql": "" };
  const all = { ...none, ...sql, "standalone.json": JSON.stringify(runtime) };
  expect(names(all)).toEqual([Object.keys(sql), Object.keys(sql)]);
});

test("what cannot run here is left out, and is an error where it is named", async () => {
  const file = JSON.stringify({ ...runtime, run: ["no-such-program run", "no/such/program"] });
  const guide = makeGuide({ "01-create.go": "", "02-read.go": "", "standalone.json": file });
  const { clients, standalone, unavailable } = await selectClients(guide, [], true);
  expect(clients).toEqual(["pg", "postgres"]);
  expect(standalone).toEqual([]);
  expect(unavailable).toEqual([{ client: "standalone/go", needs: "Go", install: "apt-get" }]);

  for (const all of [true, false]) {
    await expect(selectClients(guide, ["standalone/go"], all)).rejects.toThrow(
      "standalone/go cannot run here: it needs Go. Install it: apt-get",
    );
  }
  await expect(selectClients(guide, ["standalone/pgx"], false)).rejects.toThrow(
    'There is no "standalone/pgx". The standalone clients: standalone/go.',
  );
});

/** How many would keep this process from ending. */
const timers = () => process.getActiveResourcesInfo().filter((one) => one === "Timeout").length;

test("the first program that passes the check runs the scripts", async () => {
  const file = { ...runtime, run: ["no-such-program", "false", "node {step}"], check: ["-v"] };
  const guide = makeGuide({
    "01-create.go": "",
    "02-read.go": "",
    "standalone.json": JSON.stringify(file),
  });
  const before = timers();
  const { clients, standalone } = await selectClients(guide, ["standalone/go"], false);
  expect(timers(), "a check that is over keeps nobody waiting").toBeLessThanOrEqual(before);
  expect(clients).toEqual(["standalone/go"]);
  expect(standalone[0]?.commandLine).toEqual(["node", "{step}"]);
});

test("a package that is not installed is named", async () => {
  const packages = JSON.stringify({ dependencies: { "no-such-package": "1" } });
  const guide = makeGuide({ ...scripts, "package.json": packages });
  const { unavailable } = await selectClients(guide, [], true);
  expect(unavailable).toMatchObject([{ needs: "the package no-such-package" }]);
});

test.each([
  ["a shell", "01-create.sh", "set -a; . ./.env", true],
  ["TypeScript", "01-create.ts", "dotenv.config({ override: true });", true],
  ["a library that leaves variables alone", "01-create.rb", "require 'dotenv/load'", false],
])("the reader's own database is not used: %s", async (_, script, text, isRefused) => {
  const isProgram = !script.endsWith(".ts");
  const guide = makeGuide({
    ...{ [script]: `${text}\n`, [script.replace("01-create", "02-read")]: "" },
    ...(isProgram ? { "standalone.json": JSON.stringify({ ...runtime, run: ["true"] }) } : {}),
    ".env": "PGHOST=mine\nPGDATABASE=mine\n",
  });
  const { unavailable } = await selectClients(guide, [], true);
  const file = join(guide.directory, "standalone/go/.env");
  const said = `standalone/go cannot run here: it needs a folder without the database in ${file}, which its scripts may use. Move that file away`;
  expect(unavailable.map(describeUnavailable)).toEqual(isRefused ? [said] : []);
});

test.skipIf(process.platform === "win32")("a folder that is a broken link is told", () => {
  const { directory } = makeFiles("folders", { "standalone/README.md": "" });
  symlinkSync("../gone", join(directory, "standalone/go"));
  expect(() => loadClients({ directory, steps: [] })).toThrow("is a broken link.");
});

test("two clients have two names", () => {
  const { directory } = makeFiles("folders", {
    ...{ "standalone/go/01-create.ts": "", "standalone/go/01-create.old.ts": "" },
    "standalone/go.old/01-create.ts": "",
  });
  expect(() => loadClients({ directory, steps: [step("01-create")] })).toThrow(
    "Both a folder and a variant are named standalone/go.old. Rename one.",
  );
});

test.each([
  "postgresql://u:p@h/d",
  "postgres://us%40er:p%40s%2Fs%23%3F%25@h:6543/my%20db?sslmode=require&options=-c%20a%3Db",
  "postgresql://u:a?b#c=d@h/d?sslmode=disable",
  "postgresql://u@[::1]:5433/d",
])("every library reads the same in the portable form of %s", (text) => {
  const { DATABASE_URL: portable = "" } = databaseEnvironment(text);
  expect(splitUri(portable)).toEqual({ ...splitUri(text) });
  const { username, password, pathname } = new URL(portable);
  expect(decodeURIComponent(username)).toBe(splitUri(text).user);
  expect(decodeURIComponent(password)).toBe(splitUri(text).password);
  expect(decodeURIComponent(pathname.slice(1))).toBe(splitUri(text).database);
});

/** As the names of the variables go, without their PG. */
test.each([
  [
    "postgresql://us%40er:p%2Fs@[::1]:5433/d?options=-c%20a%3Db&connect_timeout=3&unknown=x",
    { host: "::1", port: "5433", user: "us@er", password: "p/s", database: "d" },
    { sslmode: "disable", options: "-c a=b", connect_timeout: "3" },
  ],
  [
    "postgresql://u@db.example.com?channel_binding=require&application_name=me&options=",
    { host: "db.example.com", port: "5432", user: "u", password: "", database: "u" },
    { sslmode: "require", channelbinding: "require", appname: "me" },
  ],
  [
    "postgresql://u:p@h/d?sslmode=verify-full&sslrootcert=system",
    { host: "h", port: "5432", user: "u", password: "p", database: "d" },
    { sslmode: "verify-full", sslrootcert: "system" },
  ],
  [
    "postgresql://u:p@h/d?sslmode=verify-ca&sslrootcert=certs/ca.pem", // a step works elsewhere
    { host: "h", port: "5432", user: "u", password: "p", database: "d" },
    { sslmode: "verify-ca", sslrootcert: resolve("certs/ca.pem") },
  ],
  [
    "postgresql://u:p@h/d?sslmode=no-verify", // which libpq does not know
    { host: "h", port: "5432", user: "u", password: "p", database: "d" },
    { sslmode: "require" },
  ],
])("a program that knows libpq's variables connects to %s", (text, place, parameters) => {
  const { DATABASE_URL, ...variables } = databaseEnvironment(text);
  const named = Object.entries({ ...place, ...parameters });
  expect(variables).toEqual(
    Object.fromEntries(named.map(([name, value]) => [`PG${name.toUpperCase()}`, value])),
  );
});

const folders = readdirSync(join(root, "standalone"));

test.each(folders)("%s can be taken home", (name) => {
  const read = (file: string) => readFileSync(join(root, "standalone", name, file), "utf8");
  expect(read(".gitignore")).toContain(".env\n");
  expect(read(".env.example")).toContain("?sslmode=require&channel_binding=require");
  const readme = read("README.md");
  expect(readme).toContain("drops the table `books`");
  for (const line of readme.match(/^(npx tsx|python) \d.*$/gm) ?? []) {
    expect(read(line.split(" ").at(-1) ?? "")).toBeTruthy();
  }
  expect(readme).toMatch(/^(npx tsx|python) 01-create/m);
});

const projects = folders.filter((name) =>
  readdirSync(join(root, "standalone", name)).includes("package.json"),
);

test.each(projects)("%s has the versions that are verified here", (name) => {
  const verified = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const here: Record<string, string> = { ...verified.dependencies, ...verified.devDependencies };
  const taken = JSON.parse(readFileSync(join(root, "standalone", name, "package.json"), "utf8"));
  const packages = Object.entries({ ...taken.dependencies, ...taken.devDependencies });
  expect(packages.length).toBeGreaterThan(2);
  for (const [one, version] of packages) expect([one, version]).toEqual([one, here[one]]);
});
