import { InvalidArgumentError, Option } from "commander";
import { guideCommand } from "../../drivers/connection/installed.ts";
import type { CommandLine } from "./command-line.ts";

/** Is told what the command line asks for. */
export type Use = (line: CommandLine) => void;

/** Command lines for the end of a help text. */
export function example(...lines: readonly string[]): string {
  const head = lines.length === 1 ? "Example:" : "Examples:";
  return `\n${[head, ...lines.map((line) => `  ${guideCommand} ${line}`)].join("\n")}`;
}

export function timeLimit(): Option {
  return new Option("--timeout <seconds>", "time limit of one run")
    .argParser(readSeconds)
    .default(30);
}

function readSeconds(text: string): number {
  const seconds = Number(text);
  if (text.trim() === "" || !(seconds > 0 && seconds <= 86_400)) {
    throw new InvalidArgumentError("It is a number of seconds, such as 30.");
  }
  return seconds;
}
