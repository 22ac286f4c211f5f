import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { expect, test, vi } from "vitest";
import { Failure } from "../../runner/common/failure.ts";
import { guideDirectory, shellWord } from "../../runner/common/project.ts";
import { loadGuide } from "../../runner/guide/load-guide.ts";
import { listRuns, selectDrivers, selectRuns } from "../../runner/guide/select.ts";
import { makeGuide } from "../support/guide.ts";
import { root } from "../support/programs.ts";

const order = ["01-a", "02-b", "03-c"];
const both = ["pg", "postgres"];
const lib = { "lib/db.ts": 'export { step as db } from "neon-typescript-guide/step";' };

/** Steps in two languages, one that prepares, one that runs twice, a text beside its step, a driver. */
function makeRichGuide() {
  const guide = makeGuide(
    {
      title: "Rich",
      setup: ["00-schema"],
      runs: ["01-a", "02-b", "01-a"],
      lesson: ["pg"],
      drivers: ["mine", "pg"],
      programs: { sh: ["sh", "-e"] },
      environment: { TZ: "Asia/Tokyo" },
    },
    ["00-schema", "01-a"],
  );
  guide.write(
    "steps/01-a.ts",
    "\uFEFF/*\r\n#  First things \r\n\r\nWhy.\r\nAnd how.\r\n*/\r\n\r\n// #region say\r\n\r\nsay();\r\n// #endregion\r\nbye();\r\n",
  );
  for (const file of ["package.json", "steps/guide.json"]) {
    guide.write(file, `\uFEFF${readFileSync(join(guide.directory, file), "utf8")}`);
  }
  guide.write("steps/02-b.sh", "\uFEFFecho b\r\n");
  guide.write("steps/02-b.md", "\uFEFF\n# B, in the shell\r\n\r\nBecause.\n");
  guide.write("steps/notes.md", "no step's");
  guide.write("steps/about-01-a.md", "no step's");
  guide.write("steps/05-e.md.bak", "no step's");
  guide.write("steps/.hidden.ts", "");
  guide.write("steps/data.json", "{}");
  guide.write("drivers/mine.ts", "");
  guide.write("drivers/mine.test.ts", "");
  guide.write("drivers/notes.md", "");
  guide.write("drivers/old.ts.bak", "");
  guide.write("expected/01-a.txt", "");
  guide.write("expected/.DS_Store", "");
  return guide;
}

test("a guide is read whole", async () => {
  const { directory } = makeRichGuide();
  const { steps, runs, ...guide } = await loadGuide(directory);
  const file = (name: string) => join(directory, "steps", name);
  expect(guide).toEqual({
    directory,
    command: `npx tsx run-guide.ts --guide ${shellWord(relative(process.cwd(), directory))}`,
    title: "Rich",
    drivers: ["mine", "pg"],
    ownDrivers: [{ name: "mine", file: join(directory, "drivers", "mine.ts") }],
    lesson: ["pg"],
    environment: { TZ: "Asia/Tokyo" },
  });
  expect(steps).toEqual([
    {
      ...{ name: "00-schema", number: 0, file: file("00-schema.ts") },
      ...{ title: "00-schema", prose: "", code: "" },
    },
    {
      ...{ name: "01-a", number: 1, file: file("01-a.ts") },
      ...{
        title: "First things",
        prose: "Why.\nAnd how.",
        code: "say();\nbye();",
      },
    },
    {
      ...{ name: "02-b", number: 2, file: file("02-b.sh"), program: ["sh", "-e"] },
      ...{ title: "B, in the shell", prose: "Because.", code: "echo b" },
    },
  ]);
  const [schema, a, b] = steps;
  expect(runs).toEqual([
    { index: 0, step: schema, after: undefined, name: "00-schema", isSetup: true },
    { index: 1, step: a, after: undefined, name: "01-a" },
    { index: 2, step: b, after: undefined, name: "02-b" },
    { index: 3, step: a, after: b, name: "01-a.after-02-b" },
  ]);
});

test("the guide of this project is read without an option, and has every guide's drivers", async () => {
  const { command, ownDrivers } = await loadGuide(guideDirectory(undefined));
  expect({ command, ownDrivers }).toEqual({ command: "npx tsx run-guide.ts", ownDrivers: [] });
});

