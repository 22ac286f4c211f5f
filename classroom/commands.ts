import { Option } from "commander";
import { loadRun, refuseInCi } from "../runner/cli/commands.ts";
import {
  type AddCommand,
  addGuideOptions,
  anotherGuide,
  example,
  type Perform,
  readPort,
  readSeconds,
  timeLimit,
} from "../runner/cli/program.ts";
import type { Interactive } from "../runner/cli/run.ts";
import { guideDirectory } from "../runner/common/project.ts";
import { harmless } from "../runner/common/visible.ts";
import type { Guide } from "../runner/guide/guide.ts";
import type { BoardOptions } from "./board/board-command.ts";
import type {
  CourseOptions,
  LearnListOptions,
  LearnOptions,
  LearnResetOptions,
} from "./learn/learn-command.ts";
import type { OpenOptions } from "./live/open-command.ts";

/** Registers `open`. */
export const addOpen: AddCommand = (program, use) => {
  addGuideOptions(program.command("open"))
    .description("open the guide as a live page in the browser, and run it there step by step")
    .option("--no-browser", "only print the address")
    .option("--learn <course>", "begin with the exercises of a course, such as postgres")
    .option("--board <address>", "show your progress in the exercises on this board")
    .option("--name <name>", "your name on the board")
    .addOption(
      new Option("--port <number>", "listen on this port").argParser(readPort).default(0, "any"),
    )
    .addOption(
      new Option("--idle-timeout <seconds>", "stop this long after the last page closes")
        .argParser(readSeconds)
        .default(60),
    )
    .addHelpText("after", example("open", "open --learn postgres"))
    .action((options: OpenOptions) =>
      use("open", options, async () => (await import("./live/open-command.ts")).openCommand, true),
    );
};

/** Registers `doctor`. */
export const addDoctor: AddCommand = (program, use) => {
  program
    .command("doctor")
    .description("check everything that the guide needs")
    .option("--json", "print the result as JSON")
    .addHelpText("after", example("doctor"))
    .action((options: { json?: boolean }) =>
      use("doctor", options, async () => (await import("./doctor/doctor.ts")).doctorCommand),
    );
};

interface NewOptions {
  readonly guide?: string;
  readonly name: string;
}

interface NewProjectOptions {
  readonly guide?: string;
  readonly directory: string;
  readonly driver: string;
}

/** Registers `new`, which writes files that work at once. */
export function addNew(interactive: Interactive): AddCommand {
  return (program, use, { isCi }) => {
    const create = program
      .command("new")
      .description("write a guide, a page, a step, a driver or a project that works at once")
      .helpCommand(false)
      .addHelpText(
        "after",
        example("new guide docs", "new step sort-books", "new driver my-driver"),
      );
    create
      .command("guide <directory>")
      .description("write a small guide, and a workflow that verifies it")
      .addHelpText("after", example("new guide docs"))
      .action((directory: string) =>
        use("new guide", { directory }, async () => {
          const { newGuide } = await import("./new/new-guide.ts");
          return printing((own) => newGuide(own.directory));
        }),
      );
    create
      .command("page <name>")
      .description("write a Markdown page with SQL and two tabs, which is verified as it is")
      .addHelpText("after", example("new page docs/notes"))
      .action((name: string) =>
        use("new page", { name }, async () => {
          const { newPage } = await import("./new/new-page.ts");
          return printing((own) => newPage(own.name));
        }),
      );
    create
      .command("step <name>")
      .addOption(anotherGuide())
      .description("write a new step")
      .addHelpText("after", example("new step sort-books"))
      .action((name: string, options: Omit<NewOptions, "name">) =>
        use("new step", { ...options, name }, async () => {
          const { newStep } = await import("./new/new-parts.ts");
          return writing((guide, own: NewOptions) => newStep(guide, own.name));
        }),
      );
    create
      .command("driver <name>")
      .addOption(anotherGuide())
      .description("write a new driver")
      .addHelpText("after", example("new driver my-driver"))
      .action((name: string, options: Omit<NewOptions, "name">) =>
        use("new driver", { ...options, name }, async () => {
          const { newDriver } = await import("./new/new-parts.ts");
          return writing((guide, own: NewOptions) => newDriver(guide, own.name));
        }),
      );
    create
      .command("golden")
      .addOption(anotherGuide())
      .description("run the guide, and write the golden files that do not exist yet")
      .addHelpText("after", example("new golden"))
      .action((options: { guide?: string }) => {
        refuseInCi("new golden", isCi);
        const run = { driver: [], timeout: 30, accept: [], reporter: [] };
        const how = { mode: "once", writes: "new golden" } as const;
        use("run", { ...run, ...how, ...options }, loadRun(interactive));
      });
    create
      .command("project <directory>")
      .addOption(anotherGuide())
      .description("copy standalone scripts, as a project of your own")
      .option("--driver <name>", "which scripts, such as pg, postgres or drizzle", "pg")
      .addHelpText("after", example("new project my-app --driver postgres"))
      .action((directory: string, options: Omit<NewProjectOptions, "directory">) =>
        use("new project", { ...options, directory }, async () => {
          const { newProject } = await import("./new/new-project.ts");
          return writing((guide, own: NewProjectOptions) =>
            newProject(guide, own.directory, own.driver),
          );
        }),
      );
  };
}

