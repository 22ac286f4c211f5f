import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv } from "ajv";
import { expect, test } from "vitest";
import { sampleOf } from "../../runner/page/sample.ts";
import { readSettings } from "../../runner/page/settings.ts";
import { makeDirectory } from "../support/files.ts";
import { root } from "../support/programs.ts";

const schema: object = JSON.parse(readFileSync(join(root, "docs/guide-pages.schema.json"), "utf8"));
const isValid = new Ajv().compile(schema);

/** @param front lines of the page */
function read(text: string, front: readonly string[] = []) {
  const directory = makeDirectory("settings");
  writeFileSync(join(directory, "guide-pages.json"), text);
  writeFileSync(join(directory, "there.sql"), "SELECT 1");
  return readSettings(join(directory, "page.md"), front);
}

test.each([
  {},
  { timeZone: "Asia/Tokyo" },
  { null: "" },
  { postgres: 15 },
  { setup: "there.sql" },
  { setup: ["there.sql", "SELECT 2"] },
  { setup: [] },
  { sample: "there.sql" },
])("the schema and the reader accept %j", async (value) => {
  expect(isValid(value)).toBe(true);
  await expect(read(JSON.stringify(value))).resolves.toBeDefined();
});

test("a sample database that changes more than itself is refused before it is made", async () => {
  const directory = makeDirectory("sample");
  const file = join(directory, "all.sql");
  writeFileSync(file, "SET a.b = 1;\n-- roles\nCREATE ROLE sample_reader;\n");
  const made = sampleOf(file).fill("postgresql://u:p@127.0.0.1:1/d");
  await expect(made).rejects.toThrow(
    'all.sql cannot be made: it must only change its own database, and has "CREATE ROLE sample_reader;"',
  );
});

test.each([
  [[], "not an object"],
  [{ zone: "Asia/Tokyo" }, 'Unknown field "zone"'],
  [{ timeZone: "" }, '"timeZone" is not like'],
  [{ timeZone: 9 }, '"timeZone" is not like'],
  [{ null: null }, 'Put it in quotes: null: "NULL"'],
  [{ postgres: "15" }, '"postgres" is not like'],
  [{ postgres: 15.5 }, '"postgres" is not like'],
  [{ postgres: 0 }, '"postgres" is not like'],
  [{ setup: 1 }, '"setup" is not like'],
  [{ setup: [""] }, '"setup" is not like'],
  [{ setup: {} }, '"setup" is not like'],
  [{ sample: ["there.sql"] }, '"sample" is not like'],
])("the schema and the reader refuse %j", async (value, message) => {
  expect(isValid(value)).toBe(false);
  await expect(read(JSON.stringify(value))).rejects.toThrow(message);
});

test.each([
  ['{\n  "null": "x",\n  "nul": "y"\n}', 'guide-pages.json:3: Unknown field "nul"'],
  ['{\n  "null": "x"\n', "guide-pages.json:3:"],
  ['{\n  "setup": "gone.sql"\n}', "guide-pages.json:2: There is no file gone.sql."],
  ['{ "timeZone": "Asia/Atlantis" }', 'guide-pages.json:1: "timeZone" is not like'],
])("an error has its line: %s", async (text, message) => {
  await expect(read(text)).rejects.toThrow(message);
});

test("an editor's schema may be named in guide-pages.json, not on a page", async () => {
  const named = { $schema: "guide-pages.schema.json", null: "x" };
  expect(isValid(named)).toBe(true);
  expect(await read(JSON.stringify(named))).toMatchObject({ nullText: "x" });
  const front = ["---", "guide:", "  $schema: x", "---"];
  await expect(read("{}", front)).rejects.toThrow('Unknown field "$schema"');
});

test("a page's own settings come before those of its folder, and its setup after theirs", async () => {
  const front = ["---", "title: x", "guide:", "  'null': own", "  setup: SELECT 2", "---"];
  const settings = await read('{ "null": "folder", "postgres": 14, "setup": "there.sql" }', front);
  expect(settings).toMatchObject({ nullText: "own", postgres: 14 });
  expect(settings.setup.map(({ sql }) => sql)).toEqual(["SELECT 1", "SELECT 2"]);
});