test("a guide in the current directory has a name, too", async () => {
  const { directory } = makeGuide({ runs: order });
  const cwd = vi.spyOn(process, "cwd").mockReturnValue(directory);
  const { command } = await loadGuide(directory).finally(() => cwd.mockRestore());
  expect(command).toBe("npx tsx run-guide.ts --guide .");
});

test("what is left out of guide.json is empty, or all that there is", async () => {
  const { directory, write } = makeGuide({ runs: order });
  write("steps/02-b.ts", '/*\n# B\n*/\nimport "neon-typescript-guide/step";\n');
  const { lesson, runs, drivers, ownDrivers } = await loadGuide(directory);
  expect({ lesson, ownDrivers }).toEqual({ lesson: [], ownDrivers: [] });
  expect(runs.map(({ name }) => name)).toEqual(order);
  expect(drivers).toEqual(["pg", "postgres"]);
});

test.each([
  [{ "01-a.sql": "" }, {}, ["psql"]],
  [{ "01-a.sql": "", "02-b.sh": "", "03-c.sql": "" }, {}, ["psql+bash"]],
  [{ "01-a.sql": "", "02-b.ts": "/*\n# B\n*/" }, {}, ["psql+node"]],
  [{ "01-a.sql": "" }, { drivers: ["pg"] }, ["pg"]],
])("steps that programs run are run by no driver: %j, %j", async (files, manifest, drivers) => {
  const runs = Object.keys(files).map((name) => name.slice(0, 4));
  const programs = { sql: ["psql", "-f"], sh: ["/bin/bash"] };
  const { directory, write } = makeGuide({ runs, programs, ...manifest }, []);
  for (const [name, text] of Object.entries(files)) {
    write(`steps/${name}`, text);
    if (!text) write(`steps/${name.slice(0, 4)}.md`, "# Title");
  }
  expect((await loadGuide(directory)).drivers).toEqual(drivers);
});

/** What a step has in it, and files of its guide: who runs it. */
const scripts: [code: string, drivers: string[], files?: Record<string, string>][] = [
  ['import pg from "pg"; // no driver of ours', ["node"]],
  ['import postgres from "postgres";\nimport { sql } from "drizzle-orm";', ["node"]],
  ['import "./shared.ts";', ["node"], { "steps/shared.ts": 'import "pg";' }],
  ['import pg from "pg";', ["node"], { "notes.ts": 'import "neon-typescript-guide/step";' }],
  [`import "${root}/drivers/step.ts";`, both],
  ['import { transaction } from "neon-typescript-guide/step";', both],
  ['await import("neon-typescript-guide/driver");', both],
  ['import "./shared.ts";', both, { "steps/shared.ts": 'export * from "../lib/db.js";', ...lib }],
  ['import { db } from "../lib/db";', both, lib],
  ['import "../lib";', both, { "lib/index.mts": 'import "./db.ts";', ...lib }],
  ['await import(join(import.meta.dirname, "../lib/db.ts"));', both, lib],
  ["const name = process.argv.at(-1);", both],
  ["const { values } = parseArgs({ strict: false });", both],
  ['cli.option("--driver <name>").parse();', both],
  ['import pg from "pg";', [...both, "mine"], { "drivers/mine.ts": "" }],
];

test.each(scripts)("steps in TypeScript are run once if they use no driver: %s", async (...one) => {
  const [code, drivers, files = {}] = one;
  const { directory, write } = makeGuide({ runs: ["01-a"] }, []);
  const all = { "steps/01-a.ts": `/*\n# A\n\nNot with a --driver.\n*/\n${code}\n`, ...files };
  for (const [name, text] of Object.entries(all)) write(name, text);
  expect((await loadGuide(directory)).drivers).toEqual(drivers);
});

test("steps are in the order of their numbers", async () => {
  const names = ["9-a", "10-b", "2-c"];
  const { directory } = makeGuide({ runs: names }, names);
  const { steps, runs } = await loadGuide(directory);
  expect(steps.map(({ name }) => name)).toEqual(["2-c", "9-a", "10-b"]);
  expect(runs.map(({ name }) => name)).toEqual(names);
});

test("a step that prepares has no golden file", async () => {
  const { directory, write } = makeGuide({ setup: ["01-a"], runs: ["02-b", "03-c"] });
  write("expected/01-a.txt", "");
  await expect(loadGuide(directory)).rejects.toThrow("No run uses the golden file");
});

