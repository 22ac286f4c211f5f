import fc from "fast-check";
import { expect, test } from "vitest";
import { keepMarkers } from "../../runner/verify/keep-markers.ts";
import { escapeMarkers } from "../../runner/verify/line-pattern.ts";
import { matchesPattern } from "../../runner/verify/pattern.ts";

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
  ["\\\\...\n", "\\...\n", true],
  ["\\\\...\n", "...\n", false],
  ["\\\\[..]\n", "\\[..]\n", true],
  ["\\\\[..]\n", "[..]\n", false],
  ["a\n...\nb\nc\n...\nd\n", "a\nb\nb\nc\nx\nd\n", true],
  ["a\n...\nb\nb\nc\n...\nd\n", "a\nb\nb\nb\nc\nd\n", true],
  ["a\n...\nb\n", "a\nc\n", false],
  ["...\na\na\nb\na\na\na\na\n...", "a\na\nb\na\na\na\nb\na\na\na\na\n", true],
  ["...\n[..]1\n[..]2\n...\n", "x1\ny1\nz2\n", true],
  ["a\n...\na\n", "a\n", false],
  ["made [..id]\nread [..id]\n", "made 7f\nread 7f\n", true],
  ["made [..id]\nread [..id]\n", "made 7f\nread 8a\n", false],
  ["[..id] is [..id]", "7 is 7", true],
  ["[..id] is [..id]", "7 is 70", false],
  ["([..a], [..b]) ([..b], [..a])", "(1, 2) (2, 1)", true],
  ["([..a], [..b]) ([..b], [..a])", "(1, 2) (1, 2)", false],
  ["[..a]\n...\n[..a] [..b]\n...\n[..b]\n", "1\nx\n2 9\n1 3\ny\n3\n", true],
  ["[..a]\n...\n[..a] [..b]\n...\n[..b]\n", "1\n1 3\ny\n4\n", false],
  ["[..id]\n[..]\n[..id]\n", "1\n2\n1\n", true],
  ["[..id]\n[..id] is [..]\n", "1 is 1\n1 is 1 is so\n", true],
  ["\\[..id]\n", "[..id]\n", true],
  ["[id] [id]\n", "1 1\n", false],
  ["[id]\n", "[id]\n", true],
])("golden %j, printed %j: %s", (golden, printed, same) => {
  expect(matchesPattern(golden, printed)).toBe(same);
});

test.each([
  ["id [..]\nname a\n", "id 7\nname b\n", "id [..]\nname b\n"],
  ["a\n[..] ms\nc\n", "a\nnew\n9 ms\nc\n", "a\nnew\n[..] ms\nc\n"],
  ["[..] ms\n", "9 s\n", "9 s\n"],
  ["x [..]\n", "y [..]\n", "y \\[..]\n"],
  ["[..]\nx\n", "1\n\\...\n", "[..]\n\\\\...\n"],
  ["a\n...\nb\nc\n", "a\n1\n2\nb\nd\n", "a\n...\nb\nd\n"],
  ["a\n...\nb\n", "x\n1\nb\n", "x\n1\nb\n"],
  ["...\nend\n", "1\n2\nend\n3\n", "...\nend\n3\n"],
  ["a\n...\nb\n", "a\nb\nc\n", "a\n...\nb\nc\n"],
  ["made [..id]\nread [..id]\nx\n", "made 7\nread 7\ny\n", "made [..id]\nread [..id]\ny\n"],
  ["made [..id]\nread [..id]\n[..]\n", "made 7\nread 8\n3\n", "made 7\nread 8\n[..]\n"],
  ["made [..id] [..]\nread [..id]\n", "made 7 x\nread 8\n", "made 7 x\nread 8\n"],
  ["x\n", "[..id]\n", "\\[..id]\n"],
  ["a\n...", "a\n1\n2", "a\n..."],
])("%j updated by %j keeps the markers that match", async (golden, printed, updated) => {
  expect(await keepMarkers(golden, printed)).toBe(updated);
  expect(matchesPattern(updated, printed)).toBe(true);
});

const text = fc
  .array(fc.constantFrom("a", "b", " ", "\n", "\r", "...", "[..]", "[..n]", "\\"), {
    maxLength: 20,
  })
  .map((parts) => parts.join(""));

test("what is escaped stands for itself alone", () => {
  fc.assert(
    fc.property(text, text, (one, other) => {
      const golden = one.split("\n").map(escapeMarkers).join("\n");
      expect(matchesPattern(golden, one)).toBe(true);
      if (other !== one) expect(matchesPattern(golden, other)).toBe(false);
    }),
    { numRuns: 5000 },
  );
});

test("what an update writes matches what was printed, whatever stood there before", async () => {
  await fc.assert(
    fc.asyncProperty(text, text, async (golden, printed) => {
      expect(matchesPattern(await keepMarkers(golden, printed), printed)).toBe(true);
    }),
    { numRuns: 3000 },
  );
});

/** What a line `...` means, said as shortly as possible. */
function matchesLines([pattern, ...patterns]: string[], lines: string[]): boolean {
  if (pattern === undefined) return lines.length === 0;
  if (pattern === "...") {
    const places = [...lines.keys(), lines.length];
    return places.some((place) => matchesLines(patterns, lines.slice(place)));
  }
  const [line, ...others] = lines;
  if (line === undefined || (pattern !== "[..]" && pattern !== line)) return false;
  return matchesLines(patterns, others);
}

test("lines are found wherever they are, however they repeat", () => {
  const linesOf = (...lines: string[]) =>
    fc.array(fc.constantFrom(...lines), { minLength: 1, maxLength: 9 });
  const within = linesOf("a", "a", "b").map((lines) => ["...", ...lines, "..."]);
  const patterns = fc.oneof(within, linesOf("a", "b", "...", "[..]"));
  const printed = fc.array(fc.constantFrom("a", "a", "b"), { minLength: 1, maxLength: 20 });
  fc.assert(
    fc.property(patterns, printed, (golden, lines) => {
      const matches = matchesPattern(golden.join("\n"), lines.join("\n"));
      expect(matches).toBe(matchesLines(golden, lines));
    }),
    { numRuns: 4000 },
  );
});

/** Each took minutes, or would: the test's limit is for a hang. */
test("patterns made to be slow are decided, or refused, at once", async () => {
  const many = (line: string, count: number) => `${line}\n`.repeat(count);
  expect(matchesPattern(`${many("...\na", 2000)}b`, many("a", 4000))).toBe(false);
  expect(matchesPattern(`${"[..]a".repeat(2000)}b`, "a".repeat(4000))).toBe(false);
  expect(matchesPattern("...\n", many("a", 100_000))).toBe(true);
  expect(matchesPattern(`${many("...", 100_000)}x\n`, many("a", 100_000))).toBe(false);
  expect(matchesPattern(`...\n${many("a", 20_000)}b\n...\n`, many("a", 40_000))).toBe(false);
  expect(matchesPattern(`[..]${"a".repeat(50_000)}b[..]x`, "a".repeat(1e6))).toBe(false);
  const slow = `...\n${many("a", 20_000)}[..]b\n...\n`;
  const message =
    "Comparing with expected/x.txt takes too long. Put fewer markers into it, or print less.";
  expect(() => matchesPattern(slow, many("a", 40_000), "expected/x.txt")).toThrow(
    expect.objectContaining({ kind: "layout", message }),
  );
  const numbered = Array.from({ length: 100_000 }, (_, index) => `line ${index}\n`).join("");
  expect(await keepMarkers("...\nx\n", numbered)).toBe(numbered);
});
