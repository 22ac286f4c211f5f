import { Command, CommanderError, InvalidArgumentError, Option } from "commander";
import { Failure } from "./failure.ts";
import { type ReporterChoice, reporterNames } from "./report/reporter-names.ts";

/** What all ways of running a guide share. */
export interface GuideOptions {
  /** The guide's directory; undefined for this project's own guide. */
  readonly guide?: string;
  /** Empty for all of them. */
  readonly driver: readonly string[];
  /** With every standalone client that can run, too. */
  readonly standalone?: boolean;
  /** Seconds. */
  readonly timeout: number;
}

/** `run-guide` without a command. */
export interface RunOptions extends GuideOptions {
  /** A step's name or number; undefined for the whole guide. */
  readonly step?: string;
  readonly yes?: boolean;
  readonly list?: boolean;
  readonly watch?: boolean;
  readonly update?: boolean;
  readonly review?: boolean;
  readonly accept: readonly string[];
  readonly keep?: boolean;
  readonly bail?: boolean;
  readonly inPlace?: boolean;
  /** Empty for the default. */
  readonly reporter: readonly ReporterChoice[];
}

export interface ExportOptions extends GuideOptions {
  readonly format?: string;
  readonly check?: boolean;
  readonly unverified?: boolean;
}

/** What the command line asks for. An answer is a text: --help, --version. */
export type CommandLine =
  | { readonly kind: "answer"; readonly text: string }
  | { readonly kind: "run"; readonly options: RunOptions }
  | { readonly kind: "export"; readonly file: string; readonly options: ExportOptions }
  | { readonly kind: "db" }
  | { readonly kind: "doctor"; readonly json: boolean }
  | {
      readonly kind: "new";
      readonly what: "step" | "driver";
      readonly name: string;
      readonly guide?: string;
    }
  | {
      readonly kind: "new project";
      readonly directory: string;
      readonly driver: string;
      readonly guide?: string;
    };

const examples = `
Examples:
  npx tsx run-guide.ts                     follow the guide, step by step
  npx tsx run-guide.ts --yes               run it from beginning to end
  npx tsx run-guide.ts --step 3            run up to step 3, and report it and its re-reads
  npx tsx run-guide.ts --watch             run it again whenever a file is saved
  npx tsx run-guide.ts --update            take what the drivers agree on as the new outputs
  npx tsx run-guide.ts --reporter terminal --reporter junit=report.xml
  npx tsx run-guide.ts doctor              check that everything is there

Without DATABASE_URL, in the environment or in .env, the guide runs on a PostgreSQL of its own.

Exit codes: 0 all verified, 1 not verified, 2 wrong usage or layout, 3 no usable database.`;

/**
 * @param argv without node and the script
 * @throws Failure of kind "usage" that names the valid choices
 */
export function parseArguments(argv: readonly string[], version: string): CommandLine {
  let text = "";
  let result: CommandLine | undefined;
  const command = describeCommands((line) => {
    result = line;
  });
  command.version(version, "--version", "show the version");
  for (const one of [
    command,
    ...command.commands,
    ...command.commands.flatMap((sub) => sub.commands),
  ]) {
    one
      .helpOption("--help", "show this help")
      .exitOverride()
      .configureOutput({
        writeOut: (output) => {
          text += output;
        },
        writeErr: () => {},
      });
  }

  try {
    command.parse([...argv], { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return { kind: "answer", text };
    throw new Failure("usage", usageMessage(error, command));
  }
  return result ?? { kind: "answer", text: command.helpInformation() };
}

function describeCommands(use: (line: CommandLine) => void): Command {
  const program = addGuideOptions(new Command("run-guide"))
    .usage("[options] [command]")
    .enablePositionalOptions() // behind a command, options are the command's own
    .description("Runs the guide's steps with every driver, and verifies what they print.")
    .option("--step <name|number>", "run up to this step; report it and its re-reads")
    .option("--yes", "wait for no key: run from beginning to end")
    .option("--list", "list the runs, and run nothing")
    .option("--watch", "run again when a step, a driver or a golden file is saved")
    .option("--update", "write the golden files on whose content all drivers agree")
    .option("--review", "decide on each change to a golden file")
    .addOption(
      new Option("--accept <file>", "write this golden file (repeatable)")
        .argParser((file: string, chosen: string[]) => [...chosen, file])
        .default([], "none"),
    )
    .option("--keep", "keep the databases until you press Enter, and show how to connect")
    .option("--bail", "stop all drivers at the first failure")
    .option("--in-place", "run in the database of DATABASE_URL itself, without scratch databases")
    .addOption(
      new Option(
        "--reporter <name[=file]>",
        `how to report: ${reporterNames.join(", ")} (repeatable)`,
      )
        .argParser(readReporter)
        .default([], "terminal"),
    )
    .addHelpText("after", examples)
    .action((options: RunOptions) => use({ kind: "run", options }));

  addGuideOptions(program.command("export <file>"))
    .description("write the guide as a document: .md, .ipynb or .html, or - for stdout")
    .option("--format <format>", "md, ipynb or html, whatever the file's name")
    .option("--check", "compare with the file instead of writing it")
    .option("--unverified", "export even where an output is not verified, and mark it")
    .action((file: string, options: ExportOptions) => use({ kind: "export", file, options }));
  program
    .command("db")
    .description("start the embedded PostgreSQL, and show its DATABASE_URL, until Ctrl-C")
    .action(() => use({ kind: "db" }));
  program
    .command("doctor")
    .description("check everything that the guide needs")
    .option("--json", "as JSON")
    .action(({ json }: { json?: boolean }) => use({ kind: "doctor", json: json === true }));

  const create = program
    .command("new")
    .description("write a step, a driver or a project that works at once");
  for (const what of ["step", "driver"] as const) {
    create
      .command(`${what} <name>`)
      .description(`write a new ${what}`)
      .option("--guide <directory>", "of another guide")
      .action((name: string, { guide }: { guide?: string }) =>
        use({ kind: "new", what, name, ...(guide !== undefined && { guide }) }),
      );
  }
  create
    .command("project <directory>")
    .description("copy standalone scripts, as a project of your own")
    .option("--driver <name>", "whose scripts, such as pg, postgres or drizzle", "pg")
    .option("--guide <directory>", "of another guide")
    .action((directory: string, options: { driver: string; guide?: string }) =>
      use({ kind: "new project", directory, ...options }),
    );
  return program;
}

function addGuideOptions(command: Command): Command {
  return command
    .option("--guide <directory>", "use another guide, laid out like this one")
    .addOption(
      new Option("--driver <name>", "run with this driver only (repeatable)")
        .argParser((name: string, chosen: string[]) => [...new Set([...chosen, name])])
        .default([], "all"),
    )
    .option("--standalone", "run the scripts in standalone/, too, whose language is there")
    .addOption(
      new Option("--timeout <seconds>", "time limit of one run").argParser(readSeconds).default(30),
    );
}

function usageMessage(error: CommanderError, command: Command): string {
  const message = error.message.replace(/^error: /, "").replace(/\s+/g, " ");
  const flags = command.options.map(({ long }) => long).join(", ");
  if (error.code === "commander.unknownOption") return `${message}. The options: ${flags}.`;
  const commands = command.commands.map((sub) => sub.name()).join(", ");
  if (error.code === "commander.unknownCommand" || error.code === "commander.excessArguments") {
    return `Unknown command "${command.args[0]}". The commands: ${commands}. The options: ${flags}.`;
  }
  if (error.code === "commander.help")
    return "new what? Write: new step NAME, new driver NAME, or new project DIR.";
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
