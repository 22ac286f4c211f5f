import { closeSync, openSync, writeFileSync } from "node:fs";
import { join, resolve, sep } from "node:path";
import { isOnGithub } from "../common/ci.ts";
import { useColor } from "../common/color.ts";
import { Failure, messageOf } from "../common/failure.ts";
import { withoutCommands } from "../common/visible.ts";
import type { Events, Reporter } from "./events.ts";

export const reporterNames = ["terminal", "json", "junit", "tap", "github"] as const;
type ReporterName = (typeof reporterNames)[number];

/** `--reporter NAME` or `--reporter NAME=FILE`. */
export interface ReporterOptions {
  readonly name: ReporterName;
  /** undefined: stdout. */
  readonly file: string | undefined;
}

type Write = (text: string) => void;

/**
 * Opens the reporters. Their files are emptied now, so a run that is interrupted leaves no old report.
 * On GitHub, annotations and the job's summary are added.
 * @param choices empty for the default: the terminal
 * @param directory the guide's
 * @param print writes to stdout
 * @param printAside writes to stderr, which GitHub searches for annotations, too
 * @throws Failure of kind "usage" for a file that cannot be written, that two reporters share, or that
 *   is the guide's own. At the end of the run, an incomplete report is a Failure of kind "report"
 */
export async function openReporters(
  choices: readonly ReporterOptions[],
  directory: string,
  print: Write,
  printAside: Write = (text) => process.stderr.write(text),
): Promise<Reporter> {
  refuseUnusable(choices, directory);
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

function refuseUnusable(choices: readonly ReporterOptions[], directory: string): void {
  const files = choices.flatMap(({ file }) => (file ? [resolve(file)] : []));
  const shared = files.find((file, index) => files.indexOf(file) < index);
  if (shared) throw new Failure("usage", `Two reports cannot share ${shared}. Name two files.`);

  const folders = ["steps", "expected", "drivers", "standalone"];
  const isOwn = (file: string) =>
    folders.some((folder) => file.startsWith(join(directory, folder) + sep));
  const own = files.find(isOwn);
  if (own) {
    throw new Failure(
      "usage",
      `${own} is among the guide's own files. Write the report elsewhere.`,
    );
  }
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

/** If one report fails, the others are still made. */
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

/** A failure to write does not stop the run: it is reported at the end. */
interface ReportFile {
  readonly write: Write;
  /** @returns why the file does not hold the whole report, if that is so */
  close(): Failure | undefined;
}

function openReportFile(file: string, flags: "w" | "a"): ReportFile {
  let descriptor: number;
  try {
    descriptor = openSync(file, flags);
  } catch (error) {
    throw new Failure("usage", `The report cannot be written. ${messageOf(error)}`);
  }
  let failure: Failure | undefined;
  const attempt = (work: () => void) => {
    try {
      work();
    } catch (error) {
      failure ??= new Failure("report", `${file} cannot be written. ${messageOf(error)}`);
    }
  };
  return {
    write(text) {
      // With a descriptor, this continues until all is written; writeSync may write a part.
      attempt(() => writeFileSync(descriptor, Buffer.from(text)));
    },
    close() {
      attempt(() => closeSync(descriptor));
      return failure;
    },
  };
}
