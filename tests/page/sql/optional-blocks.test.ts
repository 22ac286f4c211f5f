import { expect, test } from "vitest";
import { instead } from "../../../runner/page/sql/explain/optional-blocks.ts";

test.each([
  ["Or, in one statement:", true],
  ["Instead, you may mark it:", true],
  ["Instead of this, mark the row:", true],
  ["Instead of the previous statement, send:", true],
  ["Instead of deleting a row, mark it:", false],
  ["Instead of the row's text, we change its number:", false],
])("%j begins another way: %s", (text, isOther) => {
  expect(instead.test(text)).toBe(isOther);
});
