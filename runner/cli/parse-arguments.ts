import { Command, CommanderError } from "commander";
import { Failure } from "../common/failure.ts";
import type { CommandLine } from "./command-line.ts";
import { describeComplete, describeProgram } from "./describe.ts";
import type { Surroundings } from "./run-mode.ts";

/**
 * @param argv without node and the script
 * @throws Failure of kind "usage" that says what is meant, or what there is to choose from
 */
export function parseArguments(
  argv: readonly string[],
  version: string,
  surroundings: Surroundings,
): CommandLine {
  let text = "";
  let result: CommandLine | undefined;
  const program = describeProgram(version, surroundings, (line) => {
    result = line;
  });
  describeComplete(program, (line) => {
    result = line;
  });
  for (const command of [program, ...subcommandsOf(program)]) {
    command
      .helpOption("-h, --help", "show this help")
      .exitOverride((error) => {
        throw error.exitCode === 0 ? error : new Failure("usage", explain(error, command));
      })
      .configureOutput({
        writeOut: (output) => {
          text += output;
        },
        writeErr: () => {},
      });
  }
  program.hook("preAction", passOn);

  try {
    program.parse([...argv], { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
  }
  return result ?? { kind: "answer", text };
}

function subcommandsOf(command: Command): Command[] {
  return command.commands.flatMap((sub) => [sub, ...subcommandsOf(sub)]);
}

/** Gives the options that stand before a command to that command; what it does not know is refused. */
function passOn(program: Command, command: Command): void {
  if (command === program) return;
  for (const option of program.options) {
    const key = option.attributeName();
    if (program.getOptionValueSource(key) !== "cli") continue;
    if (!command.options.some((own) => own.attributeName() === key)) {
      throw new Failure("usage", `${option.long} does not go with "${nameOf(command)}".`);
    }
    if (command.getOptionValueSource(key) === "cli") {
      throw new Failure("usage", `${option.long} stands before and after "${nameOf(command)}".`);
    }
    command.setOptionValue(key, program.getOptionValue(key));
  }
}

function nameOf(command: Command): string {
  const { parent } = command;
  return parent?.parent ? `${nameOf(parent)} ${command.name()}` : command.name();
}

function explain(error: CommanderError, command: Command): string {
  const [message = ""] = error.message.replace("error: ", "").split("\n(Did you mean");
  const sentence = capital(message.replace(/\s+/g, " ").replace(/\.?$/, "."));
  const options = command.createHelp().visibleOptions(command);
  const named = options.find(({ flags }) => error.message.includes(`'${flags}'`));
  const flags = `The options: ${options.map(({ long }) => long).join(", ")}.`;
  switch (error.code) {
    case "commander.unknownOption":
      return `${sentence} ${suggestionIn(error) ?? flags}`;
    case "commander.unknownCommand":
      return explainWord(command, command.args[0], "");
    case "commander.excessArguments":
      return command.parent ? sentence : explainWord(command, command.args[0], flags);
    case "commander.optionMissingArgument":
      return `${sentence} What it does: ${named?.description}.`;
    case "commander.help": // "new" alone, or "help" for what is no command
      return explainWord(command, command.args[1], "");
    default:
      return sentence;
  }
}

/** For a word that is no command. Where it is like one, that one is meant. */
function explainWord(command: Command, word: string | undefined, flags: string): string {
  const prefix = command.parent ? `${command.name()} ` : "";
  const names = command.commands.map((sub) => sub.name());
  const commands = `The commands: ${names.map((name) => prefix + name).join(", ")}.`;
  if (word === undefined) return `${command.name()} what? ${commands}`;
  return [
    `Unknown command "${prefix}${word}".`,
    suggestionFor(word, names) ?? `${commands} ${flags}`,
  ]
    .join(" ")
    .trim();
}

/** A program that runs without a command is never asked for its suggestion: another one is. */
function suggestionFor(word: string, names: readonly string[]): string | undefined {
  const probe = new Command().exitOverride().configureOutput({ writeErr: () => {} });
  for (const name of names) probe.command(name);
  try {
    probe.parse([word], { from: "user" });
  } catch (error) {
    if (error instanceof CommanderError) return suggestionIn(error);
    throw error;
  }
  return undefined;
}

function suggestionIn({ message }: CommanderError): string | undefined {
  return /\((Did you mean .*\?)\)/.exec(message)?.[1];
}

function capital(text: string): string {
  return text.replace(/./, (letter) => letter.toUpperCase());
}
