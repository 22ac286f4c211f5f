import { expect, test } from "vitest";
import { withoutComments, withoutStrings } from "../../runner/common/sql-text.ts";

test.each([
  ["a /* b /* c */ d */ e", "a   e", "a   e"],
  ["a -- b /* c\nd", "a  \nd", "a  \nd"],
  ["a /* b", "a  ", "a  "],
  ["'--' || '/*' -- c", "'--' || '/*'  ", "'' || ''  "],
  ["'it''s -- a'", "'it''s -- a'", "''"],
  ["E'\\' --' b", "E'\\' --' b", "'' b"],
  ["'\\' -- b", "'\\'  ", "''  "],
  ['"--" /**/ a', '"--"   a', '"--"   a'],
  ["$a$ -- b\n$a$ c", "$a$  \n$a$ c", "'' c"],
  ["a$b$ -- c\nd$b$", "a$b$  \nd$b$", "a$b$  \nd$b$"],
  ["$1 -- a", "$1  ", "$1  "],
  ["nameE'\\' -- b'", "nameE'\\'  ", "nameE''  "],
])("%j has no comments in %j, and no strings in %j", (sql, plain, bare) => {
  expect(withoutComments(sql)).toBe(plain);
  expect(withoutStrings(sql)).toBe(bare);
});
