import { Command, type CommanderError, InvalidArgumentError, Option } from "commander";
import { isCi } from "../common/ci.ts";
import { Failure } from "../common/failure.ts";
import { guideCommand } from "../common/project.ts";

/** What a command may use of the process that it runs in. */
export interface Context {
  readonly print: (text: string) => void;
  /** Tells the reader something that is not part of the result. */
  readonly note: (message: string) => void;
  /** Aborted when the user interrupts. */
  readonly signal: AbortSignal;
  readonly interrupt: () => void;
}

/** Where the command runs. */
export interface Environment {
  /** Continuous integration: golden files are only checked. */
  readonly isCi: boolean;
  /** A reader is at a terminal, and can answer questions. */
  readonly isInteractive: boolean;
}

/** True if a reader is at a terminal, and can answer questions. */
export function isInteractive(): boolean {
  return Boolean(process.stdin.isTTY && process.stdout.isTTY && !isCi());
}

/** What a command line asks for: a text (--help, --version), or a command to perform. */
export type CommandLine =
  | { readonly kind: "answer"; readonly text: string }
  | {
      readonly kind: "command";
      /** Such as "run" or "learn list". */
      readonly name: string;
      readonly options: object;
      /** True if it runs until it is ended: then the end of the process that started it ends it, too. */
      readonly isLasting: boolean;
      /** @returns the exit code */
      perform(context: Context): Promise<number>;
    };

/** Does a command's work. @returns the exit code */
export type Perform<Options> = (options: Options, context: Context) => Promise<number>;

/**
 * Stores the command that a command line asks for.
 * @param load imports the command's implementation, when it is performed: starting fast matters
 * @param isLasting true if it runs until it is ended
 */
export type Use = <Options extends object>(
  name: string,
  options: Options,
  load: () => Promise<Perform<Options>>,
  isLasting?: boolean,
) => void;

/** Registers a command: its description, options and examples, and an action that calls `use`. */
export type AddCommand = (program: Command, use: Use, environment: Environment) => void;

/** Makes a program of these commands. */
export function createProgram(
  commands: readonly AddCommand[],
  environment: Environment,
  version: string,
  use: Use,
): Command {
  const program = new Command("run-guide")
    .enablePositionalOptions() // options after a command belong to that command
    .helpCommand("help [command]", "show the help of a command")
    .helpOption("-h, --help", "show this help");
  for (const add of commands) add(program, use, environment);
  return program.version(version, "-V, --version", "show the version");
}

/**
 * Reads a command line.
 * @param argv without node and the script
 * @throws Failure of kind "usage" that says what is wrong, and what to write instead
 */
export function parseArguments(
  argv: readonly string[],
  commands: readonly AddCommand[],
  environment: Environment,
  version: string,
): CommandLine {
  let text = "";
  let line: CommandLine | undefined;
  const program = createProgram(commands, environment, version, (...used) => {
    const [name, options, load, isLasting = false] = used;
    const perform = async (context: Context) => (await load())(options, context);
    line = { kind: "command", name, options, isLasting, perform };
  });
  for (const command of withSubcommands(program)) {
    refuseSlips(command);
    command
      .exitOverride((error) => {
        if (error.exitCode !== 0) throw new Failure("usage", explain(error, command));
        throw new Answered();
      })
      .configureOutput({
        writeOut: (output) => {
          text += output;
        },
        writeErr: () => {},
      });
  }
  program.hook("preAction", (_, command) => passOn(command));

  try {
    program.parse([...argv], { from: "user" });
  } catch (error) {
    if (!(error instanceof Answered)) throw error;
  }
  return line ?? { kind: "answer", text };
}

/** True for a command line that is about one of the commands, and not about a run. It may have mistakes. */
export function namesCommand(argv: readonly string[], commands: readonly AddCommand[]): boolean {
  const environment = { isCi: true, isInteractive: false };
  const program = createProgram(commands, environment, "", () => {});
  const isValue = (at: number) =>
    program.options.some(({ long, required }) => required && long === argv[at - 1]);
  return argv.some(
    (word, at) => !isValue(at) && program.commands.some((command) => command.name() === word),
  );
}

/** Ends the parsing of a command line that asks for a text. */
class Answered extends Error {}

function withSubcommands(command: Command): Command[] {
  return [command, ...command.commands.flatMap(withSubcommands)];
}

/**
 * Makes an option that collects values.
 * @param none what the help says of its default
 * @param read throws InvalidArgumentError, which commander reports
 */
export function repeatable<Value>(
  flags: string,
  description: string,
  none: string,
  read: (text: string) => Value,
): Option {
  return new Option(flags, description)
    .argParser((text: string, chosen: Value[]) => [...chosen, read(text)])
    .default([], none);
}

/** An option that collects values has a list as its default. */
const isRepeatable = (option: Option) => Array.isArray(option.defaultValue);

/**
 * Refuses what commander would take without a word: of an option that is given twice, the last value; and an empty
 * value, as of a variable that is not set.
 */
function refuseSlips(command: Command): void {
  for (const option of command.options.filter(({ required }) => required)) {
    let isThere = false;
    command.on(`option:${option.name()}`, (value: string) => {
      if (value === "")
        throw new Failure("usage", `${option.long} is empty. Is a variable not set?`);
      if (isThere && !isRepeatable(option)) throw new Failure("usage", repeated(option));
      isThere = true;
    });
  }
}

