import { expect, test } from "vitest";
import { withVariables } from "../../../runner/page/sql/parse/psql-variables.ts";
import { psqlWords } from "../../../runner/page/sql/parse/psql-words.ts";

test.each([
  ["a name", "n 3", "SELECT :n + 1", "SELECT 3 + 1"],
  ["a text", "t 'it''s'", "SELECT :'t'", "SELECT 'it''s'"],
  ["an identifier", "t Books", 'TABLE :"t"', 'TABLE "Books"'],
  ["a cast", "int 3", "SELECT '1'::int", "SELECT '1'::int"],
  ["a string", "n 3", "SELECT ':n', $$:n$$ -- :n", "SELECT ':n', $$:n$$ -- :n"],
  ["an apostrophe in a comment", "n 3", "/* it's */ SELECT :n, 'a'", "/* it's */ SELECT 3, 'a'"],
  ["an escaped quote", "n 3", "SELECT E'a\\':n', ':n', :n", "SELECT E'a\\':n', ':n', 3"],
  ["a comment in a comment", "n 3", "/* /* */ :n */ :n", "/* /* */ :n */ 3"],
  ["another variable", "n 3", "SELECT :m", "SELECT :m"],
])("%s", (_, line, statement, expected) => {
  const [name = "", value = ""] = psqlWords(line) ?? [];
  expect(withVariables(statement, new Map([[name, value]]))).toBe(expected);
});

// As psql 15 prints them with \echo.
test.each([
  ["'a b'  'c' :b \":x\" :'x'", ["a b", "c", "a", '":x"', "'5;'"]],
  ["'it''s' a'b'c 'x\\ty' '\\101'", ["it's", "abc", "x\ty", "A"]],
  [":none :x::x", [":none", "5;:5;"]],
  ["`date`", undefined],
  [":ROW_COUNT", undefined],
  [":{?x}", undefined],
])("the words of %s", (text, words) => {
  const variables = new Map(Object.entries({ b: "a", x: "5;" }));
  expect(psqlWords(text, variables)).toEqual(words);
});
