import { expect, test } from "vitest";
import { compareTrials, type Trial } from "../../classroom/learn/compare-trials.ts";
import { otherData } from "../../classroom/learn/other-data.ts";

const [withoutRows, withOthers] = otherData;
const ran = (stdout: string, exitCode: number | null = 0): Trial => ({
  ...{ stdout, exitCode, left: undefined },
  stderr: exitCode === 0 ? "" : "a.ts:3\n\nError: There is no book\n    at a.ts:3:1\n",
});

test.each([
  ["the same", withOthers, ran("1"), [ran("1")], undefined],
  ["another output", withOthers, ran("1\n"), [ran("2\n")], "your script's output differs"],
  ["an error of the script", withOthers, ran("", 1), [ran("1")], "an error: There is no book. The"],
  ["no error of the script", withoutRows, ran("1"), [ran("", 1)], "ends without an error. The"],
  ["a script that is stricter without rows", withoutRows, ran("", 1), [ran("0")], undefined],
  ["another output without rows", withoutRows, ran("0"), [ran("null")], undefined],
  ["an output of the solution that varies", withOthers, ran("3"), [ran("1"), ran("2")], undefined],
  ["an order that varies", withOthers, ran("1\n2\n"), [ran("1\n2\n"), ran("2\n1\n")], undefined],
  ["a line too few", withOthers, ran("1\n"), [ran("1\n2\n"), ran("2\n1\n")], "output differs"],
  ["an error of the solution that varies", withOthers, ran("1"), [ran("1"), ran("", 1)], undefined],
  ["a script that had to be ended", withOthers, ran("", null), [ran("1")], undefined],
  ["a solution that had to be ended", withoutRows, ran("1"), [ran("", null)], undefined],
])("%s", (_, data, own, solutions, message) => {
  const found = data && compareTrials(data, own, solutions)?.message;
  expect(found).toEqual(message && expect.stringContaining(message));
});
