import { basename, dirname, join } from "node:path";
import type { Exercise } from "../../runner/guide/exercises.ts";
import { prepareLaunch } from "../../runner/run/prepare-launch.ts";
import type { Launch, SessionOptions } from "../../runner/run/session.ts";
import type { Workspace } from "../../runner/workspace/workspace.ts";
import { learnersDriver } from "./course.ts";

/** Starts solutions, and the learner's file in the place of one of them. */
export interface Launcher {
  /** From the next compilation on, this is the learner's file; undefined: there are solutions only. */
  choose(exercise: Exercise | undefined): void;
  /** @throws Failure of kind "layout" where a file does not compile, with its line */
  prepare(options: SessionOptions, workspace: Workspace): Promise<Launch>;
}

export function openLauncher(): Launcher {
  let chosen: Exercise | undefined;
  let solutions: Promise<Launch> | undefined;
  return {
    choose(exercise) {
      chosen = exercise;
    },

    async prepare(options, workspace) {
      if (chosen?.kind === "driver") return launchDriver(chosen, options, workspace);
      // A course about clients has no solutions to run: each step is run with the learner's client.
      if (options.clients.includes(learnersDriver)) return notYet;
      solutions ??= prepareLaunch(options, workspace);
      if (!chosen) return solutions;
      const [others, own] = await Promise.all([
        solutions,
        launchScript(chosen, options, workspace),
      ]);
      const { file } = chosen;
      return (step, client, url) => (step.file === file ? own : others)(step, client, url);
    },
  };
}

function notYet(): never {
  throw new Error("No client is chosen yet.");
}

/** The learner's script is started as the solution is. */
function launchScript(
  { file, judges }: Exercise,
  options: SessionOptions,
  workspace: Workspace,
): Promise<Launch> {
  const runs = judges.slice(0, 1);
  const standalone = options.standalone.map((client) => ({
    ...client,
    folder: { ...client.folder, directory: dirname(file), files: [file] },
    scripts: new Map(runs.map(({ step }) => [step, file])),
  }));
  return prepareLaunch({ ...options, runs, standalone }, besides(workspace));
}

/** The learner's client is one of the guide's own. */
async function launchDriver(
  { file }: Exercise,
  options: SessionOptions,
  workspace: Workspace,
): Promise<Launch> {
  const name = basename(file, ".ts");
  const guide = { ...options.guide, ownDrivers: [{ name, file }] };
  const launch = await prepareLaunch({ ...options, guide, clients: [name] }, besides(workspace));
  return (step, _, url) => launch(step, name, url);
}

/** Programs of the same names as the solutions have, in a place of their own. */
function besides(workspace: Workspace): Workspace {
  return { ...workspace, directory: join(workspace.directory, "exercise") };
}
