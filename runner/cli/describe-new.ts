import type { Command } from "commander";
import type { Use } from "./command-line.ts";
import { example } from "./example.ts";
import { anotherGuide } from "./option-parts.ts";
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
    create
      .command(`${what} <name>`)
      .addOption(anotherGuide())
      .description(`write a new ${what}`)
      .addHelpText("after", example(`new ${what} ${name}`))
      .action((name: string, { guide }: OfGuide) => use({ kind: "new", what, name, guide }));
  }
  create
    .command("golden")
    .addOption(anotherGuide())
    .description("run the guide, and write the golden files that are not there yet")
    .addHelpText("after", example("new golden"))
    .action((ofGuide: OfGuide) => {
      const mode = modeOf({ missing: true, accept: [], reporter: [] }, surroundings);
      use({ kind: "run", options: { driver: [], timeout: 30, ...ofGuide }, mode });
    });
  create
    .command("project <directory>")
    .addOption(anotherGuide())
    .description("copy standalone scripts, as a project of your own")
    .option("--driver <name>", "whose scripts, such as pg, postgres or drizzle", "pg")
    .addHelpText("after", example("new project my-app --driver postgres"))
    .action((directory: string, { driver, guide }: OfGuide & { driver: string }) =>
      use({ kind: "new project", directory, driver, guide }),
    );
}
