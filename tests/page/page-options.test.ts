import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { preparationsOf } from "../../runner/page/run/install.ts";
import { ourName } from "../../runner/workspace/find-cache.ts";
import { expectRefused, expectReport } from "../support/command.ts";
import { block, makePage } from "../support/page.ts";
import { sharedCache } from "../support/programs.ts";
import { expectExit, given, sharedProject } from "../support/project.ts";

const runApp = `${block("sh", "node app.js")}\n${block("text", "ok")}`;

function twoClients(one: string, other: string): string {
  const tabs = [one, other].map((code) => block('js title="first.js"', code)).join("\n");
  return [
    '<CodeTabs labels={["one", "two"]}>\n',
    `${tabs}\n</CodeTabs>\n`,
    block("sh", "node first.js"),
    block('js title="app.js"', 'console.log("ok")'),
    runApp,
  ].join("\n");
}

test.each([
  [
    "stderr",
    `${block('js title="app.js"', 'console.error("old"); console.log("ok")')}\n${runApp}`,
    "wrote to stderr",
  ],
  [
    "another layout",
    `${block("sql", "SELECT 1 AS one;")}\n${block("", "| one |\n| --- |\n| 1 |")}`,
    "With --strict, the layout must be psql's, too.",
  ],
  [
    "clients that differ where nothing is documented",
    twoClients("console.log(1)", "console.log(2)"),
    "one and two print different things",
  ],
])("--strict fails for %s", async (_, text, message) => {
  const page = makePage(text);
  const lenient = await page.run();
  expectExit(lenient, 0);
  if (text.includes("console.error")) {
    expect(lenient.stdout).toContain("It wrote to stderr: old");
  }
  await expectReport(page.run("--strict"), 1, message);
});

test("the output below several commands is what all of them print", async () => {
  const app = block('js title="app.js"', "console.log(process.argv[2])");
  const commands = block("sh", "node app.js 1\nnode app.js 2");
  const all = makePage(`${app}\n${commands}\n${block("text", "1\n2")}`);
  expectExit(await all.run(), 0);
  const one = await makePage(`${app}\n${commands}\n${block("text", "1")}`).run();
  expectExit(one, 1);
  expect(one.stdout).toContain("it is the output of only one of the commands");
  const wrong = makePage(`${app}\n${commands}\n${block("text", "1\n3")}`);
  await expectReport(wrong.run(), 1, "-3\n    +2");
});

test("blanks count next to what varies, and an error may vary", async () => {
  const app = block('js title="app.js"', 'console.log("a  b: 5 ms")');
  const page = (shown: string) =>
    makePage(
      `${app}\n${block("sh", "node app.js")}\n<!-- guide: volatile \\d+ ms -->\n${block("text", shown)}`,
    );
  expectExit(await page("a  b: 9 ms").run(), 0);
  expectExit(await page("a b: 9 ms").run(), 1);
  const failing = `${block("sql", "SELECT 1/0;")}\n<!-- guide: volatile -->\n${block("", "ERROR:  x")}`;
  const right = `${block("sql", "SELECT 1 AS n;")}\n${block("", " n\n---\n 1\n(1 row)")}`;
  expectExit(await makePage(`${failing}\n${right}`).run(), 0);
});

test("--strict accepts what is exact", async () => {
  const sql = `${block("sql", "SELECT 1 AS one;")}\n${block("", " one\n-----\n   1\n(1 row)")}`;
  const text = `${sql}\n${twoClients("console.log(1)", "console.log(1)")}`;
  expectExit(await makePage(text).run("--strict"), 0);
});

test("clients that differ where nothing is documented are a warning", async () => {
  const result = await makePage(twoClients("console.log(1)", "console.log(2)")).run();
  expectExit(result, 0);
  expect(result.stdout).toContain(
    "Not verified: its output is not on the page. one and two print different things.",
  );
});

function makePackage(directory: string, text: string): void {
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, "package.json"), '{ "name": "of-the-page", "version": "1.0.0" }');
  writeFileSync(join(directory, "index.js"), `module.exports = ${JSON.stringify(text)};`);
}

const usesPackage = `${block('js title="app.js"', 'console.log(require("of-the-page"))')}\n${runApp}`;

test("a client that cannot run is left out, and demanded by --require-clients", async () => {
  const page = makePage(twoClients("console.log(1)", 'require("of-the-page")'));
  await expectReport(page.run(), 0, "two cannot run here: it needs the packages of-the-page");
  const demanded = await page.run("--require-clients");
  expectExit(demanded, 2);
  expect(demanded.stderr).toContain("two cannot run here: it needs the packages of-the-page");
});

test.each([
  [
    "app.js",
    'const sql = `select *\n  from "user"`; // import x from "chalk"\nconsole.log("ok");',
    "node",
  ],
  ["app.mjs", 'const own = "@/db";\nconsole.log("ok");\n/*\n * import a from "b"\n */', "node"],
  ["app.py", '"""\nimport the rows\n"""\nimport os, json as j  # both\nprint("ok")', "python3"],
])("what only looks like an import in %s needs no package", async (name, code, program) => {
  const shown = `${block(`${program === "node" ? "js" : "python"} title="${name}"`, code)}\n${block("sh", `${program} ${name}`)}`;
  expectExit(await makePage(`${shown}\nOutput:\n\n${block("text", "ok")}`).run(), 0);
});

