import { basename, dirname, extname, join } from "node:path";
import type { Exercise } from "../../runner/guide/exercises.ts";
import { prepareLaunch } from "../../runner/run/prepare-launch.ts";
import type { Launch, SessionOptions } from "../../runner/run/session.ts";
import type { Workspace } from "../../runner/workspace/workspace.ts";
import { type Course, learnersDriver } from "./course.ts";
import { clientOf } from "./try-again.ts";
import { checkLearnersTypes } from "./types.ts";

/** The exercise that is compiled next, and what became of its file when it was compiled last. */
export interface Compiled {
  exercise: Exercise | undefined;
  types: Promise<readonly string[]>;
  launch: Launch;
}

/** How the files of a course are compiled: the learner's each time, and the solutions once. */
export function openLaunch({ clients }: Course) {
  const compiled: Compiled = {
    exercise: undefined,
    types: Promise.resolve([]),
    launch: notCompiled,
  };
  let solutions: Promise<Launch> | undefined;

  async function prepare(options: SessionOptions, workspace: Workspace): Promise<Launch> {
    const { exercise } = compiled;
    if (exercise) {
      compiled.types = checkLearnersTypes(exercise.file, join(workspace.directory, "types"));
      compiled.launch = await launchOwn(exercise, options, workspace);
    }
    const own = compiled.launch;
    // Drivers have no solutions to run: the learner's driver runs every step.
    if (clients.includes(learnersDriver)) return own;
    solutions ??= prepareLaunch(options, workspace);
    const others = await solutions;
    return (step, name) => {
      const client = clientOf(name);
      return (step.file === exercise?.file ? own : others)(step, client);
    };
  }

  return { compiled, prepare };
}

function notCompiled(): never {
  throw new Error("The learner's file is not compiled yet.");
}

/** Compiles the learner's file as its solution is compiled, into a directory of its own. */
async function launchOwn(
  { file, source, kind, judges }: Exercise,
  options: SessionOptions,
  workspace: Workspace,
): Promise<Launch> {
  const own = { ...workspace, directory: join(workspace.directory, "exercise") };
  if (kind === "driver") {
    const name = basename(file, ".ts");
    const guide = { ...options.guide, ownDrivers: [{ name, file }] };
    const launch = await prepareLaunch({ ...options, guide, clients: [name] }, own);
    return (step) => launch(step, name);
  }
  const runs = judges.slice(0, 1);
  const standalone = options.standalone.map((client) => ({
    ...client,
    folder: {
      ...client.folder,
      // Any other program runs in the scripts' folder, and finds what is there.
      ...(client.folder.runtime.kind === "typescript" ? { directory: dirname(file) } : {}),
      files: [file],
    },
    scripts: new Map(runs.map(({ step }) => [step, file])),
  }));
  const launch = await prepareLaunch({ ...options, runs, standalone }, own);
  if (extname(file) !== ".py") return launch;
  // Python looks for a script's imports next to the script.
  return (...of) => ({ ...launch(...of), environment: { PYTHONPATH: dirname(source) } });
}