test("runs are listed, and picked by their step's number or name", async () => {
  const guide = await loadGuide(makeRichGuide().directory);
  const names = (wanted?: string) => {
    const { execute, report } = selectRuns(guide, wanted);
    return [execute, [...report]].map((runs) => runs.map(({ name }) => name));
  };
  const [all, reported = []] = names();
  expect([all, reported]).toEqual([
    ["00-schema", "01-a", "02-b", "01-a.after-02-b"],
    ["01-a", "02-b", "01-a.after-02-b"],
  ]);
  expect(names("1")).toEqual([all, ["01-a", "01-a.after-02-b"]]);
  expect(names("02-b")).toEqual([all, ["02-b", "01-a.after-02-b"]]);
  expect(() => selectRuns(guide, "3")).toThrow(
    new Failure("usage", 'There is no step "3". The steps: 0 (00-schema), 1 (01-a), 2 (02-b).'),
  );
  expect(listRuns(selectRuns(guide, undefined).report)).toBe(
    [
      " 1  01-a             expected/01-a.txt  First things\n",
      " 2  02-b             expected/02-b.txt  B, in the shell\n",
      " 1  01-a.after-02-b  expected/01-a.after-02-b.txt  First things, again\n",
    ].join(""),
  );
  expect(selectDrivers(guide, [])).toEqual(["mine", "pg"]);
  expect(selectDrivers(guide, ["pg"])).toEqual(["pg"]);
  expect(() => selectDrivers(guide, ["pg", "none"])).toThrow(
    new Failure("usage", 'There is no driver "none". The clients: mine, pg.'),
  );
});

type Write = (file: string, text: string) => void;
const like = 'It looks like { "title": "My guide", "runs": ["01-create", "02-read"] }';

