import { afterEach, describe, expect, test, vi } from "vitest";
import { parseArguments } from "../../runner/cli/parse-arguments.ts";
import { isCi } from "../../runner/common/ci.ts";

const inPipe = { isCi: false, isInteractive: false };
const atTerminal = { isCi: false, isInteractive: true };
const inCi = { isCi: true, isInteractive: false };
const parse = (line: string, surroundings = inPipe) =>
  parseArguments(line.split(" ").filter(Boolean), "1.2.3", surroundings);

/** @param message the whole of it, or a part as a matcher */
const usage = (message: unknown) => expect.objectContaining({ kind: "usage", message });
const begins = (text: string) => expect.toSatisfy((whole: string) => whole.startsWith(text));

describe("the mode of a run", () => {
  test.each([
    ["", atTerminal, { kind: "notebook" }],
    ["--driver pg --timeout 5", atTerminal, { kind: "notebook" }],
    ["--yes", atTerminal, { kind: "once" }],
    ["--step 3", atTerminal, { kind: "once", step: "3" }],
    ["--keep", atTerminal, { kind: "once", keep: true }],
    ["--bail", atTerminal, { kind: "once", bail: true }],
    ["--in-place", atTerminal, { kind: "once", inPlace: true }],
    ["--reporter tap", atTerminal, { kind: "once", reporters: [{ name: "tap" }] }],
    ["--update", atTerminal, { kind: "once", writing: { kind: "update" } }],
    ["--review", atTerminal, { kind: "once", writing: { kind: "review" } }],
    ["--accept a --accept b", inPipe, { writing: { kind: "accept", files: ["a", "b"] } }],
    ["", inPipe, { kind: "once", writing: { kind: "none" }, reporters: [] }],
    ["--yes", inCi, { kind: "once", writing: { kind: "none" } }],
    ["new golden", inPipe, { kind: "once", writing: { kind: "missing" }, reporters: [] }],
    ["--watch", atTerminal, { kind: "watch" }],
    ["--watch --yes --driver pg", inPipe, { kind: "watch" }],
    ["--list --step 3", atTerminal, { kind: "list", step: "3" }],
  ])("%s", (line, surroundings, mode) => {
    expect(parse(line, surroundings)).toMatchObject({ kind: "run", mode });
  });

  test.each([
    ["--update", inCi, "--update writes golden files, and CI is set: CI only checks them."],
    ["--review", inCi, "--review writes golden files, and CI is set: CI only checks them."],
    ["--accept x", inCi, "--accept writes golden files, and CI is set: CI only checks them."],
    ["new golden", inCi, "new golden writes golden files, and CI is set: CI only checks them."],
    ["--review", inPipe, "--review asks at a terminal. Without one: --accept FILE, or --update."],
  ])("%s is refused in %j", (line, surroundings, message) => {
    expect(() => parse(line, surroundings)).toThrow(usage(message));
  });

  const once = "--update, --review, --accept x, --keep, --bail, --in-place, --reporter tap".split(
    ", ",
  );
  test.each([
    ...["--watch", ...once].map((other) => ["--list", other]),
    ...["--step 3", ...once].map((other) => ["--watch", other]),
    ...["--review", "--accept x"].map((other) => ["--update", other]),
    ["--review", "--accept x"],
  ])("%s is refused with %s", (mode, other) => {
    const [flag = ""] = other.split(" ");
    const message = `Option '${mode}' cannot be used with option '${flag}`;
    expect(() => parse(`${mode} ${other}`)).toThrow(usage(begins(message)));
    expect(() => parse(`${other} ${mode}`)).toThrow(usage(begins(message)));
  });
});

describe("CI", () => {
  afterEach(() => vi.unstubAllEnvs());

  test.each([
    ["true", true],
    ["1", true],
    ["woodpecker", true],
    ["false", false],
    ["False", false],
    ["0", false],
    ["", false],
    [undefined, false],
  ])("is %s: %s", (value, expected) => {
    vi.stubEnv("CI", value);
    expect(isCi()).toBe(expected);
  });
});

