import { type Command, Option } from "commander";
import type {
  BoardLine,
  LearnCheckOptions,
  LearnListOptions,
  LearnOptions,
  Use,
} from "./command-line.ts";
import { example } from "./example.ts";
import { anotherGuide, readPort, timeLimit } from "./option-parts.ts";

/** Describes `board`: where the room sees how far it is. */
export function describeBoard(program: Command, use: Use): void {
  program
    .command("board")
    .description("show on the wall how far the learners of a room are, until Ctrl-C")
    .addOption(anotherGuide())
    .option("--host <address>", "listen there: 0.0.0.0 for the whole room", "127.0.0.1")
    .addOption(
      new Option("--port <number>", "listen on this port").argParser(readPort).default(7654),
    )
    .option("--names", "show the names that learners chose")
    .addHelpText("after", example("board --host 0.0.0.0"))
    .action((options: BoardLine["options"]) => use({ kind: "board", options }));
}

/** Describes `learn`, and what else can be done with exercises. */
export function describeLearn(program: Command, use: Use): void {
  const learn = program
    .command("learn [course]")
    .description("write the scripts yourself: exercises that the golden files judge")
    .helpCommand(false)
    .addOption(anotherGuide())
    .option("--step <name|number>", "begin with this step; the ones before it are done for you")
    .option("--once <name>", "run one exercise, such as pg/02-read, and show its verdict")
    .option("--board <address>", "show on this board how far you are")
    .option("--name <name>", "what you want to be called on the board")
    .addOption(timeLimit())
    .addHelpText(
      "after",
      example("learn postgres --step 2", "learn --once postgres/02-read", "learn list"),
    )
    .action((course = "", options: LearnOptions) => use({ kind: "learn", course, options }));
  learn
    .command("list [course]")
    .description("show which exercises are done")
    .addOption(anotherGuide())
    .option("--run", "run all of them again")
    .addOption(timeLimit())
    .addHelpText("after", example("learn list"))
    .action((course = "", options: LearnListOptions) =>
      use({ kind: "learn list", course, options }),
    );
  learn
    .command("reset <name>")
    .description("write an exercise anew; the old file stays beside it")
    .addOption(anotherGuide())
    .addHelpText("after", example("learn reset postgres/02-read"))
    .action((name: string, options: { guide?: string }) =>
      use({ kind: "learn reset", name, options }),
    );
  learn
    .command("check [course]")
    .description("for authors: every exercise fails as a starter, and its solution passes")
    .addOption(anotherGuide())
    .addOption(timeLimit())
    .addHelpText("after", example("learn check"))
    .action((course = "", options: LearnCheckOptions) =>
      use({ kind: "learn check", course, options }),
    );
}
