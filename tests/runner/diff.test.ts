import { expect, test } from "vitest";
import { diffOf, diffTexts } from "../../runner/verify/diff.ts";
import { goldenOf, outputFile } from "../support/runs.ts";

const head = "--- expected/x.txt\n+++ pg printed\n";
const cut = "(The diff is cut here: the outputs are too large to show.)\n";

function diff(golden: string, printed: string): Promise<string> {
  return diffOf(goldenOf(golden), outputFile(printed), "pg printed");
}

/** Numbered lines, one of which may say something else. */
function numbered(count: number, place?: number, word?: string): string {
  const line = (number: number) => (number === place ? `${word}\n` : `line ${number}\n`);
  return Array.from({ length: count }, (_, index) => line(index + 1)).join("");
}

const long = "x".repeat(20_000);

test.each([
  [
    "with three lines around it",
    numbered(9, 5, "five"),
    numbered(9, 5, "FIVE"),
    "@@ -2,7 +2,7 @@\n line 2\n line 3\n line 4\n-five\n+FIVE\n line 6\n line 7\n line 8\n",
  ],
  ["in the first line", "a\nb\n", "A\nb\n", "@@ -1,2 +1,2 @@\n-a\n+A\n b\n"],
  [
    "in two places",
    numbered(12, 1, "a"),
    numbered(12, 12, "b"),
    "@@ -1,4 +1,4 @@\n-a\n+line 1\n line 2\n line 3\n line 4\n" +
      "@@ -9,4 +9,4 @@\n line 9\n line 10\n line 11\n-line 12\n+b\n",
  ],
  ["after an empty line", "\na\n", "\nb\n", "@@ -1,2 +1,2 @@\n \n-a\n+b\n"],
  ["where the output ends", "a\nb\n", "a\n", "@@ -1,2 +1,1 @@\n a\n-b\n"],
  [
    "far into a large output",
    numbered(200_000, 199_996, "a"),
    numbered(200_000, 199_996, "b"),
    "@@ -199993,7 +199993,7 @@\n line 199993\n line 199994\n line 199995\n-a\n+b\n" +
      " line 199997\n line 199998\n line 199999\n",
  ],
  [
    "in a long line",
    `a\n${"x".repeat(5000)}a\n`,
    `a\n${"x".repeat(5000)}b\n`,
    `@@ -1,2 +1,2 @@\n a\n-${"x".repeat(5000)}a\n+${"x".repeat(5000)}b\n`,
  ],
  ["after a long line", `${long}\na\n`, `${long}\nb\n`, "@@ -2,1 +2,1 @@\n-a\n+b\n"],
  [
    "after a long line at the end of a large output",
    `${numbered(999)}${long}\na\n`,
    `${numbered(999)}${long}\nb\n`,
    "@@ -1001,1 +1001,1 @@\n-a\n+b\n",
  ],
])("a diff shows where: %s", async (_, golden, printed, shown) => {
  expect(await diff(golden, printed)).toBe(head + shown);
});

test("what is missing is shown where nothing was printed", async () => {
  expect(await diff("a\n", "")).toMatch(/ @@\n-a\n$/);
});

