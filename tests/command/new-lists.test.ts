import { expect, test } from "vitest";
import { withDriver, withRun } from "../../classroom/new/new-parts.ts";

test("a run is added at the end, and everything else in guide.json stays", () => {
  const before = `{
  "title": "A \\"guide\\" of $& runs",
  "runs": ["01-a", "01-a"],
  "programs": {
    "py": ["python3"] },
  "own": null
}`;
  const after = before.replace('"01-a"]', '"01-a", "02-b"]');
  expect(withRun(before, "02-b")).toBe(after);
  expect(withRun('{"runs":[\r\n  "01-a"\r\n]}', "02-b")).toBe(
    '{"runs":[\r\n  "01-a", "02-b"\r\n]}',
  );
});

const source = (list: string) => `export const drivers: Readonly<X> = ${list};\n`;

test.each([
  ["one", "{\n  pg: f,\n}", '{\n  pg: f,\n  mine: () => import("./mine.ts"),\n}'],
  [
    "carriage returns",
    "{\r\n  pg: f,\r\n}",
    '{\r\n  pg: f,\r\n  mine: () => import("./mine.ts"),\n}',
  ],
  [
    "what looks like the end",
    '{\n  pg: "};",\n  b: "$&",\n}',
    '{\n  pg: "};",\n  b: "$&",\n  mine: () => import("./mine.ts"),\n}',
  ],
])("a driver is added after the last one: %s", (_, before, after) => {
  expect(withDriver(source(before), "mine", "drivers.ts")).toBe(source(after));
});

test("a driver's name that is not an identifier is quoted", () => {
  expect(withDriver(source("{\n  a: 1,\n}"), "my-own", "drivers.ts")).toContain(
    '  "my-own": () => import("./my-own.ts"),\n};',
  );
});

test.each(["export const others = {\n  a: 1,\n};", "const drivers = {};", "const drivers = ;"])(
  "a source without the list is refused: %s",
  (text) => {
    expect(() => withDriver(text, "mine", "drivers/drivers.ts")).toThrow(
      'drivers/drivers.ts has no list of drivers. Add "mine" to it by hand.',
    );
  },
);
