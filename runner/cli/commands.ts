import { existsSync } from "node:fs";
import type { Command } from "commander";
import { Failure } from "../common/failure.ts";
import { guideCommand } from "../common/project.ts";
import { statIfThere } from "../common/read-files.ts";
import { readReporter, reporterNames } from "../report/reporters.ts";
import type { DbOptions } from "./db.ts";
import type { ExportOptions } from "./export.ts";
import {
  type AddCommand,
  addGuideOptions,
  type Environment,
  example,
  type Perform,
  reading,
  readPort,
  repeatable,
} from "./program.ts";
import type { Interactive, ManyOptions, RunOptions, Shard, Writes } from "./run.ts";

const runHelp = `
Examples:
  ${guideCommand}                     follow the guide, step by step
  ${guideCommand} --yes               run it from beginning to end
  ${guideCommand} --step 3            run up to step 3; report it and its re-runs
  ${guideCommand} --watch             run it again whenever a file is saved
  ${guideCommand} --update            write the golden files that all clients agree on
  ${guideCommand} --guide 'docs/**/*.md'  verify many pages; see docs/pages.md
  ${guideCommand} --reporter terminal --reporter junit=report.xml

Without DATABASE_URL, in the environment or in .env, the guide starts a PostgreSQL of its own.

Exit codes: 0 verified, 1 not verified, 2 wrong usage or layout, 3 no usable database.`;

/** The options of a run, as commander reads them. It has refused those that contradict each other. */
interface RunFlags extends Omit<RunOptions, "guide" | "mode" | "writes"> {
  readonly guide: readonly string[];
  readonly jobs?: number;
  readonly shard?: Shard;
  readonly onlyChanged?: string;
  readonly baseline?: string;
  readonly yes?: boolean;
  readonly list?: boolean;
  readonly watch?: boolean;
  readonly update?: boolean;
  readonly review?: boolean;
}

/**
 * Registers what runs without the name of a command: the guide itself, or several.
 * @param loadMany imports what runs several
 */
export function addRun(
  interactive: Interactive,
  loadMany: () => Promise<Perform<ManyOptions>>,
): AddCommand {
  return (program, use, environment) => {
    const several = "use another guide or page, or several: quote globs (repeatable)";
    const guide = repeatable("--guide <path>", several, "this project's", asItIs);
    addRunOptions(addGuideOptions(program, guide))
      .description("Runs the guide's steps with every client, and verifies what they print.")
      .addHelpText("after", runHelp)
      .action(({ guide: guides, ...flags }: RunFlags) => {
        const writes = writesOf(flags, environment);
        const many = manyOf(guides, flags);
        if (many) {
          const mode = flags.list ? "list" : "once";
          use("run many", { ...flags, guides, mode, writes }, loadMany);
          return;
        }
        const mode = modeOf(flags, writes, environment);
        const isLasting =
          ["notebook", "watch"].includes(mode) || flags.keep || writes === "--review";
        use("run", { ...flags, guide: guides[0], mode, writes }, loadRun(interactive), isLasting);
      });
  };
}

/** True for a command line that is about several guides, or about how to treat several. */
function manyOf(guides: readonly string[], flags: Omit<RunFlags, "guide">): boolean {
  const { jobs, shard, onlyChanged, baseline } = flags;
  const isMany = guides.length > 1 || guides.some(isGlob);
  if (!isMany && !jobs && !shard && onlyChanged === undefined && baseline === undefined) {
    return false;
  }
  const { watch, step, keep, inPlace, review, accept } = flags;
  const one = Object.entries({ watch, step, keep, inPlace, review, accept: accept.length > 0 });
  const [name] = one.find(([, value]) => value) ?? [];
  if (name === undefined) return true;
  const flag = name === "inPlace" ? "--in-place" : `--${name}`;
  throw new Failure("usage", `${flag} is for one guide. Name one, without a glob or --shard.`);
}