test("a long line that differs is shown from its beginning, and no character is halved", async () => {
  const shown = await diff("a\nb\n", `a\nx${"😀".repeat(5000)}\nb\n`);
  expect(shown).toMatch(/^-b\n\+x😀+\n\(/mu);
  expect(shown.endsWith(cut)).toBe(true);
});

test("where a diff is cut, the outputs do not seem to differ", async () => {
  const shown = await diff(numbered(10_000, 1, "one"), numbered(10_000, 20, "twenty"));
  const first = "@@ -1,4 +1,4 @@\n-one\n+line 1\n line 2\n line 3\n line 4\n";
  const second =
    "@@ -17,7 +17,7 @@\n line 17\n line 18\n line 19\n-line 20\n+twenty\n line 21\n line 22\n line 23\n";
  expect(shown).toBe(head + first + second + cut);
});

test.each([
  ["the golden file", numbered(10_000), "x\n"],
  ["the output", "x\n", numbered(10_000)],
])("a diff is cut where only %s is too large to be shown", async (_, golden, printed) => {
  expect(await diff(golden, printed)).toMatch(/\n[-+]line \d+\n\(The diff is cut here.*\)\n$/);
});

test.each([
  [59, "+line 59\n"],
  [60, `+line 59\n${cut}`],
])("a diff has sixty lines, and says where there are more: %i lines", async (count, end) => {
  const shown = await diff("", numbered(count));
  expect(shown.slice(shown.indexOf("+line 59\n"))).toBe(end);
});

test("a difference in many long lines is shown, and cut", async () => {
  const lines = (word: string) => `${word} ${"long ".repeat(16)}\n`.repeat(100_000);
  const shown = await diff(lines("a"), lines("b"));
  expect(shown.endsWith(cut)).toBe(true);
  expect(shown.split("\n").length).toBeLessThan(80);
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
    /\n\(Only the line ends differ: the output has Windows line ends, \\r\\n, from line 1 on\.\)/,
  ],
  [
    "a\r\nb\r\n",
    "a\nc\n",
    /-b\n\+c\n\(The golden file has Windows line ends, .* not what differs\.\)/,
  ],
  ["a b\n", "a\tb\n", /-a·b\n\+a→b\n/],
  ["a b \n", "c b\t\n", /-a b·\n\+c b→\n/],
  ["a b\n", "a c\n", /-a b\n\+a c\n$/],
  ["a  b\n", "a b\n", /-a··b\n\+a·b\n$/],
  ["a\u00a0b\n", "a b\n", /-a⍽b\n\+a·b\n$/],
  ["a - b \nx\n", "a - b \ny\n", /@@\n a - b \n-x\n\+y\n$/],
  ["a b\na b\n", "a b\n", /@@\n a b\n-a b\n$/],
])("a diff says what nobody would see: golden %j, printed %j", async (golden, printed, shown) => {
  expect(await diffOf(goldenOf(golden), outputFile(printed), "pg printed")).toMatch(shown);
});

test.each([
  [
    "took [..] ms\nid [..id]\nname DUNE\n",
    "took 12 ms\nid 7\nname Dune\n",
    "@@ -1,3 +1,3 @@\n took [..] ms\n id [..id]\n-name DUNE\n+name Dune\n",
  ],
  [
    "start\n...\nname DUNE\nend\n",
    "start\n1\n2\n3\nname Dune\nend\n",
    "@@ -1,4 +1,4 @@\n start\n ...\n-name DUNE\n+name Dune\n end\n",
  ],
  [
    "...\ntotal 5 rows\n...\nend\n",
    "1\ntotal 6 rows\n2\nend\n",
    "@@ -1,4 +1,4 @@\n ...\n-total 5 rows\n+total 6 rows\n ...\n end\n",
  ],
  [
    `${"[..]: x\n".repeat(9)}${numbered(9, 5, "five")}`,
    `${"1: x\n".repeat(9)}${numbered(9)}`,
    "@@ -11,7 +11,7 @@\n line 2\n line 3\n line 4\n-five\n+line 5\n line 6\n line 7\n line 8\n",
  ],
  [
    `...\n${numbered(9, 5, "five")}`,
    `${"1: x\n".repeat(20)}${numbered(9)}`,
    "@@ -3,7 +22,7 @@\n line 2\n line 3\n line 4\n-five\n+line 5\n line 6\n line 7\n line 8\n",
  ],
  [
    "made [..id]\nread [..id]\n",
    "made 7\nread 8\n",
    '@@ -1,2 +1,2 @@\n made [..id]\n-read [..id]\n+read 8\n(Line 2: [..id] stands for "7" since an earlier line.)\n',
  ],
  ["\\[..] a\nb\n", "[..] a\nc\n", "@@ -1,2 +1,2 @@\n \\[..] a\n-b\n+c\n"],
  ["[no output]\n", "x\n", "@@ -1,1 +1,1 @@\n-[no output]\n+x\n"],
])("a line that matches its marker does not differ: golden %j", async (golden, printed, shown) => {
  expect(await diff(golden, printed)).toBe(head + shown);
});

test("in an output with Windows line ends, only the lines that differ are shown", async () => {
  const windows = (text: string) => text.replaceAll("\n", "\r\n");
  const shown = await diff(numbered(9, 5, "five"), windows(numbered(9)));
  const note =
    "(The line ends differ, too: the output has Windows line ends, \\r\\n, from line 1 on.)";
  expect(shown).toBe(
    `${head}@@ -2,7 +2,7 @@\n line 2\n line 3\n line 4\n-five\n+line 5\n line 6\n line 7\n line 8\n${note}\n`,
  );
  expect(await diff("a\nb\nc\n", "a\nb\r\nc\n")).toBe(
    `${head}(Only the line ends differ: the output has Windows line ends, \\r\\n, from line 2 on.)\n`,
  );
});

