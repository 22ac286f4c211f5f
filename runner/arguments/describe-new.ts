import type { Command } from "commander";
import type { Use } from "./command-line.ts";
import { example } from "./example.ts";
import { modeOf, type Surroundings } from "./run-mode.ts";

interface OfGuide {
  readonly guide?: string;
}

/** Describes `new`: what writes files that work at once. */
export function describeNew(program: Command, surroundings: Surroundings, use: Use): void {
  const create = program
    .command("new")
    .description("write a guide, a step, a driver or a project that works at once")
    .helpCommand(false)
    .addHelpText("after", example("new guide docs", "new step sort-books", "new driver my-driver"));
  create
    .command("guide <directory>")
    .description("write a small guide, and a workflow that verifies it")
    .addHelpText("after", example("new guide docs"))
    .action((directory: string) => use({ kind: "new guide", directory }));
  for (const [what, name] of [
    ["step", "sort-books"],
    ["driver", "my-driver"],
  ] as const) {
    ofGuide(create.command(`${what} <name>`))
      .description(`write a new ${what}`)
      .addHelpText("after", example(`new ${what} ${name}`))
      .action((name: string, { guide }: OfGuide) => use({ kind: "new", what, name, guide }));
  }
  ofGuide(create.command("golden"))
    .description("run the guide, and write the golden files that are not there yet")
    .addHelpText("after", example("new golden"))
    .action(({ guide }: OfGuide) => {
      const mode = modeOf({ missing: true, accept: [], reporter: [] }, surroundings);
      const options = { driver: [], timeout: 30, ...(guide === undefined ? {} : { guide }) };
      use({ kind: "run", options, mode });
    });
  ofGuide(create.command("project <directory>"))
    .description("copy standalone scripts, as a project of your own")
    .option("--driver <name>", "whose scripts, such as pg, postgres or drizzle", "pg")
    .addHelpText("after", example("new project my-app --driver postgres"))
    .action((directory: string, { driver, guide }: OfGuide & { driver: string }) =>
      use({ kind: "new project", directory, driver, guide }),
    );
}

function ofGuide(command: Command): Command {
  return command.option("--guide <directory>", "of another guide");
}
