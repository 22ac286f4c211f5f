import type { Command } from "commander";
import { describe, expect, test, vi } from "vitest";
import { commands } from "../../classroom/main.ts";
import { createProgram, parseArguments } from "../../runner/cli/program.ts";

const inPipe = { isCi: false, isInteractive: false };
const parse = (line: string) =>
  parseArguments(line.split(" ").filter(Boolean), commands, inPipe, "1.2.3");

/** A message or an answer that begins so. */
const begins = (text: string) => expect.toSatisfy((whole: string) => whole.startsWith(text));

describe("a mistake", () => {
  const choices = "The commands: open, export, merge, db, doctor, new, learn, board.";
  const kinds = "The commands: new guide, new page, new step, new driver, new golden, new project.";
  test.each([
    ["--drver pg", "Unknown option --drver. Did you mean --driver?"],
    ["export f --chek", "Unknown option --chek. Did you mean --check?"],
    ["--nonsense", "Unknown option --nonsense. See npx tsx run-guide.ts --help."],
    ["db --foo", "Unknown option --foo. See npx tsx run-guide.ts db --help."],
    ["learn list --foo", "Unknown option --foo. See npx tsx run-guide.ts learn list --help."],
    ["exprot f", `Unknown command exprot. ${choices}`],
    [
      "docs/a.md docs/b.md",
      "Unknown command docs/a.md. A page goes after --guide, and a pattern such as 'docs/**/*.md' in quotes.",
    ],
    ["new stp x", "Unknown command 'stp'. Did you mean step?"],
    ["new chapter x", `Unknown command 'chapter'. ${kinds}`],
    ["new", `new what? ${kinds}`],
    ["help nonsense", `Unknown command nonsense. ${choices}`],
    ["new step", "Missing required argument 'name'. See npx tsx run-guide.ts new step --help."],
    ["doctor x", "Too many arguments for 'doctor'. Expected 0 arguments but got 1."],
    ["--step", "Option --step <name|number> argument missing."],
    ["learn --once", "Option --once <name> argument missing."],
    ["db --port 5433", "--port needs --keep: --keep NAME --port NUMBER."],
  ])("%s", (line, message) => {
    const written = vi.spyOn(process.stderr, "write");
    expect(() => parse(line)).toThrow(expect.objectContaining({ kind: "usage", message }));
    expect(written).not.toHaveBeenCalled();
    written.mockRestore();
  });
});

describe("help", () => {
  test.each([
    ["-h", "Usage: run-guide [options] [command]"],
    ["--help", "Usage: run-guide [options] [command]"],
    ["help", "Usage: run-guide [options] [command]"],
    ["help export", "Usage: run-guide export [options] <file>"],
    ["export --help", "Usage: run-guide export [options] <file>"],
    ["db -h", "Usage: run-guide db [options]"],
    ["new step -h", "Usage: run-guide new step [options] <name>"],
    ["help new", "Usage: run-guide new [options] [command]"],
    ["-V", "1.2.3\n"],
    ["--version", "1.2.3\n"],
  ])("%s answers", (line, text) => {
    expect(parse(line)).toEqual({ kind: "answer", text: begins(text) });
  });

  const pathsOf = (command: Command, path: string): [string, Command][] => [
    [path, command],
    ...command.commands.flatMap((sub) => pathsOf(sub, `${path} ${sub.name()}`.trim())),
  ];

  test("every command is described, and its examples are of it, and work", () => {
    const program = createProgram(commands, inPipe, "1.0.0", () => {});
    for (const [path, command] of pathsOf(program, "")) {
      const help = parse(`${path} --help`);
      const text = help.kind === "answer" ? help.text : "";
      const [, head, block = ""] = /\n(Examples?):\n((?: {2}.*\n)+)/.exec(text) ?? [];
      const examples = [...block.matchAll(/^ {2}npx tsx run-guide\.ts(.*?)(?: {2}.*)?$/gm)];
      expect(examples, path).toHaveLength(block.trimEnd().split("\n").length);
      expect(head, path).toBe(examples.length === 1 ? "Example" : "Examples");
      for (const [, line = ""] of examples) {
        expect(` ${line} `).toContain(` ${path} `.trimStart());
        expect(parse(line).kind, line).not.toBe("answer");
      }
      const descriptions = command.options.map(({ description }) => description);
      expect([command.description(), ...descriptions], path).not.toContain("");
      expect(text).not.toMatch(/default: (\[|0\))/); // a default is told in words
      expect(text.match(/^ {2}help /gm) ?? [], path).toHaveLength(path ? 0 : 1);
    }
  });
});
