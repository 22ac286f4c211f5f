import { isOnGithub } from "../common/ci.ts";
import { useColor } from "../common/color.ts";
import { Failure } from "../common/failure.ts";
import { withoutCommands } from "../common/visible.ts";
import type { Events, Reporter } from "./events.ts";
import { openReportFile, type ReportFile } from "./report-file.ts";
import type { ReporterName, ReporterOptions } from "./reporter-names.ts";

type Write = (text: string) => void;

/**
 * Opens the reporters. Their files are emptied now: a run that is broken off leaves no old report.
 * On GitHub, its annotations and the job's summary come by themselves.
 * @param choices empty for the default: the terminal
 * @param print writes to stdout
 * @param printAside writes to stderr, which GitHub searches for annotations, too
 * @throws Failure of kind "usage" for a file that cannot be written. At the end of the run, a report
 *   that is not whole is a Failure of kind "report"
 */
export async function openReporters(
  choices: readonly ReporterOptions[],
  print: Write,
  printAside: Write = (text) => process.stderr.write(text),
): Promise<Reporter> {
  const onGithub = isOnGithub();
  const chosen: ReporterOptions[] =
    choices.length > 0 ? [...choices] : [{ name: "terminal", file: undefined }];
  if (onGithub && !chosen.some(({ name }) => name === "github")) {
    chosen.push({ name: "github", file: undefined });
  }
  const documents = chosen.filter(({ name, file }) => !file && name !== "github");
  if (documents.length > 1) {
    const names = documents.map(({ name }) => name).join(" and ");
    throw new Failure("usage", `${names} cannot share stdout. Write --reporter NAME=FILE for one.`);
  }

  const files: ReportFile[] = [];
  const open = (file: string, flags: "w" | "a") => {
    const opened = openReportFile(file, flags);
    files.push(opened);
    return opened.write;
  };
  const isForProgram = documents.some(({ name }) => name !== "terminal");
  const toStdout: Record<"github" | "other", Write> = {
    github: isForProgram ? printAside : print,
    // A line of a step's output must not become a command of the workflow.
    other: onGithub ? (text) => print(withoutCommands(text)) : print,
  };
  const reporters = chosen.map(({ name, file }) => {
    const write = file ? open(file, "w") : toStdout[name === "github" ? name : "other"];
    return makers[name]({ write, useColor: !file && useColor(process.stdout), open });
  });
  return combine(await Promise.all(reporters), files);
}

interface Target {
  readonly write: Write;
  readonly useColor: boolean;
  readonly open: (file: string, flags: "a") => Write;
}

/** Only the reporters that are wanted are loaded. */
const makers: Record<ReporterName, (target: Target) => Promise<Reporter>> = {
  terminal: async ({ write, useColor }) => {
    return (await import("./terminal-report.ts")).terminalReporter(write, useColor);
  },
  json: async ({ write }) => (await import("./json.ts")).jsonReporter(write),
  junit: async ({ write }) => (await import("./junit.ts")).junitReporter(write),
  tap: async ({ write }) => (await import("./tap.ts")).tapReporter(write),
  github: async ({ write, open }) => {
    // GitHub gives each step of a workflow a file for its part of the job's summary.
    const summary = process.env.GITHUB_STEP_SUMMARY;
    const appendSummary = summary ? open(summary, "a") : () => {};
    return (await import("./github.ts")).githubReporter(write, appendSummary);
  },
};

/** Where one report fails, the others are still made. */
function combine(reporters: readonly Reporter[], files: readonly ReportFile[]): Reporter {
  const toAll =
    <Name extends keyof Events>(name: Name) =>
    (event: Events[Name]) => {
      for (const reporter of reporters) reporter[name](event);
    };
  return {
    start: toAll("start"),
    run: toAll("run"),
    end(event) {
      toAll("end")(event);
      const [failure] = files.flatMap((file) => file.close() ?? []);
      if (failure) throw failure;
    },
  };
}
