import { spawn } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { parse } from "yaml";
import { cleanEnvironment } from "./command.ts";

/** A step of a workflow, or of a composite action. */
interface Step {
  readonly id?: string;
  readonly name?: string;
  readonly uses?: string;
  readonly run?: string;
  readonly env?: Readonly<Record<string, string>>;
}

interface Action {
  readonly inputs: Readonly<Record<string, { readonly default: string }>>;
  readonly outputs: Readonly<Record<string, { readonly value: string }>>;
  readonly runs: { readonly steps: readonly Step[] };
}

/** What became of a step that uses the action. */
export interface Used {
  readonly code: number | null;
  readonly log: string;
  /** The job's summary, in Markdown. */
  readonly summary: string;
  readonly outputs: Readonly<Record<string, string>>;
}

/**
 * Does what GitHub does with a composite action, but for the steps of other actions and the install.
 * @param place the action's directory
 * @param workspace the directory of the repository that uses it
 * @param given its inputs
 * @param job the variables of the job
 */
export async function useAction(
  place: string,
  workspace: string,
  given: Readonly<Record<string, string>>,
  job: Readonly<Record<string, string>> = {},
): Promise<Used> {
  const action: Action = parse(readFileSync(join(place, "action.yml"), "utf8"));
  const unknown = Object.keys(given).find((name) => !Object.hasOwn(action.inputs, name));
  if (unknown) throw new Error(`The action has no input ${unknown}.`);
  const values = new Map([["github.action_path", place]]);
  for (const [name, input] of Object.entries(action.inputs)) {
    values.set(`inputs.${name}`, given[name] ?? input.default);
  }
  for (const [name, value] of Object.entries(job)) values.set(`env.${name}`, value);
  const fill = (text: string) =>
    text.replace(/\$\{\{ (\S+)(?: \|\| (\S+))? \}\}/g, (_, name, other) => {
      return values.get(name) || values.get(other) || "";
    });

  const temporary = job.RUNNER_TEMP ?? join(workspace, ".runner");
  mkdirSync(temporary, { recursive: true });
  const file = (name: string) => {
    writeFileSync(join(temporary, name), "");
    return join(temporary, name);
  };
  const summary = file("summary.md");
  let log = "";
  let code: number | null = 0;
  for (const step of action.runs.steps) {
    if (!step.run || step.name === "Install" || code !== 0) continue;
    const output = file(`output-${step.id}`);
    const env = Object.entries(step.env ?? {}).map(([name, value]) => [name, fill(value)]);
    const done = await bash(step.run, workspace, {
      ...{ CI: "true", GITHUB_ACTIONS: "true", GITHUB_WORKSPACE: workspace },
      ...{ GITHUB_OUTPUT: output, GITHUB_STEP_SUMMARY: summary, RUNNER_TEMP: temporary },
      ...job,
      ...Object.fromEntries(env),
    });
    log += done.log;
    code = done.code;
    for (const [name, value] of readOutputs(readFileSync(output, "utf8"))) {
      values.set(`steps.${step.id}.outputs.${name}`, value);
    }
  }
  const outputs = Object.entries(action.outputs).map(([name, { value }]) => [name, fill(value)]);
  const told = readFileSync(summary, "utf8");
  return { code, log, summary: told, outputs: Object.fromEntries(outputs) };
}

/** As GitHub reads them: `name=value`, or `name<<END`, any lines, `END`. */
export function readOutputs(text: string): [string, string][] {
  const form = /^(\w+)(?:=(.*)|<<(.+)\n([\s\S]*?)\n\3)$/gm;
  return [...text.matchAll(form)].map(([, name = "", line, , lines = ""]) => [name, line ?? lines]);
}

/** As GitHub runs a script whose shell is bash. */
async function bash(script: string, cwd: string, environment: NodeJS.ProcessEnv) {
  const words = ["--noprofile", "--norc", "-eo", "pipefail", "-c", script];
  const child = spawn("bash", words, { cwd, env: cleanEnvironment(environment) });
  const closed = new Promise<number | null>((resolve) => child.on("close", resolve));
  const printed = await Promise.all([text(child.stdout), text(child.stderr)]);
  return { log: printed.join(""), code: await closed };
}