test.each<[string, (write: Write, directory: string) => void, string]>([
  [
    "a step that no run uses",
    (write) => write("steps/04-d.ts", "/*\n# D\n*/\n"),
    'No run uses DIR/steps/04-d.ts. Name it in "runs" in steps/guide.json, or remove it.',
  ],
  [
    "a driver of no guide",
    (write) => write("steps/guide.json", `{ "title": "A", "runs": ${json}, "drivers": ["x"] }`),
    'steps/guide.json names a driver "x". There are: pg, postgres.',
  ],
  [
    "a variable that is not a text",
    (write) =>
      write("steps/guide.json", `{ "title": "A", "runs": ${json}, "environment": { "TZ": 1 } }`),
    'DIR/steps/guide.json: "environment" is not like { "TZ": "Asia/Tokyo" }. ',
  ],
  [
    "a variable that leads to another server",
    (write) =>
      write(
        "steps/guide.json",
        `{ "title": "A", "runs": ${json}, "environment": { "PGHOST": "h" } }`,
      ),
    'DIR/steps/guide.json: "environment" must not set PGHOST: the runner sets it. ',
  ],
  [
    "a driver with a name that is taken",
    (write) => write("drivers/pg.ts", ""),
    "Every guide has a driver pg. Give DIR/drivers/pg.ts another name.",
  ],
  [
    "a driver with two endings",
    (write) => write("drivers/my.driver.ts", ""),
    "No driver uses DIR/drivers/my.driver.ts. A driver is a file, named like my-driver.ts: rename it, or remove it.",
  ],
  [
    "a driver that is a folder",
    (write) => write("drivers/neon/index.ts", ""),
    "No driver uses DIR/drivers/neon. A driver is a file, named like my-driver.ts: ",
  ],
  [
    "a driver with its ending in capitals",
    (write) => write("drivers/neon.TS", ""),
    "No driver uses DIR/drivers/neon.TS. ",
  ],
  [
    "a driver in JavaScript",
    (write) => {
      write("drivers/mine.ts", 'import "./used.mts";\n');
      write("drivers/used.mts", "");
      write("drivers/other.js", "");
    },
    "No driver uses DIR/drivers/other.js. ",
  ],
  [
    "a text without its step",
    (write) => write("steps/04-sort.md", "# D"),
    "DIR/steps/04-sort.md is not the text of a step. Remove it, or write the step.",
  ],
  [
    "no steps",
    (_, directory) => {
      for (const name of order) rmSync(join(directory, "steps", `${name}.ts`));
    },
    "There are no steps in DIR/steps. Write one: 01-create.ts.",
  ],
  [
    "a step in JavaScript",
    (write) => write("steps/04-d.js", ""),
    "No step uses DIR/steps/04-d.js. A step is named like 05-sort.ts: rename it, or remove it.",
  ],
  [
    "a step in TSX",
    (write) => write("steps/04-d.tsx", ""),
    "No step uses DIR/steps/04-d.tsx. A step is named like 05-sort.ts",
  ],
  [
    "a module that no step imports",
    (write) => write("steps/helper.js", ""),
    "No step uses DIR/steps/helper.js. ",
  ],
  [
    "a folder that no step uses",
    (write) => write("steps/04-d/index.ts", ""),
    "No step uses DIR/steps/04-d. A step is a file: rename it, or remove it.",
  ],
  [
    "two steps with one number",
    (write) => write("steps/02-c.ts", "/*\n# C\n*/\n"),
    "Two steps have the number 2: DIR/steps/02-b.ts and DIR/steps/02-c.ts. Rename one.",
  ],
  [
    "a step without a number",
    (write) => write("steps/read.ts", ""),
    "No step uses DIR/steps/read.ts. A step is named like 05-sort.ts: rename it, or remove it.",
  ],
  [
    "a step whose number is not first",
    (write) => write("steps/a-01-b.ts", ""),
    "No step uses DIR/steps/a-01-b.ts. A step is named like 05-sort.ts: rename it, or remove it.",
  ],
  [
    "a step with two endings",
    (write) => write("steps/04-d.test.ts", ""),
    "A step's file is named like 05-sort.ts: rename DIR/steps/04-d.test.ts.",
  ],
  [
    "a text without a title",
    (write) => write("steps/01-a.md", "About # A\n# A"),
    "DIR/steps/01-a.md does not begin with a title: # Title. Add it.",
  ],
  [
    "a step without a comment",
    (write) => write("steps/01-a.ts", "say('/*# A*/');"),
    "DIR/steps/01-a.ts does not open with /* and a title: # Title. Add them.",
  ],
  [
    "a step with another comment",
    (write) => write("steps/01-a.ts", "// # A\nsay('*/');"),
    "DIR/steps/01-a.ts does not open with /* and a title: # Title. Add them.",
  ],
  [
    "a step whose comment does not end",
    (write) => write("steps/01-a.ts", "/*\n# A\n"),
    "DIR/steps/01-a.ts does not open with /* and a title: # Title. Add them.",
  ],
  [
    "a run of no step",
    (write) => write("steps/guide.json", '{ "title": "A", "runs": ["01-a", "05-e"] }'),
    'steps/guide.json runs "05-e", and there is no such step. The steps: 01-a, 02-b, 03-c.',
  ],
  [
    "a golden file of no run",
    (write) => write("expected/04-d.txt", ""),
    "No run uses the golden file DIR/expected/04-d.txt. Remove or rename it.",
  ],
  [
    "a file in a directory's place",
    (write) => write("expected", ""),
    "DIR/expected cannot be read. It must be a directory that you may read.",
  ],
  [
    "a package.json that is not JSON",
    (write) => write("package.json", "{"),
    "DIR/package.json: Expected property name",
  ],
  [
    "no guide.json",
    (_, directory) => rmSync(join(directory, "steps/guide.json")),
    "DIR/steps/guide.json does not exist. Name a guide with --guide, or write one: npx tsx run-guide.ts new guide docs",
  ],
])("%s is refused", async (_, spoil, message) => {
  const { directory, write } = makeGuide({ runs: order });
  spoil(write, directory);
  const said = message.replaceAll("DIR", directory);
  await expect(loadGuide(directory)).rejects.toMatchObject({
    kind: "layout",
    message: expect.stringContaining(said),
  });
});

test("a step of another language may have its text beside it", async () => {
  const { directory, write } = makeGuide({ runs: ["01-a"], programs: { py: ["python3"] } }, []);
  write("steps/01-a.py", "print(1)");
  await expect(loadGuide(directory)).rejects.toThrow(
    `01-a.py has no title. Write ${join(directory, "steps/01-a.md")}, with a line "# Title".`,
  );
});

test("what steps use may be next to them, and so may data", async () => {
  const { directory, write } = makeGuide({ runs: order });
  write("steps/01-a.ts", '/*\n# A\n*/\nimport "./helper.js";\nimport "./lib/more.ts";\n');
  for (const file of ["helper.js", "lib/more.ts", "books.csv", "node_modules/a/index.js"]) {
    write(`steps/${file}`, "");
  }
  await expect(loadGuide(directory)).resolves.toMatchObject({ title: "A guide" });
});

