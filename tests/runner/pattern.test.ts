import fc from "fast-check";
import { expect, test } from "vitest";
import { keepMarkers } from "../../runner/verify/new-content.ts";
import { escapeMarkers, matchesPattern, unescapeMarkers } from "../../runner/verify/pattern.ts";

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
  [
    "...\norder [..n] opened\n...\norder [..n] closed\n",
    "order 1 opened\norder 2 opened\norder 2 closed\n",
    true,
  ],
  [
    "...\norder [..n] opened\n...\norder [..n] closed\n",
    "order 1 opened\norder 2 opened\norder 3 closed\n",
    false,
  ],
  ["[..a] [..b]\n[..b]\n", "1 2 3\n3\n", true], // within a line, too
  ["[..k]=[..v];\nv=[..v]\n", "a=b=c;\nv=c\n", true],
  ["[..a],[..b];[..]\n...\n[..b]|[..]\n...\nz\n", "p,q,q;q;\nq|\nz\n", true],
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
  ["a\n...\nb\n", "x\n1\nb\n", "x\n...\nb\n"],
  ["...\nend\n", "1\n2\nend\n3\n", "...\nend\n3\n"],
  ["a\n...\nb\n", "a\nb\nc\n", "a\n...\nb\nc\n"],
  ["made [..id]\nread [..id]\nx\n", "made 7\nread 7\ny\n", "made [..id]\nread [..id]\ny\n"],
  ["made [..id]\nread [..id]\n[..]\n", "made 7\nread 8\n3\n", "made 7\nread 8\n[..]\n"],
  ["made [..id] [..]\nread [..id]\n", "made 7 x\nread 8\n", "made 7 x\nread 8\n"],
  ["x\n", "[..id]\n", "\\[..id]\n"],
  ["a\n...", "a\n1\n2", "a\n..."],
  [
    "inserted 2 rows\n...\nend\n",
    "inserted 3 rows\n10:00\nx7\nend\n",
    "inserted 3 rows\n...\nend\n",
  ],
  ["start\n...\nend\n", "start\n10:00\n10:01\nfinish\n", "start\n...\nfinish\n"],
  [
    "...\ntotal 5 rows\n...\nend\n",
    "10:00\ntotal 6 rows\n10:01\nend\n",
    "...\ntotal 6 rows\n...\nend\n",
  ],
  ["a\nb\n...\nend\n", "c\nend\n", "c\n...\nend\n"],
  ["...\n...\nx\n", "1\ny\n", "...\ny\n"],
  ["took [..] ms, 3 rows\n", "took 12 ms, 4 rows\n", "took [..] ms, 4 rows\n"],
  [
    "order [..id]: 3 books\nof [..id]\n",
    "order 7: 4 books\nof 7\n",
    "order [..id]: 4 books\nof [..id]\n",
  ],
  ["took [..] ms\n", "connected\n", "connected\n"],
  ["...\nx\n", "[no output]", "...\n\\[no output]"],
  ["[no output]\nx\n", "[no output]\n", "\\[no output]\n"],
  ["C:\\x [..]\n", "D:\\x [..]\n", "D:\\x [..]\n"],
])("%j updated by %j keeps the markers that match", async (golden, printed, updated) => {
  expect(await keepMarkers(golden, printed)).toBe(updated);
  expect(matchesPattern(updated, printed)).toBe(true);
});

const text = fc
  .array(fc.constantFrom("a", "b", " ", "\n", "\r", "...", "[..]", "[..n]", "[no output]", "\\"), {
    maxLength: 20,
  })
  .map((parts) => parts.join(""));