describe("a command with all its options, and without", () => {
  const run = { driver: [], timeout: 30 };
  test.each([
    ["open", { kind: "open", options: { ...run, browser: true, port: 0, patience: 60 } }],
    [
      "open --no-browser --port 80 --patience 5 --standalone",
      {
        kind: "open",
        options: { ...run, browser: false, port: 80, patience: 5, standalone: true },
      },
    ],
    ["export f", { kind: "export", file: "f", options: run }],
    [
      "export - --format md --check --unverified",
      {
        kind: "export",
        file: "-",
        options: { ...run, format: "md", check: true, unverified: true },
      },
    ],
    ["db", { kind: "db", options: {} }],
    ["db --keep a --port 5433", { kind: "db", options: { keep: "a", port: 5433 } }],
    ["db --keep a", { kind: "db", options: { keep: "a" } }],
    ["doctor", { kind: "doctor", json: false }],
    ["doctor --json", { kind: "doctor", json: true }],
    ["new golden", { kind: "run", options: run, mode: expect.anything() }],
    [
      "new golden --guide x",
      { kind: "run", options: { ...run, guide: "x" }, mode: expect.anything() },
    ],
    ["new guide d", { kind: "new guide", directory: "d" }],
    ["new project d", { kind: "new project", directory: "d", driver: "pg" }],
    [
      "new project d --driver drizzle --guide x",
      { kind: "new project", directory: "d", driver: "drizzle", guide: "x" },
    ],
    ["learn", { kind: "learn", course: "", options: { timeout: 30 } }],
    [
      "learn pg --step 2 --board b --name me --guide x --timeout 5",
      {
        kind: "learn",
        course: "pg",
        options: { step: "2", board: "b", name: "me", guide: "x", timeout: 5 },
      },
    ],
    ["learn --once pg/2", { kind: "learn", course: "", options: { once: "pg/2", timeout: 30 } }],
    ["learn list", { kind: "learn list", course: "", options: { timeout: 30 } }],
    [
      "learn list pg --run",
      { kind: "learn list", course: "pg", options: { run: true, timeout: 30 } },
    ],
    ["learn reset pg/2", { kind: "learn reset", name: "pg/2", options: {} }],
    ["learn check", { kind: "learn check", course: "", options: { timeout: 30 } }],
    ["learn check pg", { kind: "learn check", course: "pg", options: { timeout: 30 } }],
    ["board", { kind: "board", options: { host: "127.0.0.1", port: 7654 } }],
    [
      "board --host 0.0.0.0 --port 80 --names",
      { kind: "board", options: { host: "0.0.0.0", port: 80, names: true } },
    ],
    ["complete zsh", { kind: "complete" }],
  ])("%s", (line, expected) => {
    expect(parse(line)).toEqual(expected);
  });
});

describe("values", () => {
  test.each([
    ["--timeout 0.5", { options: { timeout: 0.5 } }],
    ["--timeout 86400", { options: { timeout: 86_400 } }],
    ["db --keep a --port 0", { options: { port: 0 } }],
    ["db --keep a --port 65535", { options: { port: 65_535 } }],
    ["db --keep postgres_2", { options: { keep: "postgres_2" } }],
    [`db --keep ${"a".repeat(31)}`, { options: { keep: "a".repeat(31) } }],
    ["--driver b --driver a --driver b", { options: { driver: ["b", "a"] } }],
    ["--reporter json", { mode: { reporters: [{ name: "json", file: undefined }] } }],
    ["--reporter json=a=b.c", { mode: { reporters: [{ name: "json", file: "a=b.c" }] } }],
  ])("%s", (line, expected) => {
    expect(parse(line)).toMatchObject(expected);
  });

  const names = "It is small letters, digits and _, such as afternoon.";
  const seconds = "It is a number of seconds, such as 30.";
  const port = "It is a number up to 65535.";
  const reporters = "The reporters: terminal, json, junit, tap, github.";
  test.each([
    ["--timeout=0", seconds],
    ["--timeout=", seconds],
    ["--timeout=86401", seconds],
    ["--timeout=soon", seconds],
    ["--timeout=1\n\nminute", `argument '1 minute' is invalid. ${seconds}`],
    ["open --port=-1", port],
    ["open --port=65536", port],
    ["open --port=0x50", port],
    ["open --port=80a", port],
    ["open --port=", port],
    ["db --keep=Afternoon", names],
    ["db --keep=after-noon", names],
    ["db --keep=2a", names],
    ["db --keep=postgres", names],
    ["db --keep=template1", names],
    ["db --keep=pg_a", names],
    [`db --keep=${"a".repeat(32)}`, names],
    ["--reporter=morse", reporters],
    ["--reporter=json=", reporters],
    ["--reporter==a", reporters],
  ])("%j is refused", (line, message) => {
    expect(() => parse(line)).toThrow(usage(expect.stringContaining(message)));
  });
});

describe("options before a command", () => {
  test.each([
    ["--guide x new step a", { kind: "new", what: "step", name: "a", guide: "x" }],
    ["--guide x new driver a", { what: "driver", guide: "x" }],
    ["--guide x export f", { kind: "export", file: "f", options: { guide: "x" } }],
    ["--driver a --timeout 5 export f", { options: { driver: ["a"], timeout: 5 } }],
    ["--driver a export f --timeout 5", { options: { driver: ["a"], timeout: 5 } }],
    ["export f", { options: { driver: [], timeout: 30 } }],
  ])("%s: they are passed on", (line, expected) => {
    expect(parse(line)).toMatchObject(expected);
  });

  test.each([
    ["--driver a new step b", '--driver does not go with "new step".'],
    ["--guide x db", '--guide does not go with "db".'],
    ["--watch export f", '--watch does not go with "export".'],
    ["--accept x doctor", '--accept does not go with "doctor".'],
    ["--guide x export f --guide y", '--guide stands before and after "export".'],
    ["--driver x export f --driver y", '--driver stands before and after "export".'],
  ])("%s: they are refused", (line, message) => {
    expect(() => parse(line)).toThrow(usage(message));
  });
});
