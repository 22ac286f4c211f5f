import fc from "fast-check";
import { expect, test } from "vitest";
import { keepMarkers } from "../../runner/verify/keep-markers.ts";
import { escapeMarkers, matchesPattern } from "../../runner/verify/pattern.ts";

test.each([
  ["took [..] ms\n", "took 12 ms\n", true],
  ["took [..] ms\n", "took 12 s\n", false],
  ["[..]\n", "\n", true],
  ["a[..]b[..]c", "a1b2c", true],
  ["a[..]b[..]c", "acb", false],
  ["ab[..]ba", "aba", false],
  ["one\n...\nlast\n", "one\nlast\n", true],
  ["one\n...\nlast\n", "one\n2\n3\nlast\n", true],
  ["one\n...\nlast\n", "one\n2\n", false],
  ["...\nx\n...\ny\n", "x\nx\ny\n", true],
  ["...", "anything\nat all\n", true],
  ["\\[..]\n", "[..]\n", true],
  ["\\[..]\n", "x\n", false],
  ["\\...\n", "...\n", true],
  ["\\...\n", "x\n", false],
  ["a ...\n", "a b\n", false],
])("golden %j, printed %j: %s", (golden, printed, same) => {
  expect(matchesPattern(golden, printed)).toBe(same);
});

test.each([
  ["id [..]\nname a\n", "id 7\nname b\n", "id [..]\nname b\n"],
  ["a\n[..] ms\nc\n", "a\nnew\n9 ms\nc\n", "a\nnew\n[..] ms\nc\n"],
  ["[..] ms\n", "9 s\n", "9 s\n"],
  ["x [..]\n", "y [..]\n", "y \\[..]\n"],
])("%j updated by %j keeps the markers that match", async (golden, printed, updated) => {
  expect(await keepMarkers(golden, printed)).toBe(updated);
  expect(matchesPattern(updated, printed)).toBe(true);
});

const text = fc
  .array(fc.constantFrom("a", "b", " ", "\n", "...", "[..]", "\\"), { maxLength: 20 })
  .map((parts) => parts.join(""));

test("what is escaped stands for itself alone", () => {
  fc.assert(
    fc.property(text, text, (one, other) => {
      fc.pre(!one.includes("\\"));
      const golden = one.split("\n").map(escapeMarkers).join("\n");
      expect(matchesPattern(golden, one)).toBe(true);
      if (other !== one) expect(matchesPattern(golden, other)).toBe(false);
    }),
    { numRuns: 5000 },
  );
});

test("a pattern of many markers is decided at once", () => {
  const golden = `${"...\na\n".repeat(2000)}b`;
  expect(matchesPattern(golden, "a\n".repeat(4000))).toBe(false);
  expect(matchesPattern(`${"[..]a".repeat(2000)}b`, "a".repeat(4000))).toBe(false);
});
