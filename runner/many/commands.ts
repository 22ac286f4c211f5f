import { type AddCommand, example } from "../cli/program.ts";

/** Registers `merge`. */
export const addMerge: AddCommand = (program, use) => {
  program
    .command("merge <report...>")
    .description("merge JSON reports, such as those of --shard")
    .addHelpText("after", example("merge 1.json 2.json"))
    .action((files: string[]) =>
      use("merge", { files }, async () => (await import("./merge.ts")).mergeCommand),
    );
};
