import { Command, InvalidArgumentError, Option } from "commander";
import { Failure } from "../common/failure.ts";
import { guideCommand } from "../common/project.ts";
import type { ReporterOptions } from "../report/reporter-names.ts";
import { reporterNames } from "../report/reporter-names.ts";
import type { DbOptions, ExportOptions, GuideOptions, OpenOptions, Use } from "./command-line.ts";
import { describeBoard, describeLearn } from "./describe-learn.ts";
import { describeNew } from "./describe-new.ts";
import { example } from "./example.ts";
import { readPort, readSeconds, timeLimit } from "./option-parts.ts";
import { modeOf, type RunFlags, type Surroundings } from "./run-mode.ts";

const examples = `
Examples:
  ${guideCommand}                     follow the guide, step by step
  ${guideCommand} --yes               run it from beginning to end
  ${guideCommand} --step 3            run up to step 3, and report it and its re-reads
  ${guideCommand} --watch             run it again whenever a file is saved
  ${guideCommand} --update            take what the drivers agree on as the new outputs
  ${guideCommand} --reporter terminal --reporter junit=report.xml
  ${guideCommand} open                follow it in the browser
  ${guideCommand} learn               write it yourself, exercise by exercise
  ${guideCommand} doctor              check that everything is there

Without DATABASE_URL, in the environment or in .env, the guide runs on a PostgreSQL of its own.

Exit codes: 0 all verified, 1 not verified, 2 wrong usage or layout, 3 no usable database.`;

/**
 * Describes all commands and options.
 * @param use is told what the command line asks for
 */
export function describeProgram(version: string, surroundings: Surroundings, use: Use): Command {
  const program = new Command("run-guide")
    .enablePositionalOptions() // behind a command, options are the command's own
    .helpCommand("help [command]", "show the help of a command")
    .description("Runs the guide's steps with every driver, and verifies what they print.")
    .addHelpText("after", examples);
  addGuideOptions(program);
  addRunOptions(program);
  program
    .version(version, "-V, --version", "show the version")
    .action((options: GuideOptions & RunFlags) =>
      use({ kind: "run", options, mode: modeOf(options, surroundings) }),
    );
  describeOpen(program, use);
  describeExport(program, use);
  describeDb(program, use);
  describeDoctor(program, use);
  describeNew(program, surroundings, use);
  describeLearn(program, use);
  describeBoard(program, use);
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
    .addOption(timeLimit());
}

function addRunOptions(program: Command): void {
  const once = ["update", "review", "accept", "keep", "bail", "inPlace", "reporter"];
  program
    .option("--step <name|number>", "run up to this step; report it and its re-reads")
    .option("--yes", "wait for no key: run from beginning to end")
    .addOption(new Option("--list", "list the runs, and run nothing").conflicts(["watch", ...once]))
    .addOption(
      new Option("--watch", "run again when a step, a driver or a golden file is saved").conflicts([
        "step",
        ...once,
      ]),
    )
    .addOption(
      new Option("--update", "write the golden files on whose content all drivers agree").conflicts(
        ["review", "accept"],
      ),
    )
    .addOption(new Option("--review", "decide on each change to a golden file").conflicts("accept"))
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
    );
}

function describeOpen(program: Command, use: Use): void {
  addGuideOptions(program.command("open"))
    .description("open the guide as a live page in the browser: run it there, step by step")
    .option("--no-browser", "only print the address")
    .addOption(
      new Option("--port <number>", "listen on this port").argParser(readPort).default(0, "any"),
    )
    .addOption(
      new Option("--patience <seconds>", "go on for so long when the last page was closed")
        .argParser(readSeconds)
        .default(60),
    )
    .addHelpText("after", example("open"))
    .action((options: OpenOptions) => use({ kind: "open", options }));
}

function describeExport(program: Command, use: Use): void {
  addGuideOptions(program.command("export <file>"))
    .description("write the guide as a document: .md, .ipynb or .html, or - for stdout")
    .option("--format <format>", "md, ipynb or html, whatever the file's name")
    .option("--check", "compare with the file instead of writing it")
    .option("--unverified", "export even where an output is not verified, and mark it")
    .addHelpText("after", example("export guide.html"))
    .action((file: string, options: ExportOptions) => use({ kind: "export", file, options }));
}

function describeDb(program: Command, use: Use): void {
  program
    .command("db")
    .description("start the embedded PostgreSQL, and show its DATABASE_URL, until Ctrl-C")
    .addOption(
      new Option(
        "--keep <name>",
        "keep its port, name, password and data for the next time",
      ).argParser(readName),
    )
    .addOption(new Option("--port <number>", "where a kept server listens").argParser(readPort))
    .addHelpText("after", example("db", "db --keep afternoon --port 5433"))
    .action((options: DbOptions) => {
      if (options.port !== undefined && options.keep === undefined) {
        throw new Failure(
          "usage",
          "--port is for a server that is kept: --keep NAME --port NUMBER.",
        );
      }
      use({ kind: "db", options });
    });
}

function describeDoctor(program: Command, use: Use): void {
  program
    .command("doctor")
    .description("check everything that the guide needs")
    .option("--json", "as JSON")
    .addHelpText("after", example("doctor"))
    .action(({ json = false }: { json?: boolean }) => use({ kind: "doctor", json }));
}

/** Described apart from the others: the program that completes them has a command of this name itself. */
export function describeComplete(program: Command, use: Use): void {
  program
    .command("complete [shell]")
    .description("print what makes bash, zsh or fish complete commands and options")
    .allowExcessArguments()
    .addHelpText("after", example("complete zsh"))
    .action(() => use({ kind: "complete" }));
}

function readName(text: string): string {
  if (/^(?!pg_|postgres$|template)[a-z][a-z0-9_]{0,30}$/.test(text)) return text;
  throw new InvalidArgumentError("It is small letters, digits and _, such as afternoon.");
}

function readReporter(text: string, chosen: ReporterOptions[]): ReporterOptions[] {
  const [, wanted = "", file] = /^([^=]*)(?:=(.+))?$/.exec(text) ?? [];
  const name = reporterNames.find((one) => one === wanted);
  if (name) return [...chosen, { name, file }];
  throw new InvalidArgumentError(`The reporters: ${reporterNames.join(", ")}.`);
}
