import { expect, test } from "vitest";
import { setVariable, withVariables } from "../../../runner/page/sql/parse/psql-variables.ts";

function set(...lines: string[]): ReadonlyMap<string, string> {
  return lines.reduce<ReadonlyMap<string, string>>((variables, line) => {
    const next = setVariable(variables, line);
    if (typeof next === "string") throw new Error(next);
    return next;
  }, new Map());
}

test.each([
  ["a name", "n 3", "SELECT :n + 1", "SELECT 3 + 1"],
  ["a text", "t 'it''s'", "SELECT :'t'", "SELECT 'it''s'"],
  ["an identifier", "t Books", 'TABLE :"t"', 'TABLE "Books"'],
  ["words that are joined", "t 'a' b", "SELECT :'t'", "SELECT 'ab'"],
  ["a cast", "int 3", "SELECT '1'::int", "SELECT '1'::int"],
  ["a string", "n 3", "SELECT ':n', $$:n$$ -- :n", "SELECT ':n', $$:n$$ -- :n"],
  ["an apostrophe in a comment", "n 3", "/* it's */ SELECT :n, 'a'", "/* it's */ SELECT 3, 'a'"],
  ["an escaped quote", "n 3", "SELECT E'a\\':n', ':n', :n", "SELECT E'a\\':n', ':n', 3"],
  ["a comment in a comment", "n 3", "/* /* */ :n */ :n", "/* /* */ :n */ 3"],
  ["another variable", "n 3", "SELECT :m", "SELECT :m"],
])("%s", (_, line, statement, expected) => {
  expect(withVariables(statement, set(line))).toBe(expected);
});

test("what changes how psql sends is not supported", () => {
  expect(setVariable(new Map(), "AUTOCOMMIT off")).toContain("not supported");
});