test("what is escaped stands for itself alone", () => {
  fc.assert(
    fc.property(text, text, (one, other) => {
      const golden = one.split("\n").map(escapeMarkers).join("\n");
      expect(matchesPattern(golden, one)).toBe(true);
      expect(unescapeMarkers(golden)).toBe(one);
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

/** The same, as a regular expression that backtracks. */
function expressionOf(golden: string): RegExp {
  const names: string[] = [];
  const lines = golden.split("\n").map((line) => {
    if (line === "...") return "(?:[^\\n]*\\n)*";
    const parts = line.split(/\[\.\.(\w*)\]/).map((part, index) => {
      if (index % 2 === 0) return part;
      if (names.includes(part)) return `\\k<${part}>`;
      if (part !== "") names.push(part);
      return part === "" ? "[^\\n]*" : `(?<${part}>[^\\n]*)`;
    });
    return `${parts.join("")}\\n`;
  });
  return new RegExp(`^${lines.join("")}$`);
}

test("markers match as a regular expression would, however lines and names repeat", () => {
  const line = fc
    .array(fc.constantFrom("a", "b", ",", "[..]", "[..x]", "[..y]", "[..z]"), { maxLength: 6 })
    .map((parts) => parts.join(""));
  const golden = fc.array(fc.oneof(line, line, fc.constant("...")), { minLength: 1, maxLength: 7 });
  const printed = fc.array(
    fc.array(fc.constantFrom("a", "a", "b", ","), { maxLength: 7 }).map((parts) => parts.join("")),
    { minLength: 1, maxLength: 12 },
  );
  fc.assert(
    fc.property(golden, printed, (patterns, lines) => {
      const pattern = patterns.join("\n");
      const text = lines.join("\n");
      expect(matchesPattern(pattern, text)).toBe(expressionOf(pattern).test(`${text}\n`));
    }),
    { numRuns: 4000 },
  );
});

/** Fills in a golden file, so that it matches. */
test("what was made from a golden file matches it", () => {
  const word = fc.constantFrom("a", "ab", ",", "a,b", "");
  const parts = fc.array(fc.constantFrom("a", "b", ",", "[..]", "[..x]", "[..y]"), {
    maxLength: 6,
  });
  const golden = fc.array(fc.oneof(parts, fc.constant(["..."])), { minLength: 1, maxLength: 9 });
  fc.assert(
    fc.property(golden, fc.infiniteStream(word), word, word, (lines, words, x, y) => {
      const values: Record<string, string> = { "[..x]": x, "[..y]": y };
      const text = lines.map((line) =>
        line[0] === "..."
          ? fill(words.next().value, words.next().value)
          : line.map((one) => values[one] ?? (one === "[..]" ? words.next().value : one)).join(""),
      );
      const printed = text.filter((one) => one !== undefined).join("\n");
      if (text.every((one) => one === undefined)) return;
      expect(matchesPattern(lines.map((line) => line.join("")).join("\n"), printed)).toBe(true);
    }),
    { numRuns: 3000 },
  );
});

/** The lines that `...` stands for: none, one, or two. */
function fill(one: string, other: string): string | undefined {
  return one === "" ? undefined : other === "" ? one : `${one}\n${other}`;
}

/** Each took minutes, or would: the test's limit is for a hang. */
test("patterns made to be slow are decided, or refused, at once", async () => {
  const many = (line: string, count: number) => `${line}\n`.repeat(count);
  expect(matchesPattern(`${many("...\na", 2000)}b`, many("a", 4000))).toBe(false);
  expect(matchesPattern(`${"[..]a".repeat(2000)}b`, "a".repeat(4000))).toBe(false);
  expect(matchesPattern("...\n", many("a", 100_000))).toBe(true);
  expect(matchesPattern(`${many("...", 100_000)}x\n`, many("a", 100_000))).toBe(false);
  expect(matchesPattern(`...\n${many("a", 20_000)}b\n...\n`, many("a", 40_000))).toBe(false);
  expect(matchesPattern(`[..]${"a".repeat(50_000)}b[..]x`, "a".repeat(1e6))).toBe(false);
  expect(matchesPattern(`...\n${many("a", 20_000)}[..]b\n...\n`, many("a", 40_000))).toBe(false);
  const slow = "[..a][..b][..c][..d]\n[..a][..b][..c][..d]x\n";
  const message =
    "Comparing with expected/x.txt takes too long. Put fewer markers into it, or print less.";
  expect(() => matchesPattern(slow, many("a".repeat(300), 2), "expected/x.txt")).toThrow(
    expect.objectContaining({ kind: "layout", message }),
  );
  const numbered = Array.from({ length: 100_000 }, (_, index) => `line ${index}\n`).join("");
  expect(await keepMarkers("...\nx\n", numbered)).toBe("...\nline 99999\n");
});
