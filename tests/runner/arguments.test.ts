import { afterEach, describe, expect, test, vi } from "vitest";
import { commands } from "../../classroom/main.ts";
import { parseArguments } from "../../runner/cli/program.ts";
import { isCi } from "../../runner/common/ci.ts";

const inPipe = { isCi: false, isInteractive: false };
const atTerminal = { isCi: false, isInteractive: true };
const inCi = { isCi: true, isInteractive: false };
const parse = (line: string, environment = inPipe) =>
  parseArguments(line.split(" ").filter(Boolean), commands, environment, "1.2.3");

/** @param message the whole of it, or a part as a matcher */
const usage = (message: unknown) => expect.objectContaining({ kind: "usage", message });
const begins = (text: string) => expect.toSatisfy((whole: string) => whole.startsWith(text));

describe("the mode of a run", () => {
  test.each([
    ["", atTerminal, { mode: "notebook", writes: undefined }],
    ["--driver pg --timeout 5", atTerminal, { mode: "notebook" }],
    ["--yes", atTerminal, { mode: "once" }],
    ["--step 3", atTerminal, { mode: "once", step: "3" }],
    ["--keep", atTerminal, { mode: "once", keep: true }],
    ["--bail", atTerminal, { mode: "once", bail: true }],
    ["--keep-going", atTerminal, { mode: "once", keepGoing: true }],
    ["--in-place", atTerminal, { mode: "once", inPlace: true }],
    ["--reporter tap", atTerminal, { mode: "once", reporter: [{ name: "tap" }] }],
    ["--update", atTerminal, { mode: "once", writes: "--update" }],
    ["--review", atTerminal, { mode: "once", writes: "--review" }],
    ["--accept a", atTerminal, { mode: "once", writes: "--accept", accept: ["a"] }],
    ["--accept a --accept b", inPipe, { writes: "--accept", accept: ["a", "b"] }],
    ["", inPipe, { mode: "once", writes: undefined, reporter: [] }],
    ["--yes", inCi, { mode: "once", writes: undefined }],
    ["new golden", inPipe, { mode: "once", writes: "new golden", reporter: [] }],
    ["--watch", atTerminal, { mode: "watch" }],
    ["--watch --yes --driver pg", inPipe, { mode: "watch" }],
    ["--list --step 3", atTerminal, { mode: "list", step: "3" }],
  ])("%s", (line, environment, options) => {
    expect(parse(line, environment)).toMatchObject({ name: "run", options });
  });

  test.each(["--update", "--review", "--accept x", "new golden"])("%s is refused in CI", (line) => {
    const what = line.replace(" x", "");
    const message = `${what} writes the documented outputs, and CI is set: CI only checks them.`;
    expect(() => parse(line, inCi)).toThrow(usage(message));
  });

  test("--review is refused without a terminal", () => {
    const message =
      "--review asks at a terminal. Without a terminal, use --accept FILE or --update.";
    expect(() => parse("--review", inPipe)).toThrow(usage(message));
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
    const message = `Option ${mode} cannot be used with option ${flag}`;
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
  const once = { mode: "once", accept: [], reporter: [] };
  test.each([
    ["open", "open", { ...run, browser: true, port: 0, idleTimeout: 60 }],
    [
      "open --no-browser --learn pg --port 80 --idle-timeout 5 --standalone",
      "open",
      { ...run, browser: false, learn: "pg", port: 80, idleTimeout: 5, standalone: true },
    ],
    ["export f", "export", { ...run, file: "f" }],
    [
      "export - --format md --check --unverified",
      "export",
      { ...run, file: "-", format: "md", check: true, unverified: true },
    ],
    ["db", "db", {}],
    ["db --keep a --port 5433", "db", { keep: "a", port: 5433 }],
    ["db --keep a", "db", { keep: "a" }],
    ["doctor", "doctor", {}],
    ["doctor --json", "doctor", { json: true }],
    ["new step s", "new step", { name: "s" }],
    ["new driver d --guide x", "new driver", { name: "d", guide: "x" }],
    ["", "run", { ...run, ...once }],
    ["new golden", "run", { ...run, ...once, writes: "new golden" }],
    ["new golden --guide x", "run", { ...run, ...once, writes: "new golden", guide: "x" }],
    ["new page p", "new page", { name: "p" }],
    ["new guide d", "new guide", { directory: "d" }],
    ["new project d", "new project", { directory: "d", driver: "pg" }],
    [
      "new project d --driver drizzle --guide x",
      "new project",
      { directory: "d", driver: "drizzle", guide: "x" },
    ],
    ["learn", "learn", { course: "", timeout: 30 }],
    [
      "learn pg --step 2 --board b --name me --guide x --timeout 5",
      "learn",
      { course: "pg", step: "2", board: "b", name: "me", guide: "x", timeout: 5 },
    ],
    ["learn --once pg/2", "learn", { course: "", once: "pg/2", timeout: 30 }],
    ["learn list", "learn list", { course: "", timeout: 30 }],
    ["learn list pg --run", "learn list", { course: "pg", run: true, timeout: 30 }],
    ["learn reset pg/2", "learn reset", { name: "pg/2" }],
    ["learn check", "learn check", { course: "", timeout: 30 }],
    ["learn check pg", "learn check", { course: "pg", timeout: 30 }],
    ["board", "board", { host: "127.0.0.1", port: 7654 }],
    ["board --host 0.0.0.0 --port 80 --names", "board", { host: "0.0.0.0", port: 80, names: true }],
  ])("%s", (line, name, options) => {
    const perform = expect.anything();
    const isLasting = expect.any(Boolean);
    expect(parse(line)).toEqual({ kind: "command", name, options, isLasting, perform });
  });
});

test.each([
  ["", true],
  ["--watch", true],
  ["--review", true],
  ["--keep", true],
  ["--yes", false],
  ["open", true],
  ["learn", true],
  ["learn --once pg/2", false],
  ["learn check", false],
  ["board", true],
  ["db", true],
])("with %j, the end of npx ends it: %j", (line, isLasting) => {
  expect(parse(line, atTerminal)).toMatchObject({ isLasting });
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
    ["--reporter json", { options: { reporter: [{ name: "json", file: undefined }] } }],
    ["--reporter json=a=b.c", { options: { reporter: [{ name: "json", file: "a=b.c" }] } }],
  ])("%s", (line, expected) => {
    expect(parse(line)).toMatchObject(expected);
  });

  const names = "It is small letters, digits and _, such as afternoon.";
  const seconds = "It is a number of seconds, such as 30.";
  const port = "It is a number up to 65535.";
  const reporters = "The reporters: terminal, json, junit, tap, github, sarif.";
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

describe("several guides", () => {
  test.each([
    ["--guide a --guide b", { guides: ["a", "b"], mode: "once" }],
    ["--guide a --guide b --list", { guides: ["a", "b"], mode: "list" }],
    ["--guide docs/*.md --bail", { guides: ["docs/*.md"], bail: true }],
    ["--guide a --shard 2/4", { guides: ["a"], shard: { index: 2, total: 4 } }],
    ["--jobs 3", { guides: [], jobs: 3 }],
    ["--only-changed main", { guides: [], onlyChanged: "main" }],
    ["--baseline f", { guides: [], baseline: "f" }],
  ])("%s", (line, options) => {
    expect(parse(line, atTerminal)).toMatchObject({ name: "run many", options });
  });

  test.each([
    ["--guide a --guide b --watch", "--watch is for one guide."],
    ["--guide a* --step 3", "--step is for one guide."],
    ["--shard 1/2 --in-place", "--in-place is for one guide."],
    ["--jobs 2 --accept a", "--accept is for one guide."],
    ["--guide a --guide b --keep", "--keep is for one guide."],
    ["--guide a --guide b export f", 'Write --guide after "export".'],
    ["--shard 0/2", "such as 2/4."],
    ["--shard 3/2", "such as 2/4."],
    ["--jobs 0", "from 1 to 32."],
  ])("%s is refused", (line, message) => {
    expect(() => parse(line)).toThrow(usage(expect.stringContaining(message)));
  });
});

describe("options before a command", () => {
  test.each([
    ["--guide x new step a", { name: "new step", options: { name: "a", guide: "x" } }],
    ["--guide x new driver a", { name: "new driver", options: { guide: "x" } }],
    ["--guide x export f", { name: "export", options: { file: "f", guide: "x" } }],
    ["learn --guide x list", { name: "learn list", options: { guide: "x" } }],
    ["--guide x learn --timeout 5 list", { options: { guide: "x", timeout: 5 } }],
    ["--driver a --timeout 5 export f", { options: { driver: ["a"], timeout: 5 } }],
    ["--driver a export f --timeout 5", { options: { driver: ["a"], timeout: 5 } }],
    ["export f", { options: { driver: [], timeout: 30 } }],
    ["--driver a new project d", { options: { directory: "d", driver: "a" } }],
  ])("%s: they are passed on", (line, expected) => {
    expect(parse(line)).toMatchObject(expected);
  });

  test.each([
    ["--driver a new step b", '--driver does not go with "new step".'],
    ["--guide x db", '--guide does not go with "db".'],
    ["--watch export f", '--watch does not go with "export".'],
    ["--accept x doctor", '--accept does not go with "doctor".'],
    ["learn --once a list", '--once does not go with "learn list".'],
    ["--driver a --driver b new project d", 'Write --driver after "new project".'],
  ])("%s: they are refused", (line, message) => {
    expect(() => parse(line)).toThrow(usage(message));
  });
});

describe("an option that takes one value", () => {
  const message = (flag: string) =>
    `${flag} is given twice, and takes one value. Remove one of them.`;
  test.each([
    ["--step 1 --step 2", "--step"],
    ["--timeout 1 --timeout=2", "--timeout"],
    ["export f --format md --format html", "--format"],
    ["db --keep a --keep b", "--keep"],
    ["board --port 1 --port 2", "--port"],
    ["learn list --timeout 1 --timeout 2", "--timeout"],
    ["new project d --driver pg --driver postgres", "--driver"],
    ["--guide a export f --guide b", "--guide"],
    ["--driver a export f --driver b", "--driver"],
    ["--guide a learn --guide b list", "--guide"],
  ])("%s is refused", (line, flag) => {
    expect(() => parse(line)).toThrow(usage(message(flag)));
  });
});

test.each([
  [["--guide", ""], "--guide"],
  [["--guide="], "--guide"],
  [["--guide", "a", "--guide", ""], "--guide"],
  [["--baseline", ""], "--baseline"],
  [["learn", "--name", ""], "--name"],
])("an empty value of an option is refused: %j", (argv, flag) => {
  const read = () => parseArguments(argv, commands, inPipe, "1.2.3");
  expect(read).toThrow(usage(`${flag} is empty. Is a variable not set?`));
});