/** A command that writes files, and prints what to do next. */
function printing<Options>(
  write: (options: Options) => string | Promise<string>,
): Perform<Options> {
  return async (options, { print }) => {
    print(harmless(await write(options)));
    return 0;
  };
}

/** A command that writes files of a guide, and prints what to do next. */
function writing<Options extends { readonly guide?: string }>(
  write: (guide: Guide, options: Options) => string | Promise<string>,
): Perform<Options> {
  return printing(async (options) => {
    const { loadGuide } = await import("../runner/guide/load-guide.ts");
    return write(await loadGuide(guideDirectory(options.guide)), options);
  });
}

/** Registers `learn`, and the other commands about exercises. */
export const addLearn: AddCommand = (program, use) => {
  const load = () => import("./learn/learn-command.ts");
  const learn = program
    .command("learn [course]")
    .description("write the scripts yourself: exercises that the golden files check")
    .helpCommand(false)
    .addOption(anotherGuide())
    .option("--step <name|number>", "begin with this step; the steps before it are done for you")
    .option("--once <name>", "run one exercise, such as pg/02-read, and show its verdict")
    .option("--board <address>", "show your progress on this board")
    .option("--name <name>", "your name on the board")
    .addOption(timeLimit())
    .addHelpText(
      "after",
      example("learn postgres --step 2", "learn --once postgres/02-read", "learn list"),
    )
    .action((course = "", options: Omit<LearnOptions, "course">) =>
      use(
        "learn",
        { ...options, course },
        async () => (await load()).learnCommand,
        options.once === undefined,
      ),
    );
  learn
    .command("list [course]")
    .description("show which exercises are done")
    .addOption(anotherGuide())
    .option("--run", "run all of them again")
    .addOption(timeLimit())
    .addHelpText("after", example("learn list"))
    .action((course = "", options: Omit<LearnListOptions, "course">) =>
      use("learn list", { ...options, course }, async () => (await load()).learnListCommand),
    );
  learn
    .command("reset [name]")
    .description("start an exercise again; your old file is kept next to it")
    .addOption(anotherGuide())
    .option("--all", "start all exercises again, or all of the course that is named")
    .addHelpText("after", example("learn reset postgres/02-read"))
    .action((name = "", options: Omit<LearnResetOptions, "name">) =>
      use("learn reset", { ...options, name }, async () => (await load()).learnResetCommand),
    );
  learn
    .command("check [course]")
    .description(
      "for authors: check that each exercise fails at first, and that its solution passes",
    )
    .addOption(anotherGuide())
    .addOption(timeLimit())
    .addHelpText("after", example("learn check"))
    .action((course = "", options: Omit<CourseOptions, "course">) =>
      use("learn check", { ...options, course }, async () => (await load()).learnCheckCommand),
    );
};

/** Registers `board`. */
export const addBoard: AddCommand = (program, use) => {
  program
    .command("board")
    .description("show the progress of a class on one page, until Ctrl-C")
    .addOption(anotherGuide())
    .option("--host <address>", "listen on this address: 0.0.0.0 for other machines", "127.0.0.1")
    .addOption(
      new Option("--port <number>", "listen on this port").argParser(readPort).default(7654),
    )
    .option("--names", "show the names that learners chose")
    .option("--csv <file>", "save everyone's progress, with names, to this CSV file")
    .addHelpText("after", example("board --host 0.0.0.0"))
    .action((options: BoardOptions) =>
      use(
        "board",
        options,
        async () => (await import("./board/board-command.ts")).boardCommand,
        true,
      ),
    );
};
