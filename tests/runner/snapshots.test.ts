import { expect, test } from "vitest";
import { isKept, isTaken } from "../../runner/snapshots/snapshots.ts";

const upTo = (latest: number) => Array.from({ length: latest + 5 }, (_, index) => index + 1);

test.each([
  [
    "each of the last ten, and every tenth before them",
    34,
    -1,
    [10, 20, 25, 26, 27, 28, 29, 30, 31, 32, 33],
  ],
  ["the one that was gone back to last", 34, 13, [10, 13, 20, 25, 26, 27, 28, 29, 30, 31, 32, 33]],
  ["no later one: what comes after it ran again", 3, -1, [1, 2]],
])("a snapshot is kept: %s", (_, latest, target, kept) => {
  expect(upTo(latest).filter((position) => isKept(position, latest, target))).toEqual(kept);
});

test("in a long sequence, only those are taken that are kept at its end", () => {
  const taken = upTo(25).filter((position) => isTaken(position, 30 - position));
  expect(taken).toEqual([10, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30]);
});
