import { createHash } from "node:crypto";
import { cpSync, readFileSync, renameSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { withEndsOf } from "../../classroom/common/change-text.ts";
import { checkSql } from "../../classroom/live/database/check-sql.ts";
import { withRegionsOf } from "../../classroom/live/versions/regions.ts";
import { makeDatabase, openDatabase } from "../support/database.ts";
import { filesIn, makeDirectory } from "../support/files.ts";
import { openGuide } from "../support/live.ts";
import { type Visit, visit } from "../support/live-visit.ts";
import { copySmallProject, sharedProject } from "../support/project.ts";
import { makeShellGuide } from "../support/shell-guide.ts";

const digestOf = (text: string) => createHash("sha256").update(text).digest("hex");

/** Writes a version as the only page does. */
async function write(page: Visit, script: number, text: string) {
  const { digest: seen } = await page.question({ kind: "script", script });
  return page.question({ kind: "write", script, text, seen });
}

test("what runs is what the page shows, and it never counts as verified", async () => {
  const project = makeShellGuide(["01-create", "02-read"]);
  const page = await visit(await openGuide(project));
  const { guide = "", version } = await page.question({ kind: "script", script: 1 });
  expect([guide, version]).toEqual([project.read("steps/02-read.sh"), null]);
  const same = `${guide}# the same`;
  await write(page, 1, same);

  const refused = /^409: Your version was changed meanwhile/;
  expect(await page.ask({ kind: "all" })).toMatch(refused);
  expect(await page.ask({ kind: "run", run: 0, shown: { 1: digestOf(guide) } })).toMatch(refused);
  expect(await page.ask({ kind: "all", shown: { 1: digestOf(same), 0: digestOf("") } })).toMatch(
    refused,
  );
  await page.ask({ kind: "all", shown: { 1: digestOf(same) } });
  expect(await page.ends("match | match")).toMatch(/^1 of 2 match/);

  // Another text makes it stale. The guide's own text is no version.
  const other = `${guide}echo more`;
  const { changes } = await write(page, 1, other);
  expect(changes).toEqual([{ sign: "+", text: "echo more" }]);
  await page.shows("match | stale match");
  const isOver = /^412: It was changed on another page/;
  const asked = { script: 1, seen: digestOf(same) } as const;
  for (const change of [{ kind: "save" }, { kind: "write", text: "lost" }] as const) {
    expect((await page.question({ ...asked, ...change })).refusal).toMatch(isOver);
  }
  expect((await page.question({ kind: "script", script: 1 })).version).toBe(other);
  expect(project.read("steps/02-read.sh")).toBe(guide);
  expect(await write(page, 1, guide)).toMatchObject({
    version: null,
  });
  await page.ask({ kind: "all" });
  expect(await page.ends("match | match")).toMatch(/^All 2 match/);
});

test("a version of a text that is not the file's any more is not kept", async () => {
  const project = makeShellGuide(["01-create"]);
  const page = await visit(await openGuide(project));
  const { guide, digest: seen } = await page.question({ kind: "script", script: 0 });
  project.write("steps/01-create.sh", `${guide}# theirs\n`);
  const asked = { kind: "write", script: 0, text: `${guide}# mine\n`, seen } as const;
  expect((await page.question(asked)).refusal).toMatch(/^412: It was changed on another page/);
});

test("the guide that is open in two terminals keeps the version that its page has seen", async () => {
  const project = makeShellGuide(["01-create"]);
  const [page, other] = [
    await visit(await openGuide(project)),
    await visit(await openGuide(project)),
  ];
  const { guide, digest: seen } = await page.question({ kind: "script", script: 0 });
  await write(page, 0, `${guide}# mine\n`);
  const asked = { kind: "write", script: 0, text: `${guide}# other\n`, seen } as const;
  expect((await other.question(asked)).refusal).toMatch(/^412: It was changed on another page/);
  expect(await other.question({ kind: "script", script: 0 })).toMatchObject({
    version: `${guide}# mine\n`,
  });
});

test("versions are found again after the guide's directory and a script were renamed", async () => {
  const project = makeShellGuide(["01-create", "02-read"]);
  const page = await visit(await openGuide(project));
  const mine: string[] = [];
  for (const script of [0, 1]) {
    const { guide } = await page.question({ kind: "script", script });
    mine.push(`${guide}# mine\n`);
    await write(page, script, `${guide}# mine\n`);
  }
  const versionsIn = async (directory: string) => {
    const words = ["--guide", directory];
    const there = await visit(await openGuide(sharedProject(), words));
    const asked = [0, 1].map((script) => there.question({ kind: "script", script }));
    return (await Promise.all(asked)).map(({ version }) => version);
  };
  const parent = makeDirectory("other");
  cpSync(project.directory, join(parent, "copy"), { recursive: true });
  expect(await versionsIn(join(parent, "copy"))).toEqual([null, null]);

  const renamed = join(parent, "renamed");
  renameSync(project.directory, renamed);
  for (const name of ["steps/02-read.sh", "steps/02-read.md", "expected/02-read.txt"]) {
    renameSync(join(renamed, name), join(renamed, name.replace("02-read", "02-show")));
  }
  filesIn(renamed).edit("steps/guide.json", "02-read", "02-show");
  expect(await versionsIn(renamed)).toEqual(mine);
});

test("a script that is not in UTF-8 is not replaced", async () => {
  const project = makeShellGuide(["01-create"]);
  const file = join(project.directory, "steps/01-create.sh");
  const bytes = Buffer.concat([readFileSync(file), Buffer.from("# M\xfcnchen\n", "latin1")]);
  writeFileSync(file, bytes);
  const page = await visit(await openGuide(project));
  const { guide } = await page.question({ kind: "script", script: 0 });
  const { digest: seen } = await write(page, 0, `${guide}# mine\n`);
  expect((await page.question({ kind: "save", script: 0, seen })).refusal).toMatch(
    /^409: .*01-create\.sh is not in UTF-8/,
  );
  expect(readFileSync(file)).toEqual(bytes);
});

test.each([
  ["a\r\nb\nc\n", "a\nx\nc\n", "a\r\nx\nc\n"],
  ["a\nb\r\nc\n", "a\nb\nc\nd\n", "a\nb\r\nc\nd\n"],
  ["a\r\nb\r\n", "new\na\nb\n", "new\r\na\r\nb\r\n"],
  ["a\r\nb", "a\nb\nc\n", "a\r\nb\r\nc\r\n"],
  ["a\nb\r\nc\n", "a\nc\n", "a\nc\n"],
  ["a\r\n", "", ""],
  ["", "a\nb", "a\nb"],
  ["a\r\nb\r\n", "a\r\nb\r\n", "a\r\nb\r\n"],
])("the lines of %j that become %j keep their ends", (before, text, after) => {
  expect(withEndsOf(before, text)).toBe(after);
});

test("what is saved keeps the ends of the other lines", async () => {
  const project = makeShellGuide(["01-create"]);
  const mixed = project.read("steps/01-create.sh").replace("\n", "\r\n");
  project.write("steps/01-create.sh", mixed);
  const page = await visit(await openGuide(project));
  const { guide } = await page.question({ kind: "script", script: 0 });
  const { digest: seen } = await write(page, 0, `${guide}# mine\n`);
  await page.question({ kind: "save", script: 0, seen });
  expect(project.read("steps/01-create.sh")).toBe(`${mixed}# mine\n`);
});

test("a version that does not compile fails alone", async () => {
  const project = copySmallProject(["pg"]);
  const page = await visit(await openGuide(project));
  const texts = ["await step((", 'import "not-there";'];
  for (const text of texts) {
    await write(page, 1, text);
    await page.ask({ kind: "all", shown: { 1: digestOf(text) } });
    await page.ends("match | error");
  }
});

test("what is wrong with a version is said before it runs, and where it failed when it ran", async () => {
  const project = copySmallProject(["pg"]);
  // In a monorepo, the settings of TypeScript are those of all packages.
  renameSync(join(project.directory, "tsconfig.json"), join(project.directory, "base.json"));
  symlinkSync("base.json", join(project.directory, "tsconfig.json"));
  const settings = project.read("base.json");
  const page = await visit(await openGuide(project));
  const step = project.read("steps/02-read.ts");
  const broken = `${step}const = 1;`;
  const line = broken.split("\n").length;
  expect((await write(page, 1, broken)).problems).toEqual([
    { line, column: 7, text: 'Expected identifier but found "="', isError: true },
  ]);

  const silent = `${step}client.query("SELECT 1");`;
  expect((await write(page, 1, silent)).problems).toEqual([
    { line, column: 0, text: expect.stringContaining("Write await before it."), isError: false },
  ]);

  const forgotten = `${step}const { length } = Promise.resolve([1]);`;
  await write(page, 1, forgotten);
  const { problems } = await page.question({ kind: "types", script: 1 });
  expect(problems).toEqual([
    { line, column: 9, text: expect.stringContaining("Is an await missing?"), isError: false },
  ]);
  expect(project.read("base.json")).toBe(settings);

  const thrown = `${step}throw new Error("No more books.");`;
  await write(page, 1, thrown);
  await page.ask({ kind: "all", shown: { 1: digestOf(thrown) } });
  await page.ends("match | error");
  const name = "steps/02-read.ts";
  expect(await page.details(1)).toMatchObject([
    { kind: "error", summary: "Error: No more books.", line, name },
  ]);
});

test.each([
  ["py", ["python3"], "import sys\nprint(", 2, 6, "'(' was never closed"],
  ["py", ["python3"], 'open("/tmp/never", "w")\n  x = 1', 2, 2, "unexpected indent"],
  ["py", ["python3"], "print('right')", 0, 0, ""],
  [
    "sql",
    ["sh"],
    "SELECT 1;\n\n-- two\nSELEC * FROM books;",
    4,
    1,
    'syntax error at or near "SELEC"',
  ],
  ["sql", ["sh"], "\\x\nSELECT (1;", 2, 10, 'syntax error at or near ";"'],
  ["sql", ["sh"], "BEGIN; SELEC 1;", 1, 8, 'syntax error at or near "SELEC"'],
  ["sql", ["sh"], "SELECT :'name';\nSELECT * FROM not_yet;", 0, 0, ""],
])("a %s script's syntax is checked by %j, and it is not run: %j", async (...row) => {
  const [ending, program, text, line, column, message] = row;
  const project = makeShellGuide(["01-create"]);
  const manifest = JSON.parse(project.read("steps/guide.json"));
  project.write(
    "steps/guide.json",
    JSON.stringify({ ...manifest, programs: { [ending]: program } }),
  );
  project.remove("steps/01-create.sh");
  project.write(`steps/01-create.${ending}`, "\n");
  const page = await visit(await openGuide(project));
  const { problems } = await write(page, 0, text);
  expect(problems).toEqual(message ? [{ line, column, text: message, isError: true }] : []);
});

test("a script's syntax is checked though a table of it is locked", { timeout: 5000 }, async () => {
  const url = await makeDatabase();
  const holder = await openDatabase(url);
  await holder.query("CREATE TABLE t (n int)");
  await holder.query("BEGIN; ALTER TABLE t ADD m int");
  const problems = await checkSql(url, "SELECT * FROM t;\nSELEC 1;");
  expect(problems).toMatchObject([{ line: 2, column: 1 }]);
});

const original = "a\n// #region one\nb\nc\n// #endregion\n// #region two\nd\n// #endregion\ne\n";

test.each([
  ["a\nb\nc\nd\ne\n", "a\n<one>b\nc\n</>\n<two>d\n</>\ne\n"],
  ["a\nB\nc\nD\ne\n", "a\n<one>B\nc\n</>\n<two>D\n</>\ne\n"],
  ["a\nnew\nb\nc\nmore\nd\ne\n", "a\n<one>new\nb\nc\nmore\n</>\n<two>d\n</>\ne\n"],
  ["a\ne\n", "a\n<one></>\n<two></>\ne\n"],
  ["all\nnew", "all\n<one>new\n</>\n<two></>"],
  ["a\n// #region own\nb\n// #endregion", "a\n<own>b\n</>"],
])("saved, %j has the regions again: %j", (text, expected) => {
  const written = expected
    .replaceAll("</>", "// #endregion")
    .replace(/<(\w+)>/g, "// #region $1\n");
  expect(withRegionsOf(original, text, "a.ts")).toBe(written);
});
