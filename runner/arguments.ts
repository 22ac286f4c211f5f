import { Command, CommanderError, InvalidArgumentError, Option } from "commander";
import { Failure } from "./failure.ts";
import { type ReporterChoice, reporterNames } from "./report/reporters.ts";

/** What the command line asks for. */
export interface Arguments {
  /** The guide's directory; undefined for this project's own guide. */
  readonly guide?: string;
  /** Empty for all of them. */
  readonly driver: readonly string[];
  /** A step's name or number; undefined for the whole guide. */
  readonly step?: string;
  readonly list?: boolean;
  /** Seconds. */
  readonly timeout: number;
  readonly update?: boolean;
  readonly inPlace?: boolean;
  /** Empty for the default. */
  readonly reporter: readonly ReporterChoice[];
}

/** Either what to run, or a text that answers the command line by itself: --help, --version. */
export type CommandLine =
  | { readonly kind: "run"; readonly options: Arguments }
  | { readonly kind: "answer"; readonly text: string };

const examples = `
Examples:
  npx tsx run-guide.ts                     run the whole guide with every driver
  npx tsx run-guide.ts --step 3            run up to step 3, and report it and its re-reads
  npx tsx run-guide.ts --driver postgres   run it with postgres.js only
  npx tsx run-guide.ts --reporter terminal --reporter junit=report.xml
  npx tsx run-guide.ts --update            take what the drivers agree on as the new outputs

Without DATABASE_URL, in the environment or in .env, the guide runs on a PostgreSQL of its own.

Exit codes: 0 all verified, 1 not verified, 2 wrong usage or layout, 3 no usable database.`;

/**
 * @param argv without node and the script
 * @throws Failure of kind "usage" that names the valid choices
 */
export function parseArguments(argv: readonly string[], version: string): CommandLine {
  let text = "";
  const command = new Command("run-guide")
    .usage("[options]")
    .description("Runs the guide's steps with every driver, and verifies what they print.")
    .addOption(
      new Option("--driver <name>", "run with this driver only (repeatable)")
        .argParser((name: string, chosen: string[]) => [...new Set([...chosen, name])])
        .default([], "all"),
    )
    .option("--step <name|number>", "run up to this step; report it and its re-reads")
    .option("--guide <directory>", "run another guide, laid out like this one")
    .option("--list", "list the runs, and run nothing")
    .addOption(
      new Option("--timeout <seconds>", "time limit of one run").argParser(readSeconds).default(30),
    )
    .option("--update", "write the golden files on whose content all drivers agree")
    .option("--in-place", "run in the database of DATABASE_URL itself, without scratch databases")
    .addOption(
      new Option(
        "--reporter <name[=file]>",
        `how to report: ${reporterNames.join(", ")} (repeatable)`,
      )
        .argParser(readReporter)
        .default([], "terminal"),
    )
    .helpOption("--help", "show this help")
    .version(version, "--version", "show the version")
    .addHelpText("after", examples)
    .showSuggestionAfterError()
    .exitOverride()
    .configureOutput({
      writeOut: (output) => {
        text += output;
      },
      writeErr: () => {},
    });

  try {
    command.parse([...argv], { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return { kind: "answer", text };
    throw new Failure("usage", usageMessage(error, command));
  }
  return { kind: "run", options: command.opts<Arguments>() };
}

function usageMessage(error: CommanderError, command: Command): string {
  const message = error.message.replace(/^error: /, "").replace(/\s+/g, " ");
  const flags = command.options.map(({ long }) => long).join(", ");
  if (error.code === "commander.unknownOption") return `${message}. The options: ${flags}.`;
  if (error.code === "commander.excessArguments") {
    return `Unknown argument "${command.args[0]}". The options: ${flags}.`;
  }
  return message.replace(/\.?$/, ".");
}

function readReporter(text: string, chosen: ReporterChoice[]): ReporterChoice[] {
  const [, wanted = "", file] = /^([^=]*)(?:=(.+))?$/.exec(text) ?? [];
  const name = reporterNames.find((one) => one === wanted);
  if (name) return [...chosen, { name, file }];
  throw new InvalidArgumentError(`The reporters: ${reporterNames.join(", ")}.`);
}

function readSeconds(text: string): number {
  const seconds = Number(text);
  if (text.trim() === "" || !(seconds > 0 && seconds <= 86_400)) {
    throw new InvalidArgumentError("It is a number of seconds, such as 30.");
  }
  return seconds;
}
