import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { isScratchName, scratchName } from "../../runner/database/scratch-name.ts";
import { readStart } from "../../runner/files.ts";
import { readStepComment } from "../../runner/guide/step-comment.ts";
import { summarize } from "../../runner/report/summary.ts";
import { visible } from "../../runner/report/visible.ts";
import { diffOf } from "../../runner/verify/diff.ts";
import { isGolden } from "../../runner/verify/golden.ts";
import { type Evidence, judge } from "../../runner/verify/verdict.ts";

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
  ["nobody ran it", [], true, "skipped"],
])("verdict: %s", (_, evidence, hasGolden, verdict) => {
  expect(judge(evidence, hasGolden)).toBe(verdict);
});

test("nothing printed and nothing expected is no match", () => {
  expect(judge([golden, golden], false)).toBe("missing");
});

function outputFile(content: string | Buffer): string {
  const directory = mkdtempSync(join(tmpdir(), "output-"));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const file = join(directory, "stdout");
  writeFileSync(file, content);
  return file;
}

function goldenOf(text: string) {
  return {
    file: "/guide/expected/x.txt",
    name: "expected/x.txt",
    exists: true,
    bytes: Buffer.from(text),
  };
}

test.each([
  ["a\nb\n", "a\nb\n", true],
  ["a\r\nb\r\n", "a\nb\n", true],
  ["a\r\nb\r\n", "a\r\nb\r\n", true],
  ["a\nb\n", "a\r\nb\r\n", false],
  ["a\nb", "a\nb\n", false],
  ["a\nb\n", "a\nb", false],
  ["\uFEFFa\n", "a\n", false],
  ["a \n", "a\n", false],
])("golden %j, printed %j: %s", async (expected, printed, same) => {
  expect(await isGolden(goldenOf(expected), outputFile(printed))).toBe(same);
});

test("a diff shows where, with context", async () => {
  const lines = (word: string) => `1\n2\n3\n4\n${word}\n6\n7\n8\n9\n`;
  expect(await diffOf(goldenOf(lines("five")), outputFile(lines("FIVE")), "pg printed")).toBe(
    "--- expected/x.txt\n+++ pg printed\n@@ -2,7 +2,7 @@\n 2\n 3\n 4\n-five\n+FIVE\n 6\n 7\n 8\n",
  );
});

test("a diff of large outputs is cut, and says so", async () => {
  const lines = (word: string) =>
    Array.from({ length: 100_000 }, (_, i) => `${word} ${"long ".repeat(16)}${i}\n`).join("");
  const diff = await diffOf(goldenOf(lines("a")), outputFile(lines("b")), "pg printed");
  expect(diff).toContain("(The diff is cut here");
  expect(diff.split("\n").length).toBeLessThan(80);
});

test("the notice of a cut stands where only the output is cut, and no character is halved", async () => {
  const diff = await diffOf(goldenOf("a\n"), outputFile(`x${"😀".repeat(5000)}`), "pg printed");
  expect(diff).toContain("(The diff is cut here");
  expect(diff).toMatch(/^\+x😀+$/mu);
  const short = await diffOf(goldenOf("a\n"), outputFile("b\n"), "pg printed");
  expect(short).not.toContain("cut");
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
    "a\n",
    "a",
    /No newline at end of file\n\(Only a newline differs: the output lacks the last one\.\)/,
  ],
  ["a", "a\n", /\n\(Only a newline differs: the golden file lacks the last one\.\)/],
  [
    "a\nb\n",
    "a\r\nb\r\n",
    /\n\(Only the line ends differ: the output has Windows line ends, \\r\\n\.\)/,
  ],
  [
    "a\r\nb\r\n",
    "a\nc\n",
    /-b\n\+c\n\(The golden file has Windows line ends, .* not what differs\.\)/,
  ],
  ["a b\n", "a\tb\n", /-a·b\n\+a→b\n/],
  ["a b \n", "c b\t\n", /-a b·\n\+c b→\n/],
  ["a b\n", "a c\n", /-a b\n\+a c\n$/],
  ["made [..id]\nread [..id]\n", "made 7\nread 8\n", /\(Line 2: \[\.\.id\] stands for "7" since/],
])("a diff says what nobody would see: golden %j, printed %j", async (golden, printed, shown) => {
  expect(await diffOf(goldenOf(golden), outputFile(printed), "pg printed")).toMatch(shown);
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
  expect(isScratchName(name)).toBe(true);
  expect(scratchName("pg")).not.toBe(scratchName("pg"));
  // An earlier version made this one.
  expect(isScratchName("guide_scratch_pg_1790000000_0123abcd_f5fa8f")).toBe(true);
  for (const foreign of [
    "postgres",
    "guide_scratch_pg_1_00000000_000000",
    "guide_scratch_pg_1790000001_0123abcd_f5fa8f",
    `${name}x`,
    name.replace("postgres", "pg"),
  ]) {
    expect(isScratchName(foreign)).toBe(false);
  }
});