test("a line that was moved has no dots for its blanks", async () => {
  expect(await diff("a b\nx\ny\nz\n", "x\ny\nz\na b\n")).toBe(
    `${head}@@ -1,4 +1,4 @@\n-a b\n x\n y\n z\n+a b\n`,
  );
});

test.each([
  ["caf\u00e9 1\n", "cafe\u0301 1\n", "U+00E9, and the output U+0065 U+0301"],
  ["e\u0301\n", "\u00e9\n", "U+0065 U+0301, and the output U+00E9"],
  ["\ufb01n\n", "fin\n", "U+FB01, and the output U+0066 U+0069"],
])("lines that only look the same are told apart: %j, %j", async (golden, printed, points) => {
  const note = `(Line 2 only looks the same: the golden file has ${points}.)`;
  const lines = (await diff(`x\n${golden}`, `x\n${printed}`)).split("\n");
  expect(lines.filter((line) => line.startsWith("("))).toEqual([note]);
});

test("a diff with a line that stands for many is found far into a large output", async () => {
  const golden = `first [..]\n${numbered(50_000)}...\nlast\n`;
  const shown = await diff(golden, `first 7\n${numbered(50_000)}${"x\n".repeat(500)}LAST\n`);
  expect(shown).toBe(
    `${head}@@ -50000,4 +50000,4 @@\n line 49999\n line 50000\n ...\n-last\n+LAST\n`,
  );
});

test("a diff says so where there is no text that differs", async () => {
  const golden = { ...goldenOf(""), bytes: Buffer.from([0xff]) };
  const shown = await diffOf(golden, outputFile(Buffer.from([0xfe])), "pg printed");
  expect(shown).toBe(`${head}(Only bytes that are not text differ, from line 1 on.)\n`);
});

test.each([
  ["[..a] [..b]\n[..a]\n", "1 2\n3\n", 'Line 2: [..a] stands for "1"'],
  [
    "[..a] [..b]\n[..b][..a]\n",
    "1 2\n3\n",
    'Line 2: [..a] stands for "1", and [..b] stands for "2"',
  ],
  ["[..a]\n[..a]\n...\n", "1\n2\nx\n", 'Line 2: [..a] stands for "1"'],
  ["a [..a]\n...\nb [..a]\n", "a 1\n...\nb 2\n", 'Line 3: [..a] stands for "1"'],
  ["[..a]\nx\n[..a]\n[..b]\n", "1\ny\n2\n3\n", 'Line 3: [..a] stands for "1"'],
  ["[..a]\n[..a]", "1", undefined],
  ["[..a]\n", "1\n2\n", undefined],
])(
  "names that stand for another text are told: golden %j, printed %j",
  async (golden, printed, told) => {
    const notes = (await diff(golden, printed))
      .split("\n")
      .filter((line) => line.startsWith("(Line"));
    expect(notes).toEqual(told === undefined ? [] : [`(${told} since an earlier line.)`]);
  },
);

test("a diff tells of such a name", async () => {
  const shown = await diff("made [..id]\r\nread [..id]\r\n", "made 7\nread 8\n");
  expect(shown).toMatch(/\n\(Line 2: \[\.\.id\] stands for "7" since an earlier line\.\)\n$/);
});

test.each([
  ["small", numbered(9, 5, "a"), numbered(9, 5, "b"), /^@@ -2,7 \+2,7 @@\n line 2\n/],
  ["fits", "", numbered(57), /\n\+line 57\n$/],
  ["cut", "", numbered(60), /\n\+line 57\n\(The diff is cut here: 63 lines\.\)\n$/],
])("a diff of two texts: %s", async (_, before, after, shown) => {
  const lines = await diffTexts(before, after, "x.ts");
  const names = "--- x.ts\n+++ x.ts as it should be\n";
  expect(lines.startsWith(names)).toBe(true);
  expect(lines.slice(names.length)).toMatch(shown);
});

test("two texts that have nothing in common are not compared for long", async () => {
  expect(await diffTexts(numbered(2000), numbered(2000).toUpperCase(), "x.ts")).toBe(
    "--- x.ts\n(Too many lines differ to be shown.)\n",
  );
});
