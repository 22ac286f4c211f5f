import { closeSync, openSync } from "node:fs";
import { join } from "node:path";
import { Failure } from "../../../runner/common/failure.ts";
import { digestOf } from "../../../runner/common/kept-texts.ts";
import type { Outcome } from "../../../runner/guide/outcome.ts";
import { prepareLaunch } from "../../../runner/run/prepare-launch.ts";
import type { Texts } from "../../../runner/run/program-sources.ts";
import type { Launch, Place, SessionOptions } from "../../../runner/run/session.ts";
import type { Workspace } from "../../../runner/workspace/workspace.ts";

/**
 * Runs the reader's versions in place of the guide's scripts.
 * @param textsNow the versions at this moment
 */
export function openVersionLauncher(textsNow: () => Texts) {
  /** The digests of the versions that run now, by the files in whose place they run. */
  const running = new Map<string, string>();
  return {
    running,
    async prepare(options: SessionOptions, workspace: Workspace): Promise<Launch> {
      const texts = textsNow();
      const { launch, broken } = await prepareAll(options, workspace, texts);
      running.clear();
      for (const [file, text] of texts) running.set(file, digestOf(text));
      return (step, client) => {
        const { scripts } = options.standalone.find(({ name }) => name === client) ?? {};
        const message = broken.get(scripts?.get(step) ?? step.file);
        return message === undefined ? launch(step, client) : failing(message);
      };
    },
  };
}

/** A version that does not compile is no obstacle to the other scripts: only its own runs fail. */
async function prepareAll(options: SessionOptions, workspace: Workspace, texts: Texts) {
  /** Why a version does not compile, by its file. */
  const broken = new Map<string, string>();
  try {
    return { launch: await prepareLaunch(options, workspace, texts), broken };
  } catch (error) {
    if (!(error instanceof Failure) || texts.size === 0) throw error;
  }
  const draft = { ...workspace, directory: join(workspace.directory, "versions") };
  for (const [file, text] of texts) {
    try {
      await prepareLaunch(options, draft, new Map([[file, text]]));
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      broken.set(file, error.message);
    }
  }
  const whole = new Map([...texts].filter(([file]) => !broken.has(file)));
  return { launch: await prepareLaunch(options, workspace, whole), broken };
}

function failing(message: string): ReturnType<Launch> {
  return {
    async play({ outputFile }: Place): Promise<Outcome> {
      closeSync(openSync(outputFile, "a"));
      const ran = { duration: 0, stdoutFile: outputFile, exitCode: null, stderr: `${message}\n` };
      return { kind: "failed", ...ran, reason: { kind: "other", text: "does not compile" } };
    },
  };
}
