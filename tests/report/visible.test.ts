import { afterEach, expect, test, vi } from "vitest";
import { harmless, inLog, oneLine, printable } from "../../runner/common/visible.ts";

afterEach(() => vi.unstubAllEnvs());

test.each([
  ["escape sequences", "\x1b[2J\x9b", "\\x1b[2J\\x9b"],
  ["halves of characters", "\ud800 \udfff", "\\u{d800} \\u{dfff}"],
  ["ends of lines that are none of ours", "a\u2028b\u2029c\r", "a\\u{2028}b\\u{2029}c\\x0d"],
  ["no characters", "\ufffe\uffff", "\\u{fffe}\\u{ffff}"],
  ["text", "😀 ä\n\tb", "😀 ä\n\tb"],
])("printable: %s", (_, text, expected) => {
  expect(printable(text)).toBe(expected);
});

test("one line has single blanks", () => {
  expect(oneLine("a \n\n\tb\u2028c")).toBe("a b\\u{2028}c");
});

test("on GitHub, what others wrote is no command; what we wrote keeps its colours", () => {
  const text = "\x1b[1m ::error::x ##[y]";
  vi.stubEnv("GITHUB_ACTIONS", "false");
  expect(harmless(text)).toBe("\\x1b[1m ::error::x ##[y]");
  expect(inLog(text)).toBe(text);
  vi.stubEnv("GITHUB_ACTIONS", "true");
  expect(harmless(`::error::${text}`)).toBe("\\::error::\\x1b[1m ::error::x ##\\[y]");
  expect(inLog(`::error::${text}`)).toBe("\\::error::\x1b[1m ::error::x ##\\[y]");
});
