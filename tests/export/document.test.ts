import { describe, expect, test } from "vitest";
import { buildDocument } from "../../runner/export/document/build.ts";
import { callsIn } from "../../runner/export/document/calls.ts";
import { changesBetween } from "../../runner/export/document/changes.ts";
import { splitChapters } from "../../runner/export/document/chapters.ts";
import { cutDriver } from "../../runner/export/document/driver-cut.ts";
import { uniqueIds } from "../../runner/export/document/ids.ts";
import { listed, markOf } from "../../runner/export/document/words.ts";
import { makeGuide, ownDocument, smallDocument } from "./support.ts";

describe("the document of this guide", () => {
  test("has the steps in the order of the runs, and the re-reads where they are run", async () => {
    const { steps } = await ownDocument();
    expect(steps.map(({ id, again }) => [id, ...again.map((one) => one.id)])).toEqual([
      ["01-create"],
      ["02-read"],
      ["03-update", "02-read.after-03-update"],
      ["04-delete", "02-read.after-04-delete"],
    ]);
  });

  test("knows what each step calls", async () => {
    const { steps } = await ownDocument();
    expect(steps.map(({ calls }) => calls)).toEqual([
      ["transaction", "query", "execute", "executeMany"],
      ["query"],
      ["execute"],
      ["execute"],
    ]);
  });

  test("shows what each driver does for these calls, cut from its file", async () => {
    const { steps, connection } = await ownDocument();
    const [pg, postgres] = steps[0]?.sources ?? [];
    expect(pg).toMatchObject({ driver: { title: "pg" }, file: "drivers/pg.ts", isWhole: false });
    expect(pg?.code).toMatch(/^send: .*client\.query\(statement, values/s);
    expect(postgres).toMatchObject({ driver: { title: "postgres.js" }, isWhole: false });
    expect(postgres?.code).toMatch(/^send: .*sql\.unsafe.*\nfunction lastResult/s);
    expect(connection[0]?.code).toMatch(/^\/\*\* node-postgres .*client\.connect\(.*close: /s);
    expect(connection[1]?.code).toContain("close: () => sql.end(),\n  });\n}");
    expect(connection[1]?.code).not.toContain("send");
  });

  test("shows what the calls do with every driver", async () => {
    const { steps } = await ownDocument();
    expect(steps[1]?.shared?.code).toMatch(/^async query\(statement, parameters\) \{\n {2}return/);
    expect(steps[0]?.shared?.code).toContain("async transaction(work) {");
  });

  test("says what a re-read shows to have changed", async () => {
    const { steps } = await ownDocument();
    const line = "ID: 4, Title: Dune, Author: Frank Herbert, Year: 1965, In Stock: ";
    expect(steps[2]?.again[0]?.changes).toEqual([
      { sign: "-", text: `${line}False` },
      { sign: "+", text: `${line}True` },
    ]);
    expect(steps[3]?.again[0]?.changes).toMatchObject([{ sign: "-" }]);
  });
});

describe("the document of another guide", () => {
  test("needs neither an introduction nor an ending", async () => {
    const document = await smallDocument("1\n");
    expect(document).toMatchObject({ introduction: "", before: [], after: [] });
    expect(document.drivers.map(({ title }) => title)).toEqual(["pg", "postgres.js"]);
    expect(document.steps[0]).toMatchObject({ calls: [], sources: [], shared: undefined });
  });

  test("shows a driver that cannot be cut as a whole", async () => {
    const connect = "export const connect = () => new Promise(() => {});";
    const document = await smallDocument("1\n", {
      "drivers/drivers.ts": 'export const drivers = { odd: () => import("./odd.ts") };\n',
      "drivers/odd.ts": `\uFEFF// An odd one\r\n${connect}\r\n`,
      "steps/01-only.ts": "/*\n# Only\n*/\nawait db.query('SELECT 1');\n",
    });
    const driver = { name: "odd", title: "odd" };
    const whole = {
      driver,
      file: "drivers/odd.ts",
      code: `// An odd one\n${connect}`,
      isWhole: true,
    };
    expect(document.connection).toEqual([whole]);
    expect(document.steps[0]).toMatchObject({
      calls: ["query"],
      sources: [whole],
      shared: undefined,
    });
  });

  test("does without the file of a driver that is not there", async () => {
    const document = await smallDocument("1\n", {
      "drivers/drivers.ts": 'export const drivers = { away: () => import("./away.ts") };\n',
    });
    expect(document.connection).toEqual([]);
    expect(document.steps[0]?.commands).toEqual([
      {
        driver: { name: "away", title: "away" },
        command: "npx tsx steps/01-only.ts --driver away",
      },
    ]);
  });

  test("an output that is not there is not verified", async () => {
    const guide = await makeGuide({
      "steps/guide.json": JSON.stringify({ title: "Twice", runs: ["01-one", "02-two", "01-one"] }),
      "steps/01-one.ts": "/*\n# One\n*/\n",
      "steps/02-two.ts": "/*\n# Two\n*/\n",
    });
    const { steps } = buildDocument(guide, new Map());
    expect(steps[0]?.output).toEqual({ text: "", verified: false, drivers: [] });
    expect(steps[1]?.again[0]?.changes).toBeUndefined();
  });

  test("ids do not collide with those of the runs", async () => {
    const document = await smallDocument("1\n", {
      "steps/before.md": "## Connect\n\n## 01 only\n\n## Connect\n",
    });
    const ids = document.before.map(({ id }) => id);
    expect(ids).toEqual(["connect-2", "01-only-2", "connect-3"]);
  });
});

test.each([
  ["await db.query('SELECT 1'); await db.execute('x'); await db.query('y')", ["query", "execute"]],
  [
    "other.transaction(async () => { await x.executeMany('', []); })",
    ["transaction", "executeMany"],
  ],
  ["// db.query()\nconst text = 'db.execute()';", []],
  ["db[query](); query(); db.query;", []],
  ["await db.close();", []],
  ["this is no TypeScript", []],
])("the calls in %s", (code, calls) => {
  expect(callsIn(code)).toEqual(calls);
});

test("a driver is cut whatever its style", () => {
  const source = `import x from "x";
/* one */ export const connect = async () => openDatabase({ async send(a) { return b(a); }, close() {} });
function unused() {}
// says
function b(a) { return c(a); }
const c = (a) => a;
`;
  expect(cutDriver(source)).toEqual({
    connection:
      "/* one */ export const connect = async () => openDatabase({\n  // …\n  close() {},\n});",
    statements: "async send(a) { return b(a); }\n\n// says\nfunction b(a) { return c(a); }",
  });
});

test.each([
  ["no object", "export const connect = () => openDatabase(make());"],
  ["no send", "export const connect = () => openDatabase({ close() {} });"],
  ["no close", "export const connect = () => openDatabase({ send() {} });"],
  ["another function", "export const connect = () => open({ send() {}, close() {} });"],
  ["no TypeScript", "export const"],
])("a driver with %s cannot be cut", (_, source) => {
  expect(cutDriver(source)).toBeUndefined();
});

test("chapters begin at second-level headings, and not in code", () => {
  const markdown = "Hello.\n\n## One `x`\n\n```sh\n## no heading\n```\n\n### Below\n\n## Two\n";
  expect(splitChapters(markdown)).toEqual({
    introduction: "Hello.",
    chapters: [
      { title: "One `x`", text: "```sh\n## no heading\n```\n\n### Below" },
      { title: "Two", text: "" },
    ],
  });
});

test.each([
  ["a\nb\n", "a\nb\n", []],
  ["a\nb\n", "a\n", [{ sign: "-", text: "b" }]],
  [
    "",
    "a\n\n",
    [
      { sign: "+", text: "a" },
      { sign: "+", text: "" },
    ],
  ],
  ["a\n".repeat(25), "b\n".repeat(25), undefined],
])("the changes between %j and %j", (before, now, changes) => {
  expect(changesBetween(before, now)).toEqual(changes);
});

test("ids are short, plain and unique", () => {
  const toId = uniqueIds(["taken"]);
  const ids = ["Taken", "Prägung & more", "???", "???", "x".repeat(99), "x".repeat(99)].map(toId);
  expect(ids).toEqual([
    "taken-2",
    "pra-gung-more",
    "part",
    "part-2",
    "x".repeat(56),
    `${"x".repeat(56)}-2`,
  ]);
  for (const id of ids) expect(id).toMatch(/^[a-zA-Z0-9-_]{1,64}$/);
});

test("words", () => {
  expect([listed([]), listed(["a"]), listed(["a", "b"]), listed(["a", "b", "c"], "or")]).toEqual([
    "",
    "a",
    "a and b",
    "a, b or c",
  ]);
  const drivers = [{ name: "pg", title: "pg" }];
  expect(markOf({ text: "", verified: true, drivers })).toBe("Verified with pg");
  expect(markOf({ text: "", verified: false, drivers })).toBe("Not verified");
});
