import { expect, test } from "vitest";
import { withDriver, withRun } from "../../classroom/new/edit-sources.ts";

test("a run is added at the end, and all else in guide.json stays", () => {
  const before = `{"title": "A \\"guide\\"", "runs": ["01-a", "01-a"], "programs": {"py": ["python3"]}, "own": null}`;
  const after = withRun(before, "02-b");
  expect(JSON.parse(after)).toEqual({ ...JSON.parse(before), runs: ["01-a", "01-a", "02-b"] });
  expect(after).toBe(`{
  "title": "A \\"guide\\"",
  "runs": ["01-a", "01-a", "02-b"],
  "programs": { "py": ["python3"] },
  "own": null
}
`);
});

test.each([
  ["a comma at the end", "{\n  pg: f,\n}", '{\n  pg: f,\n  mine: () => import("./mine.ts"),\n}'],
  ["none", "{ pg: f }", '{ pg: f,\n  mine: () => import("./mine.ts") }'],
  ["what looks like the end", '{ pg: "};" }', '{ pg: "};",\n  mine: () => import("./mine.ts") }'],
])("a driver is named after the last one: %s", async (_, before, after) => {
  const source = (list: string) => `export const drivers: Readonly<X> = ${list};\n`;
  expect(await withDriver(source(before), "mine", "drivers.ts")).toBe(source(after));
});

test("a driver's name that is no identifier is quoted", async () => {
  const source = await withDriver("const drivers = { a: 1 };", "my-own", "drivers.ts");
  expect(source).toContain('"my-own": () => import("./my-own.ts")');
});

test.each(["export const others = { a: 1 };", "const drivers = {};", "const drivers = ;"])(
  "where there is no list, it says so: %s",
  async (source) => {
    await expect(withDriver(source, "mine", "drivers/drivers.ts")).rejects.toThrow(
      'drivers/drivers.ts has no list of drivers. Add "mine" to it by hand.',
    );
  },
);
