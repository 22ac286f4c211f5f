import { expect, test } from "vitest";
import { cutToRow } from "../../classroom/common/screen.ts";
import { openPager, screenful } from "../../classroom/notebook/pager.ts";

const size = { width: 10, height: 6 };
const lines = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => `${from + index}`);

test.each([
  ["fits", lines(1, 4), 4, lines(1, 4), []],
  ["does not fit", lines(1, 9), 4, lines(1, 4), lines(5, 9)],
  [
    "has lines of two rows",
    ["x".repeat(11), "y".repeat(20), "z"],
    4,
    ["x".repeat(11), "y".repeat(20)],
    ["z"],
  ],
  [
    "has a line that is longer than the screen",
    ["x".repeat(45), "y"],
    4,
    ["x".repeat(40)],
    ["x".repeat(5), "y"],
  ],
  ["has wide characters", ["数".repeat(6), "y", "z"], 3, ["数".repeat(6), "y"], ["z"]],
  [
    "has colours, which take no room",
    [`\x1b[31m${"x".repeat(10)}\x1b[39m`, "y"],
    2,
    [`\x1b[31m${"x".repeat(10)}\x1b[39m`, "y"],
    [],
  ],
  ["is empty", [], 4, [], []],
])("a screenful of a text that %s", (_, all, rows, now, rest) => {
  const [first, later] = screenful(all, 10, rows);
  expect(first.join("").replaceAll("\n", "")).toBe(now.join(""));
  expect(later).toEqual(rest);
});

test("a page is shown by screenfuls, each of which leaves room for the keys", () => {
  const written: string[] = [];
  const pager = openPager({ write: (text) => written.push(text), size: () => size, isPlain: true });
  pager.show(lines(1, 11).join("\n"));
  expect(pager.linesLeft).toBe(6);
  pager.more();
  expect(pager.linesLeft).toBe(1);
  pager.redraw();
  pager.more();
  expect(pager.linesLeft).toBe(0);
  expect(written).toEqual(["1\n2\n3\n4\n5\n", "6\n7\n8\n9\n10\n", "6\n7\n8\n9\n10\n", "11\n\n"]);
});

test("a text that comes between leaves nothing of the page unseen", () => {
  const written: string[] = [];
  const pager = openPager({ write: (text) => written.push(text), size: () => size, isPlain: true });
  pager.show(lines(1, 7).join("\n"));
  pager.insert("help");
  expect(written).toEqual(["1\n2\n3\n4\n5\n", "help\n\n6\n7\n\n"]);
});

test("what is on the screen already takes its rows from the first screenful", () => {
  const written: string[] = [];
  const pager = openPager({ write: (text) => written.push(text), size: () => size, isPlain: true });
  pager.show("1\n2\n3\n4", 2);
  expect(written).toEqual(["1\n2\n3\n"]);
});

test.each([
  ["short", 10, "short"],
  ["longer than that", 10, "longer tha"],
  ["\x1b[1mbold and long\x1b[22m", 4, "\x1b[1mbold\x1b[22m"],
])("%j in one row of %i", (text, width, row) => {
  expect(cutToRow(text, width)).toBe(row);
});
