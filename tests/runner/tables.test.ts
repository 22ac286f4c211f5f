import { expect, test } from "vitest";
import { readStart } from "../../runner/common/read-files.ts";
import { visible } from "../../runner/common/visible.ts";
import { readScratchName, scratchName } from "../../runner/database/scratch.ts";
import { readStepComment } from "../../runner/guide/step-source.ts";
import { summarize } from "../../runner/report/events.ts";
import { type Evidence, judge } from "../../runner/verify/judge.ts";
import { outputFile } from "../support/runs.ts";

const golden: Evidence = { kind: "finished", isGolden: true, digest: "golden" };
const other = (digest: string): Evidence => ({ kind: "finished", isGolden: false, digest });
const failed: Evidence = { kind: "failed" };
const skipped: Evidence = { kind: "skipped" };

test.each<[string, Evidence[], boolean, string]>([
  ["all print the golden file", [golden, golden], true, "match"],
  ["one driver, and it matches", [golden], true, "match"],
  ["alike, but not the golden file", [other("a"), other("a")], true, "drift"],
  ["one matches, one does not", [golden, other("a")], true, "divergence"],
  ["each prints something else", [other("a"), other("b")], true, "divergence"],
  ["no golden file", [other("a"), other("a")], false, "missing"],
  ["no golden file, and no agreement", [other("a"), other("b")], false, "divergence"],
  ["one failed", [golden, failed], true, "error"],
  ["one failed, one skipped", [skipped, failed], true, "error"],
  ["one skipped", [golden, skipped], true, "skipped"],
  ["one skipped, one is wrong", [other("a"), skipped], true, "drift"],
  ["one skipped, two are wrong in two ways", [other("a"), other("b"), skipped], true, "divergence"],
  ["one skipped, and there is no golden file", [other("a"), skipped], false, "skipped"],
  ["nobody ran it", [], true, "skipped"],
])("verdict: %s", (_, evidence, hasGolden, verdict) => {
  expect(judge(evidence, hasGolden)).toBe(verdict);
});

test("nothing printed and nothing expected is no match", () => {
  expect(judge([golden, golden], false)).toBe("missing");
});

test.each([
  [1, "x"],
  [2, "x"],
  [4, "x"],
  [5, "x😀"],
  [6, "x😀y"],
  [9, "x😀y"],
])("the first %i bytes of a text are %j, without half a character", (limit, start) => {
  expect(readStart(outputFile("x😀y"), limit)).toBe(start);
});

test("zero runs verify nothing", () => {
  expect(summarize([], ["pg"], 1)).toMatchObject({ verified: false, runs: 0 });
});

test.each([
  [
    "/*\n# Title\n\nProse *here*.\n*/\ncode();\n",
    { title: "Title", prose: "Prose *here*.", code: "code();" },
  ],
  ["\uFEFF/*\r\n# Title\r\n*/\r\ncode();", { title: "Title", prose: "", code: "code();" }],
  ["/* # Title */ code", { title: "Title", prose: "", code: "code" }],
  ["// # Title", undefined],
  ["/*\nTitle\n*/", undefined],
  ["/*\n## Title\n*/", undefined],
  ["/*\n# Title", undefined],
  ["", undefined],
])("step comment %j", (source, comment) => {
  expect(readStepComment(source, "01-create.ts")).toEqual(comment);
});

test.each([
  ["plain äöü\n\ttext", "plain äöü\n\ttext"],
  ["\x1b[2Jgone", "\\x1b[2Jgone"],
  ["\x9b31m", "\\x9b31m"],
  ["a\rb", "a\\x0db"],
  ["\u202Eevil", "\\u{202e}evil"],
])("visible %j", (text, shown) => {
  expect(visible(text)).toBe(shown);
});

test("a scratch database is recognised by its name, and nothing else is", () => {
  const name = scratchName("postgres");
  expect(readScratchName(name)).toEqual({ runner: "" });
  expect(scratchName("pg")).not.toBe(scratchName("pg"));
  const owned = scratchName("standalone/serverless", "0123abcd_4194304");
  expect(readScratchName(owned)).toEqual({ runner: "0123abcd_4194304" });
  expect(owned.length).toBeLessThan(64); // PostgreSQL cuts what is longer
  for (const foreign of [
    "postgres",
    "guide_scratch_pg_1_00000000_000000",
    "guide_scratch_pg_1790000001_0123abcd_f5fa8f",
    `${name}x`,
    name.replace("postgres", "pg"),
    owned.replace("4194304", "4194305"),
  ]) {
    expect(readScratchName(foreign)).toBeUndefined();
  }
});
