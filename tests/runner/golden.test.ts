import { rmSync, truncateSync, writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { isGolden, meantBy, readGolden, refuseChanged } from "../../runner/verify/golden.ts";
import { goldenOf, makeRuns, outputFile } from "../support/runs.ts";

test.each([
  ["a\nb\n", "a\nb\n", true],
  ["a\r\nb\r\n", "a\nb\n", true],
  ["a\r\nb\r\n", "a\r\nb\r\n", true],
  ["ä\r\n", "ä\n", true],
  ["a\nb\n", "a\r\nb\r\n", false],
  ["a\nb", "a\nb\n", false],
  ["a\nb\n", "a\nb", false],
  ["\uFEFFa\n", "a\n", false],
  ["a \n", "a\n", false],
  ["a..\n", "a..\n", true],
  ["a..\n", "abc\n", false],
  ["[..]\n", "a\n", true],
  ["[..id]\n", "a\n", true],
  ["...\n", "a\n", true],
  ["\\\\...\n", "\\...\n", true],
  ["[..]\r\nb\r\n", "a\nb\n", true],
  ["[..]\r\nb\r\n", "a\r\nb\r\n", true],
  ["\\[..]\n", "[..]\n", true],
  ["\\[..]\n", "\\[..]\n", false],
  ["[no output]\n", "", true],
  ["[no output]\r\n", "", true],
  ["[no output]", "", true],
  ["[no output]\n", "[no output]\n", false],
  ["[no output]\n", "\n", false],
  ["[no output]\n\n", "", false],
  ["\\[no output]\n", "[no output]\n", true],
  ["\\[no output]\n", "", false],
  ["\\\\[no output]\n", "\\[no output]\n", true],
  ["a\n[no output]\n", "a\n[no output]\n", true],
  ["[..]x\n", "", false],
])("golden %j, printed %j: %s", (expected, printed, same) => {
  const output = outputFile(printed);
  expect(isGolden(meantBy(goldenOf(expected), [output]), output)).toBe(same);
});

test("an output longer than a text may be is compared, but for markers", () => {
  const file = outputFile("");
  truncateSync(file, 257 * 1024 ** 2); // takes no room on the disk
  expect(isGolden(goldenOf("a\n"), file)).toBe(false);
  const message =
    "The output is too large for the markers in /guide/expected/x.txt. " +
    "Print less, or take the markers out.";
  expect(() => isGolden(goldenOf("[..]\n"), file)).toThrow(
    expect.objectContaining({ kind: "layout", message }),
  );
});

test("an empty golden file is there, and one that is gone is not", () => {
  const { directory, runs } = makeRuns({ "01-a": "" });
  const [run] = runs;
  if (!run) throw new Error("no run");
  const golden = readGolden(directory, run);
  expect(golden).toMatchObject({
    name: "expected/01-a.txt",
    lack: "is empty",
    bytes: Buffer.alloc(0),
  });
  rmSync(golden.file);
  expect(readGolden(directory, run)).toEqual({ ...golden, lack: "does not exist" });
});

test.each([
  ["...\n", true],
  ["...", true],
  ["[..]\n", true],
  [" [..id]  [..]\t\r\n...\r\n\n", true],
  ["...\nx\n", false],
  ["- [..]\n", false],
  ["\\...\n", false],
  ["\\[..]\n", false],
  ["[no output]\n", false],
  ["\n", false],
  ["....\n", false],
])("%j only has markers: %s", (text, isOnly) => {
  expect(goldenOf(text).lack).toBe(isOnly ? "only has markers, which match almost any output" : "");
});

test("a golden file that somebody writes to while the guide runs is named", () => {
  const { directory, runs } = makeRuns({ "01-a": "a\n", "02-b": "b\n" });
  const goldens = runs.map((run) => readGolden(directory, run));
  refuseChanged(goldens);
  const file = goldens[1]?.file ?? "";
  writeFileSync(file, "b\n\n");
  const message = `${file} changed while the guide ran. Run again; if a step wrote to it, restore it first.`;
  expect(() => refuseChanged(goldens)).toThrow(
    expect.objectContaining({ kind: "layout", message }),
  );
});
