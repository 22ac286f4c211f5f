import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const root = join(import.meta.dirname, "..");
const page = readFileSync(join(root, "docs/architecture.md"), "utf8");

test("docs/architecture.md has a line for every room, and no line for one that is gone", () => {
  const described = [...page.matchAll(/^\| (`[^|]*`) \|/gm)]
    .flatMap(([, cell = ""]) => [...cell.matchAll(/`([^`]+)\/`/g)])
    .map(([, folder]) => folder)
    .sort();
  const folders = (parent: string) =>
    readdirSync(join(root, parent), { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => `${parent}/${name}`);
  const top = ["docs", "drivers", "examples", "expected", "standalone", "steps", "tests", "tools"];
  const inner = ["runner/database/embedded", "runner/page/sql"];
  const rooms = [...top, ...["runner", "classroom"].flatMap(folders), ...inner];
  expect(described).toEqual(rooms.sort());
});

test("its glossary is short", () => {
  const glossary = page.slice(page.indexOf("## Words"));
  const words = glossary.match(/^\| (?!Word|---)/gm) ?? [];
  expect(words.length).toBeGreaterThan(9);
  expect(words.length).toBeLessThanOrEqual(15);
});