/** True for a pattern that the shell left as it was. A file may have such a name, too. */
export function isGlob(name: string): boolean {
  return /[*?[{]/.test(name) && !existsSync(name);
}

/** Of a run from beginning to end. */
const once = "update review accept keep bail keepGoing effects inPlace reporter".split(" ");

/** Options that contradict others. */
const contradictions: Readonly<Record<string, string[]>> = {
  list: ["watch", ...once],
  watch: ["step", ...once],
  update: ["review", "accept"],
  review: ["accept"],
  keepGoing: ["bail"],
  effects: ["inPlace"],
};

function addRunOptions(program: Command): Command {
  const jobs = "how many guides to run at once (default: 1 per processor)";
  const names = reporterNames.join(", ");
  const asReporter = reading(readReporter, `The reporters: ${names}.`);
  program
    .option("--jobs <number>", jobs, readJobs)
    .option("--shard <n/of>", "run one shard of the guides, such as 2/4", readShard)
    .option("--only-changed <ref>", "run the guides that changed since this git ref")
    .option("--baseline <file>", "fail only for failures not in this file; see docs/pages.md")
    .option("--step <name|number>", "run up to this step; report it and its re-runs")
    .option("--yes", "run from beginning to end without waiting for a key")
    .option("--list", "list the runs, and run nothing")
    .option("--watch", "run again when a step, a driver or a golden file is saved")
    .option("--update", "write the golden files that all clients agree on")
    .option("--review", "decide on each change to a golden file")
    .addOption(repeatable("--accept <file>", "write this golden file (repeatable)", "none", asItIs))
    .option("--keep", "keep the databases until you press Enter, and show how to connect")
    .option("--bail", "stop all clients at the first failure")
    .option("--keep-going", "after a failure, run the client's other steps too")
    .option(
      "--effects",
      "fail if clients with the same output change different numbers of rows, or one reads none",
    )
    .option("--in-place", "run in the database of DATABASE_URL itself, without scratch databases")
    .option("--require-url", "fail without DATABASE_URL, instead of starting a PostgreSQL")
    .option("--strict", "on a page, also fail on stderr, a different layout, or differing clients")
    .option("--project <directory>", "look here for the packages that a page needs", readDirectory)
    .option("--install", "run a page's install commands, in each client's own directory")
    .option("--require-clients", "fail if a client of --standalone, or of a page, cannot run here")
    .addOption(
      repeatable(
        "--reporter <name[=file]>",
        `how to report: ${names} (repeatable)`,
        "terminal",
        asReporter,
      ),
    );
  for (const option of program.options) {
    option.conflicts(contradictions[option.attributeName()] ?? []);
  }
  return program;
}

/** Loads `run`, for a program in which a reader can use these. */
export function loadRun(interactive: Interactive): () => Promise<Perform<RunOptions>> {
  return async () => {
    const { runCommand } = await import("./run.ts");
    return (options, context) => runCommand(options, context, interactive);
  };
}

/** At a terminal it is a notebook, unless an option only makes sense for a run from beginning to end. */
function modeOf(
  flags: Omit<RunFlags, "guide">,
  writes: Writes | undefined,
  { isInteractive }: Environment,
): RunOptions["mode"] {
  if (flags.list) return "list";
  if (flags.watch) return "watch";
  const { yes, step, keep, bail, keepGoing, effects, inPlace, reporter } = flags;
  const isChosen = yes || step || writes || keep || bail || keepGoing || effects || inPlace;
  const isOnce = isChosen || reporter.length > 0;
  return isInteractive && !isOnce ? "notebook" : "once";
}

/** @throws Failure of kind "usage" for what this environment does not allow */
function writesOf(
  { update, review, accept }: Omit<RunFlags, "guide">,
  { isCi, isInteractive }: Environment,
): Writes | undefined {
  const isAccept = accept.length > 0;
  const writes = update ? "--update" : review ? "--review" : isAccept ? "--accept" : undefined;
  if (writes) refuseInCi(writes, isCi);
  if (review && !isInteractive) {
    throw new Failure(
      "usage",
      "--review asks at a terminal. Without a terminal, use --accept FILE or --update.",
    );
  }
  return writes;
}

/** @throws Failure of kind "usage" that names what would write golden files */
export function refuseInCi(writes: Writes, isCi: boolean): void {
  if (!isCi) return;
  throw new Failure(
    "usage",
    `${writes} writes the documented outputs, and CI is set: CI only checks them.`,
  );
}

const asItIs = (text: string): string => text;

/** Each takes some connections to the server. */
const MOST_JOBS = 32;

const readJobs = reading((text) => {
  const jobs = Number(text);
  return /^\d+$/.test(text) && jobs >= 1 && jobs <= MOST_JOBS ? jobs : undefined;
}, `It is a number from 1 to ${MOST_JOBS}.`);

const readShard = reading((text): Shard | undefined => {
  const [, index, total] = /^([1-9]\d{0,3})\/([1-9]\d{0,3})$/.exec(text) ?? [];
  const shard = { index: Number(index), total: Number(total) };
  return shard.index <= shard.total ? shard : undefined;
}, "Write the part and how many there are, such as 2/4.");

const readDirectory = reading(
  (path) => (statIfThere(path)?.isDirectory() ? path : undefined),
  "There is no such directory.",
);

const readName = reading(
  (text) => /^(?!pg_|postgres$|template)[a-z][a-z0-9_]{0,30}$/.exec(text)?.[0],
  "It is small letters, digits and _, such as afternoon.",
);

/** Registers `export`. */
export const addExport: AddCommand = (program, use) => {
  addGuideOptions(program.command("export <file>"))
    .description("write the guide as a document: .md, .ipynb or .html, or - for stdout")
    .option("--format <format>", "md, ipynb or html, if the file's name does not say it")
    .option("--check", "compare with the file instead of writing it")
    .option("--unverified", "export even if an output is not verified, and mark it")
    .addHelpText("after", example("export guide.html"))
    .action((file: string, options: Omit<ExportOptions, "file">) =>
      use("export", { ...options, file }, async () => (await import("./export.ts")).exportCommand),
    );
};

/** Registers `db`. */
export const addDb: AddCommand = (program, use) => {
  program
    .command("db")
    .description("start the embedded PostgreSQL and print its DATABASE_URL, until Ctrl-C")
    .option("--keep <name>", "keep its port, name, password and data for the next time", readName)
    .option("--port <number>", "the port of a server with --keep", readPort)
    .addHelpText("after", example("db", "db --keep afternoon --port 5433"))
    .action((options: DbOptions) => {
      if (options.port !== undefined && options.keep === undefined) {
        throw new Failure("usage", "--port needs --keep: --keep NAME --port NUMBER.");
      }
      use("db", options, async () => (await import("./db.ts")).dbCommand, true);
    });
};