const json = JSON.stringify(order);
test.each([
  [
    '{ "title": "A", "runs": ["a"], "driver": ["pg"] }',
    'it has an unknown field "driver". Did you mean "drivers"?',
  ],
  [
    '{ "title": "A", "runs": ["a"], "Drivers": ["pg"] }',
    'it has an unknown field "Drivers". Did you mean "drivers"?',
  ],
  [
    '{ "title": "A", "runs": ["a"], "x": 1 }',
    'it has an unknown field "x". The fields: title, runs, setup, lesson, drivers, programs',
  ],
  ["null", "it is not an object"],
  ["1", "it is not an object"],
  ["{", "Expected property name"],
  ['{ "title": 1, "runs": ["a"] }', '"title" is not a string'],
  ['{ "title": "", "runs": ["a"] }', '"title" is not a string'],
  ['{ "runs": ["a"] }', '"title" is not a string'],
  ['{ "title": "A" }', '"runs" is not a list of step names'],
  ['{ "title": "A", "runs": [] }', '"runs" is not a list of step names'],
  ['{ "title": "A", "runs": [""] }', '"runs" is not a list of step names'],
  ['{ "title": "A", "runs": ["a"], "lesson": 1 }', '"lesson" is not a list of folders'],
  ['{ "title": "A", "runs": ["a"], "setup": 1 }', '"setup" is not a list of step names'],
  ['{ "title": "A", "runs": ["a"], "drivers": [] }', '"drivers" is not a list of drivers'],
  ['{ "title": "A", "runs": ["a"], "drivers": "pg" }', '"drivers" is not a list of drivers'],
  [
    '{ "title": "A", "runs": ["a"], "programs": 1 }',
    '"programs" is not like { "py": ["python3"] }',
  ],
  ['{ "title": "A", "runs": ["a"], "programs": null }', '"programs" is not like'],
  ['{ "title": "A", "runs": ["a"], "programs": { ".sh": ["sh"] } }', '"programs" is not like'],
  ['{ "title": "A", "runs": ["a"], "programs": { "py": [] } }', '"programs" is not like'],
  ['{ "title": "A", "runs": ["a"], "programs": { "py": "python3" } }', '"programs" is not like'],
])("a guide.json is refused: %s", async (text, reason) => {
  const { directory } = makeGuide({ runs: order });
  const file = join(directory, "steps/guide.json");
  writeFileSync(file, text);
  const error = await loadGuide(directory).catch((cause) => cause);
  expect(error).toMatchObject({ kind: "layout" });
  expect(error.message.startsWith(`${file}: ${reason}`), error.message).toBe(true);
  expect(error.message, error.message).toMatch(/[.?] It looks like /);
  expect(error.message.endsWith(like), error.message).toBe(true);
});

test.each<[string, string, NodeJS.Platform]>([
  ["docs", "docs", "linux"],
  ["/a/b-c_d.e:f@g+h", "/a/b-c_d.e:f@g+h", "linux"],
  ["my docs", "'my docs'", "linux"],
  ["a&b", "'a&b'", "darwin"],
  ["it's", "'it'\\''s'", "linux"],
  ["C:\\docs", "C:\\docs", "win32"],
  ["it's mine", '"it\'s mine"', "win32"],
])("the shell reads %s as it is: %s on %s", (text, word, platform) => {
  expect(shellWord(text, platform)).toBe(word);
});

test.each(["page.md", "page.MDX"])("%s that is not there is named as a page", async (name) => {
  const { directory } = makeGuide({ runs: order });
  await expect(loadGuide(join(directory, name))).rejects.toThrow(
    `${join(directory, name)} does not exist. Name a page or the directory of a guide with --guide.`,
  );
});

test("a module that only another module imports is used", async () => {
  const { directory, write, read } = makeGuide({ runs: ["01-a"] }, ["01-a"]);
  write("steps/01-a.ts", `${read("steps/01-a.ts")}\nimport "./shop.ts";\n`);
  write("steps/shop.ts", 'import "./money.ts";\n');
  write("steps/money.ts", "");
  await expect(loadGuide(directory)).resolves.toBeDefined();
  write("steps/shop.ts", "");
  await expect(loadGuide(directory)).rejects.toThrow("No step uses");
});
