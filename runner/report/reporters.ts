import { closeSync, openSync, writeSync } from "node:fs";
import { Failure, messageOf } from "../failure.ts";
import { useColor } from "./color.ts";
import type { Events, Reporter } from "./events.ts";
import { githubReporter, withoutCommands } from "./github.ts";
import { jsonReporter } from "./json.ts";
import { junitReporter } from "./junit.ts";
import { tapReporter } from "./tap.ts";
import { terminalReporter } from "./terminal.ts";

export const reporterNames = ["terminal", "json", "junit", "tap", "github"] as const;
export type ReporterName = (typeof reporterNames)[number];

/** `--reporter NAME` or `--reporter NAME=FILE`. */
export interface ReporterChoice {
  readonly name: ReporterName;
  /** undefined: stdout. */
  readonly file: string | undefined;
}

/**
 * Opens the reporters. Their files are emptied now: a run that is broken off leaves no old report.
 * @param choices empty for the default: the terminal, and GitHub's annotations where we are there
 * @param print writes to stdout
 * @throws Failure of kind "usage" for a file that cannot be written
 */
export function openReporters(
  choices: readonly ReporterChoice[],
  print: (text: string) => void,
): Reporter {
  const onGithub = Boolean(process.env.GITHUB_ACTIONS);
  const defaults: ReporterChoice[] = [{ name: "terminal", file: undefined }];
  if (onGithub) defaults.push({ name: "github", file: undefined });
  const chosen = choices.length > 0 ? choices : defaults;

  const documents = chosen.filter(({ name, file }) => !file && name !== "github");
  if (documents.length > 1) {
    const names = documents.map(({ name }) => name).join(" and ");
    throw new Failure("usage", `${names} cannot share stdout. Write --reporter NAME=FILE for one.`);
  }

  // On GitHub, a line of a step's output must not become a command of the workflow.
  const printText = onGithub ? (text: string) => print(withoutCommands(text)) : print;
  const make: Record<ReporterName, (write: (text: string) => void, file?: string) => Reporter> = {
    terminal: (write, file) => terminalReporter(write, !file && useColor(process.stdout)),
    json: jsonReporter,
    junit: junitReporter,
    tap: tapReporter,
    github: (write) => githubReporter(write, summaryWriter()),
  };
  return combine(
    chosen.map(({ name, file }) => {
      const write = file ? fileWriter(file) : name === "github" ? print : printText;
      return make[name](write, file);
    }),
  );
}

function combine(reporters: readonly Reporter[]): Reporter {
  const toAll =
    <Name extends keyof Events>(name: Name) =>
    (event: Events[Name]) => {
      for (const reporter of reporters) reporter[name](event);
    };
  return { start: toAll("start"), run: toAll("run"), end: toAll("end") };
}

function fileWriter(file: string): (text: string) => void {
  const descriptor = open(file, "w");
  return (text) => writeSync(descriptor, text);
}

/** GitHub gives each step of a workflow a file for its part of the job's summary. */
function summaryWriter(): (text: string) => void {
  const file = process.env.GITHUB_STEP_SUMMARY;
  if (!file) return () => {};
  return (text) => {
    const descriptor = open(file, "a");
    writeSync(descriptor, text);
    closeSync(descriptor);
  };
}

function open(file: string, flags: string): number {
  try {
    return openSync(file, flags);
  } catch (error) {
    throw new Failure("usage", `The report cannot be written. ${messageOf(error)}`);
  }
}
