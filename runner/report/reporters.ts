import { closeSync, openSync, writeSync } from "node:fs";
import { Failure, messageOf } from "../failure.ts";
import { useColor } from "./color.ts";
import type { Events, Reporter } from "./events.ts";
import type { ReporterName, ReporterOptions } from "./reporter-names.ts";

/**
 * Opens the reporters. Their files are emptied now: a run that is broken off leaves no old report.
 * @param choices empty for the default: the terminal, and GitHub's annotations where we are there
 * @param print writes to stdout
 * @throws Failure of kind "usage" for a file that cannot be written
 */
export async function openReporters(
  choices: readonly ReporterOptions[],
  print: (text: string) => void,
): Promise<Reporter> {
  const onGithub = Boolean(process.env.GITHUB_ACTIONS);
  const defaults: ReporterOptions[] = [{ name: "terminal", file: undefined }];
  if (onGithub) defaults.push({ name: "github", file: undefined });
  const chosen = choices.length > 0 ? choices : defaults;

  const documents = chosen.filter(({ name, file }) => !file && name !== "github");
  if (documents.length > 1) {
    const names = documents.map(({ name }) => name).join(" and ");
    throw new Failure("usage", `${names} cannot share stdout. Write --reporter NAME=FILE for one.`);
  }

  const printText = onGithub ? await withoutCommands(print) : print;
  const reporters = chosen.map(async ({ name, file }) => {
    const write = file ? fileWriter(file) : name === "github" ? print : printText;
    return makers[name](write, file);
  });
  return combine(await Promise.all(reporters));
}

type Maker = (write: (text: string) => void, file: string | undefined) => Promise<Reporter>;

/** Only the reporters that are wanted are loaded. */
const makers: Record<ReporterName, Maker> = {
  terminal: async (write, file) => {
    const { terminalReporter } = await import("./terminal-report.ts");
    return terminalReporter(write, !file && useColor(process.stdout));
  },
  json: async (write) => (await import("./json.ts")).jsonReporter(write),
  junit: async (write) => (await import("./junit.ts")).junitReporter(write),
  tap: async (write) => (await import("./tap.ts")).tapReporter(write),
  github: async (write) => (await import("./github.ts")).githubReporter(write, summaryWriter()),
};

/** On GitHub, a line of a step's output must not become a command of the workflow. */
async function withoutCommands(print: (text: string) => void): Promise<(text: string) => void> {
  const github = await import("./github.ts");
  return (text) => print(github.withoutCommands(text));
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
