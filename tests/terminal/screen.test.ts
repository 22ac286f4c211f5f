import { expect, test } from "vitest";
import { frame, hang } from "../../classroom/common/screen.ts";
import { renderProse } from "../../classroom/notebook/prose.ts";

test.each([
  ["short", "short"],
  ["one two three four five six", "one two three four\n    five six"],
  ["  one two three four five six", "  one two three four\n    five six"],
  ["x".repeat(45), `${"x".repeat(20)}\n    ${"x".repeat(20)}\n    ${"x".repeat(5)}`],
])("%j in 24 columns breaks between words", (line, expected) => {
  expect(hang(line, 24, "    ")).toBe(expected);
});

test("an output has a bar beside every row", () => {
  expect(frame("one\n\none two three four five six seven\n", 26).split("\n")).toEqual([
    "│ one",
    "│ ",
    "│ one two three four",
    "│   five six seven",
  ]);
});

test("a long output is cut", () => {
  const lines = frame("line\n".repeat(205), 80).split("\n");
  expect(lines).toHaveLength(201);
  expect(lines.at(-1)).toBe("… 5 more lines");
});

test("code in prose breaks between words, too", () => {
  const markdown = "```sh\necho first second third fourth fifth sixth\n```";
  for (const line of renderProse(markdown, 40).split("\n")) {
    expect(line.length).toBeLessThanOrEqual(40);
    expect(line).toMatch(/^ {4}/);
  }
});
