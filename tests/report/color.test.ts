import { afterEach, expect, test, vi } from "vitest";
import { useColor } from "../../runner/common/color.ts";

afterEach(() => vi.unstubAllEnvs());

const terminal = { isTTY: true };
const pipe = {};

test.each([
  [terminal, {}, true],
  [pipe, {}, false],
  [terminal, { NO_COLOR: "1" }, false],
  [terminal, { NO_COLOR: "" }, true],
  [terminal, { NO_COLOR: "1", FORCE_COLOR: "1" }, false],
  [pipe, { FORCE_COLOR: "1" }, true],
  [terminal, { FORCE_COLOR: "0" }, false],
  [terminal, { TERM: "dumb" }, false],
])("%j with %j: %s", (stream, environment, expected) => {
  const variables = { NO_COLOR: undefined, FORCE_COLOR: undefined, TERM: "xterm", ...environment };
  for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value);
  expect(useColor(stream)).toBe(expected);
});