test("a command in a tab that no client follows is named", async () => {
  const tabs = [
    [block('js title="app.js"', 'console.log("ok")'), block("sh", "node app.js")],
    [block('python title="app.py"', 'print("ok")'), block("sh", "python3 app.py")],
  ].map((blocks, index) => `<TabItem label="${index}">\n\n${blocks.join("\n")}\n</TabItem>`);
  const shown = `Output:\n\n${block("text", "ok")}`;
  const result = await makePage(`<Tabs>\n${tabs.join("\n")}\n</Tabs>\n\n${shown}`).run();
  expectExit(result, 0);
  expect(result.stderr).toContain("Not run: python3 app.py, page.md:");
});

test("--project names where the packages are", async () => {
  const page = makePage(usesPackage);
  await expectRefused(page.run(), "it needs the packages of-the-page");
  expect((await page.run("--list")).stdout, "a list runs nothing").toContain(
    "run          node app.js",
  );
  expect((await page.run("--list", "--driver", "nix")).stderr).toContain("There is no driver");
  const misspelt = await page.run("--project", join(page.directory, "elsewhere"));
  expectExit(misspelt, 2);
  expect(misspelt.stderr).toContain("There is no such directory.");
  makePackage(join(page.directory, "elsewhere/node_modules/of-the-page"), "ok");
  expectExit(await page.run("--project", join(page.directory, "elsewhere")), 0);
});

test("--install installs nothing for the whole machine, and nothing in another place", async () => {
  const shown = [
    block('json title="lib/package.json"', '{ "name": "of-the-page", "version": "1.0.0" }'),
    block('js title="lib/index.js"', 'module.exports = "ok";'),
  ].join("\n");
  const page = makePage("");
  const [all, other] = ["all", "other"].map((name) => join(page.directory, name));
  const lines = `npm install -g ./lib\nnpm install --prefix ${other} ./lib`;
  page.write("page.md", `${shown}\n${block("sh", lines)}\n${usesPackage}`);
  expectExit(await page.runWith({ ...given, npm_config_prefix: all }, "--install"), 0);
  expect([all, other].filter((place = "") => existsSync(place))).toEqual([]);
});

test.each([
  ["pip install psycopg[binary]", "-m venv .venv, -m pip install psycopg[binary]"],
  ['pip install "psycopg[binary]>=3"', "-m venv .venv, -m pip install psycopg[binary]>=3"],
  ["python3.12 -m pip install psycopg", "-m venv .venv, -m pip install psycopg"],
  ['npm install "lib@^1.0"', "install lib@^1.0"],
  ["npm install lib > log", ""],
  ['npm install "--prefix=../x" lib', ""],
  [
    "python3 -m pip install -r requirements.txt",
    "-m venv .venv, -m pip install -r requirements.txt",
  ],
  ["npm i -g lib", "i lib"],
  ["pip config set global.timeout 7", ""],
  ["pip cache purge", ""],
  ["pip install -t../lib x", ""],
  ["npm install -C../x lib", ""],
])("of %s, --install runs %j", (line, ran) => {
  const preparations = preparationsOf([line], "/nowhere");
  expect(preparations.map((one) => one.arguments.join(" ")).join(", ")).toBe(ran);
});

test("--install runs the preparation in the client's directory", async () => {
  const shown = [
    block('json title="lib/package.json"', '{ "name": "of-the-page", "version": "1.0.0" }'),
    block('js title="lib/index.js"', 'module.exports = "ok";'),
  ].join("\n");
  const text = `${shown}\n${block("sh", "mkdir x\ncd x\nnpm install ./lib")}\n${usesPackage}`;
  const page = makePage(text);
  expectExit(await page.run(), 2);
  expectExit(await page.run("--install"), 0);
  expect(readdirSync(page.directory)).toEqual(["page.md"]);
  const cached = readFileSync(join(sharedCache(), ourName, "package.json"), "utf8");
  expect(cached, "it is installed for that run only").toBe("{}\n");

  const failing = await makePage(text.replace("./lib", "./gone")).run("--install");
  expectExit(failing, 1);
  expect(failing.stdout).toContain("could not install: npm install ./gone exited with");
});

test("a server that does not end is not verified, and is ended", async () => {
  const server =
    'require("node:http").createServer().listen(0, () => console.log("Server is ready."));';
  const page = makePage(
    [
      block('js title="server.js"', server),
      block("sh", "node server.js"),
      block("text", "Server is ready."),
      block('js title="app.js"', 'console.log("ok")'),
      runApp,
    ].join("\n"),
  );
  const result = await page.run();
  await expectReport(result, 0, "it did not end and was stopped");
  expect(result.stdout).toContain("1 of 2 outputs verified");
});

test("the options of pages are refused for a guide", async () => {
  const directory = dirname(makePage("").directory);
  const result = await sharedProject().guide(["--guide", directory, "--strict"]);
  expectExit(result, 2);
  expect(result.stderr).toContain("--strict is for pages");
});
