import { addDb, addExport, addRun } from "../runner/cli/commands.ts";
import * as cli from "../runner/cli/main.ts";
import type { AddCommand, Context } from "../runner/cli/program.ts";
import type { Interactive } from "../runner/cli/run.ts";
import { addMerge } from "../runner/many/commands.ts";
import { addBoard, addDoctor, addLearn, addNew, addOpen } from "./commands.ts";

/** Loaded when it is wanted: starting fast matters. */
const interactive: Interactive = {
  readNotebook: async (...line) =>
    (await import("./notebook/notebook-command.ts")).readNotebook(...line),
  openReview: async (context) =>
    (await import("./notebook/notebook-command.ts")).openReview(context),
};

const loadMany = async () => (await import("../runner/many/many-command.ts")).manyCommand;

/** All commands of `run-guide`, in the order of its help. */
export const commands: readonly AddCommand[] = [
  addRun(interactive, loadMany),
  addOpen,
  addExport,
  addMerge,
  addDb,
  addDoctor,
  addNew(interactive),
  addLearn,
  addBoard,
];

/**
 * Does what the command line says, and sets the exit code of this process.
 * @param argv without node and the script
 */
export function main(argv: readonly string[]): Promise<void> {
  return cli.runMain(argv, commands);
}

/** Does what a command line says. @returns the exit code */
export function dispatch(argv: readonly string[], context: Context): Promise<number> {
  return cli.dispatch(argv, commands, context);
}
