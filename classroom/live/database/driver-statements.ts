import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { extname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { project } from "../../../runner/common/project.ts";
import { compileSteps } from "../../../runner/run/compile-steps.ts";
import { prepareLaunch } from "../../../runner/run/prepare-launch.ts";
import type { Workspace } from "../../../runner/workspace/workspace.ts";
import type { Statement } from "../messages.ts";

/** What the drivers say of the statements that they send, whatever the server. */
export interface DriverStatements {
  /** Prepares what starts the steps, and has each of them note its statements. */
  readonly prepare: typeof prepareLaunch;
  /** @returns what the last run of a client sent; undefined where no driver said anything */
  ofLastRun(client: string): readonly Statement[] | undefined;
}

const name = "note-statements";
const source = join(project, `classroom/live/database/${name}${extname(import.meta.filename)}`);

export function openDriverStatements(): DriverStatements {
  /** Where the last run of each client notes them. */
  const notes = new Map<string, string>();
  let count = 0;

  return {
    async prepare(options, workspace) {
      const [launch, preload] = await Promise.all([
        prepareLaunch(options, workspace),
        compileNotes(workspace),
      ]);
      return (step, client, databaseUrl) => {
        const command = launch(step, client, databaseUrl);
        notes.delete(client);
        // Other programs know nothing of our drivers.
        if (step.program || options.standalone.some((one) => one.name === client)) return command;
        const file = join(workspace.directory, name, `${count++}.jsonl`);
        notes.set(client, file);
        return {
          ...command,
          arguments: ["--import", preload, ...command.arguments],
          environment: { ...command.environment, GUIDE_STATEMENTS: file },
        };
      };
    },

    ofLastRun(client) {
      const file = notes.get(client);
      if (!file || !existsSync(file)) return undefined;
      const lines = readFileSync(file, "utf8").split("\n").slice(0, -1);
      return lines.map((line): Statement => JSON.parse(line));
    },
  };
}

/** @returns the URL of what a step's process loads first */
async function compileNotes({ directory }: Workspace): Promise<string> {
  const place = join(directory, name);
  mkdirSync(place, { recursive: true, mode: 0o700 });
  const one = { name, file: source };
  return pathToFileURL((await compileSteps([one], place)).get(one) ?? "").href;
}