function repeated({ long }: Option): string {
  return `${long} is given twice, and takes one value. Remove one of them.`;
}

/** Gives the options that precede a command to that command, and refuses those that it does not have. */
function passOn(command: Command): void {
  for (let { parent } = command; parent; parent = parent.parent) {
    for (const option of parent.options) {
      const key = option.attributeName();
      if (parent.getOptionValueSource(key) !== "cli") continue;
      const own = command.options.find((one) => one.attributeName() === key);
      if (!own) {
        throw new Failure("usage", `${option.long} does not go with "${pathOf(command)}".`);
      }
      const given: unknown = parent.getOptionValue(key);
      const isOne = !isRepeatable(own) && Array.isArray(given) && given.length === 1;
      if (isRepeatable(own) !== isRepeatable(option) && !isOne) {
        throw new Failure("usage", `Write ${option.long} after "${pathOf(command)}".`);
      }
      if (command.getOptionValueSource(key) === "cli") throw new Failure("usage", repeated(option));
      command.setOptionValueWithSource(key, isOne ? given[0] : given, "cli");
    }
  }
}

/** Such as "learn list"; empty for the program. */
function pathOf(command: Command): string {
  const { parent } = command;
  return parent ? `${pathOf(parent)} ${command.name()}`.trim() : "";
}

/** Makes plain sentences of commander's error. */
function explain({ code, message }: CommanderError, command: Command): string {
  const path = pathOf(command);
  const names = command.commands.map((sub) => `${path} ${sub.name()}`.trim());
  const choices = `The commands: ${names.join(", ")}.`;
  const isExcess = code === "commander.excessArguments" && !command.parent;
  if (isExcess || code === "commander.help") {
    // A word that is not a command counts as an argument of the program, or is after "help".
    const word = command.args[isExcess ? 0 : 1];
    if (word === undefined) return `${path} what? ${choices}`;
    const isPage = isExcess && /\.mdx?$/i.test(word);
    const page = "A page goes after --guide, and a pattern such as 'docs/**/*.md' in quotes.";
    return `Unknown command ${word}. ${isPage ? page : choices}`;
  }
  const [, sentence = "", suggestion] =
    /^(?:error: )?(.*?)\.?(?:\n\((Did you mean .*)\))?$/s.exec(message) ?? [];
  const plain = sentence.replace(/\s+/g, " ").replace(/'(-[^']*)'/g, "$1");
  const help = ` See ${`${guideCommand} ${path}`.trim()} --help.`;
  const hints: Readonly<Record<string, string>> = {
    "commander.unknownOption": help,
    "commander.missingArgument": help,
    "commander.unknownCommand": ` ${choices}`,
  };
  const hint = suggestion ? ` ${suggestion}` : (hints[code] ?? "");
  return `${plain.charAt(0).toUpperCase()}${plain.slice(1)}.${hint}`;
}

/** Which guide, and how its steps are run. */
export interface GuideOptions {
  /** The guide's directory; undefined for this project's own guide. */
  readonly guide?: string | undefined;
  /** Empty for all clients. */
  readonly driver: readonly string[];
  /** Also run every standalone client that can run here. */
  readonly standalone?: boolean;
  /** Seconds. */
  readonly timeout: number;
}

/**
 * Adds the options that choose a guide and its clients.
 * @param guide the option that names it, or several of them
 */
export function addGuideOptions(
  command: Command,
  guide = new Option("--guide <directory>", "use another guide, laid out like this one"),
): Command {
  return command
    .addOption(guide)
    .addOption(
      new Option("--driver <name>", "run with this client only (repeatable)")
        .argParser((name: string, chosen: string[]) => [...new Set([...chosen, name])])
        .default([], "all"),
    )
    .option("--standalone", "also run the scripts in standalone/ whose language is installed")
    .addOption(timeLimit());
}

export function anotherGuide(): Option {
  return new Option("--guide <directory>", "use another guide");
}

export function timeLimit(): Option {
  return new Option("--timeout <seconds>", "time limit of one run")
    .argParser(readSeconds)
    .default(30);
}

/**
 * Makes what reads the value of an option for commander.
 * @param read returns undefined for what cannot be a value
 * @param problem what commander says of it
 */
export function reading<Value>(read: (text: string) => Value | undefined, problem: string) {
  return (text: string): Value => {
    const value = read(text);
    if (value === undefined) throw new InvalidArgumentError(problem);
    return value;
  };
}

export const readPort = reading(
  (text) => (/^\d+$/.test(text) && Number(text) < 65_536 ? Number(text) : undefined),
  "It is a number up to 65535.",
);

export const readSeconds = reading(
  (text) => (Number(text) > 0 && Number(text) <= 86_400 ? Number(text) : undefined),
  "It is a number of seconds, such as 30.",
);

/** The examples at the end of a command's `--help`. */
export function example(...lines: readonly string[]): string {
  const head = lines.length === 1 ? "Example:" : "Examples:";
  return `\n${[head, ...lines.map((line) => `  ${guideCommand} ${line}`)].join("\n")}`;
}
