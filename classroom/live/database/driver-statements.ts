import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { extname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { project } from "../../../runner/common/project.ts";
import { waitForAll } from "../../../runner/common/wait-for-all.ts";
import { compileSteps } from "../../../runner/run/compile-steps.ts";
import type { prepareLaunch } from "../../../runner/run/prepare-launch.ts";
import type { Launch, SessionOptions } from "../../../runner/run/session.ts";
import type { Workspace } from "../../../runner/workspace/workspace.ts";
import type { Statement } from "../messages.ts";

/** The statements that the drivers report, on any server. */
export type DriverStatements = ReturnType<typeof openDriverStatements>;

const name = "note-statements";
const source = join(project, `classroom/live/database/${name}${extname(import.meta.filename)}`);

/** @param prepare what starts the steps, and is made to write down their statements */
export function openDriverStatements(prepare: typeof prepareLaunch) {
  /** The file to which the last run of each client writes them. */
  const notes = new Map<string, string>();
  let count = 0;

  return {
    /** Prepares the steps, and makes each of them write down its statements. */
    async prepare(options: SessionOptions, workspace: Workspace): Promise<Launch> {
      const [launch, preload] = await waitForAll([
        prepare(options, workspace),
        compilePreload(workspace),
      ]);
      return (step, client) => {
        const command = launch(step, client);
        notes.delete(client);
        if ("play" in command) return command;
        // Scripts and other programs do not use our drivers.
        if (step.program || options.standalone.some((one) => one.name === client)) return command;
        const file = join(workspace.directory, name, `${count++}.jsonl`);
        notes.set(client, file);
        return {
          ...command,
          arguments: ["--import", preload, ...command.arguments],
          environment: { GUIDE_STATEMENTS: file },
        };
      };
    },

    /** @returns the statements of a client's last run; undefined if no driver reported them */
    ofLastRun(client: string): readonly Statement[] | undefined {
      const file = notes.get(client);
      if (!file || !existsSync(file)) return undefined;
      const lines = readFileSync(file, "utf8").split("\n").slice(0, -1);
      return lines.map((line): Statement => JSON.parse(line)); // note-statements.ts wrote it
    },
  };
}

/** @returns the URL of the module that a step's process loads first */
async function compilePreload({ directory }: Workspace): Promise<string> {
  const target = join(directory, name);
  mkdirSync(target, { recursive: true, mode: 0o700 });
  const one = { name, file: source };
  return pathToFileURL((await compileSteps([one], target)).get(one) ?? "").href;
}
