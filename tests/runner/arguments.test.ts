import type { Command } from "commander";
import { afterEach, describe, expect, test, vi } from "vitest";
import { describeProgram } from "../../runner/arguments/describe.ts";
import { parseArguments } from "../../runner/arguments/parse-arguments.ts";
import { isCi } from "../../runner/surroundings.ts";

const inPipe = { isCi: false, isInteractive: false };
const atTerminal = { isCi: false, isInteractive: true };
const parse = (line: string, surroundings = inPipe) =>
  parseArguments(line.split(" ").filter(Boolean), "1.2.3", surroundings);

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
    ["--watch", atTerminal, { kind: "watch" }],
    ["--watch --yes --driver pg", inPipe, { kind: "watch" }],
    ["--list --step 3", atTerminal, { kind: "list", step: "3" }],
  ])("%s", (line, surroundings, mode) => {
    expect(parse(line, surroundings)).toMatchObject({ kind: "run", mode });
  });

  const inCi = { isCi: true, isInteractive: false };
  test.each([
    ["--update", inCi, "--update writes golden files, and CI is set"],
    ["--review", inCi, "--review writes golden files, and CI is set"],
    ["--accept x", inCi, "--accept writes golden files, and CI is set"],
    ["--review", inPipe, "--review asks at a terminal. Without one: --accept FILE, or --update."],
    ["--watch --step 3", inPipe, "Option '--watch' cannot be used with option '--step"],
    ["--watch --bail", inPipe, "Option '--watch' cannot be used with option '--bail'"],
    ["--watch --reporter tap", inPipe, "Option '--watch' cannot be used with option '--reporter"],
    ["--list --watch", inPipe, "Option '--list' cannot be used with option '--watch'"],
    ["--list --update", inPipe, "Option '--list' cannot be used with option '--update'"],
    ["--update --review", inPipe, "Option '--update' cannot be used with option '--review'"],
    ["--review --accept x", inPipe, "Option '--review' cannot be used with option '--accept"],
  ])("%s is refused in %j", (line, surroundings, message) => {
    expect(() => parse(line, surroundings)).toThrow(message);
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
    expect(() => parse(line)).toThrow(message);
  });
});

describe("a slip of the hand", () => {
  test.each([
    ["--drver pg", "Unknown option '--drver'. Did you mean --driver?"],
    ["export f --chek", "Unknown option '--chek'. Did you mean --check?"],
    ["--nonsense", "Unknown option '--nonsense'. The options: --guide, --driver, "],
    ["db --foo", "Unknown option '--foo'. The options: --keep, --port, --help."],
    ["doctor --fox", "Unknown option '--fox'. The options: --json, --help."],
    ["exprot f", 'Unknown command "exprot". Did you mean export?'],
    [
      "something",
      'Unknown command "something". The commands: open, export, db, doctor, new, learn, board, complete. The options:',
    ],
    ["new stp x", 'Unknown command "new stp". Did you mean step?'],
    [
      "new chapter x",
      'Unknown command "new chapter". The commands: new guide, new step, new driver, new golden, new project.',
    ],
    ["new", "new what? The commands: new guide, new step, new driver, new golden, new project."],
    [
      "help nonsense",
      'Unknown command "nonsense". The commands: open, export, db, doctor, new, learn, board, complete.',
    ],
    ["new step", "Missing required argument 'name'."],
    ["doctor x", "Too many arguments for 'doctor'. Expected 0 arguments but got 1."],
    ["--step", "Option '--step <name|number>' argument missing."],
    ["learn --once", "argument missing. What it does: run one exercise, such as pg/02-read, and"],
    ["db --keep Bad-Name", "It is small letters, digits and _, such as afternoon."],
    ["db --keep a --port 99999", "It is a number up to 65535."],
    ["db --port 5433", "--port is for a server that is kept: --keep NAME --port NUMBER."],
    ["--timeout soon", "It is a number of seconds, such as 30."],
    ["--reporter morse", "The reporters: terminal, json, junit, tap, github."],
  ])("%s", (line, message) => {
    expect(() => parse(line)).toThrow(message);
    expect(() => parse(line)).not.toThrow(/\n/);
  });
});

describe("help", () => {
  test.each([
    ["-h", "Usage: run-guide [options] [command]"],
    ["--help", "Exit codes: 0 all verified"],
    ["help", "Usage: run-guide [options] [command]"],
    ["help export", "Usage: run-guide export [options] <file>"],
    ["export --help", "  npx tsx run-guide.ts export guide.html"],
    ["db -h", "  npx tsx run-guide.ts db"],
    ["doctor --help", "  npx tsx run-guide.ts doctor"],
    ["new --help", "  npx tsx run-guide.ts new step sort-books"],
    ["new step -h", "  npx tsx run-guide.ts new step sort-books"],
    ["help new", "  npx tsx run-guide.ts new driver my-driver"],
    ["-V", "1.2.3\n"],
    ["--version", "1.2.3\n"],
  ])("%s answers", (line, text) => {
    expect(parse(line)).toEqual({ kind: "answer", text: expect.stringContaining(text) });
  });
});

test("the help of each command has an example", () => {
  const program = describeProgram("1.0.0", inPipe, () => {});
  const paths = (command: Command, path: string[]): string[][] =>
    command.commands.flatMap((sub) => {
      const own = [...path, sub.name()];
      return [own, ...paths(sub, own)];
    });
  for (const path of [...paths(program, []), ["complete"]]) {
    const line = parse([...path, "--help"].join(" "));
    expect(line, path.join(" ")).toMatchObject({
      text: expect.stringMatching(/^Examples?:\n {2}npx/m),
    });
  }
});
