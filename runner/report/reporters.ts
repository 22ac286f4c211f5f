import { closeSync, openSync, statSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { isOnGithub } from "../common/ci.ts";
import { useColor } from "../common/color.ts";
import { attempt, Failure, hasCode, messageOf } from "../common/failure.ts";
import { isSpecial, realPath } from "../common/paths.ts";
import { readStart } from "../common/read-files.ts";
import { hideSecrets } from "../common/secrets.ts";
import { withoutCommands } from "../common/visible.ts";
import { makeDirectories, refuseReadOnly, replaceFile, writing } from "../common/write-files.ts";
import { SetupError } from "../connection/errors.ts";
import { refuseOwnFiles } from "../guide/guide.ts";
import type { JudgedRun } from "../verify/judge.ts";
import { type Events, type Reporter, summarize, type Write } from "./events.ts";

export const reporterNames = ["terminal", "json", "junit", "tap", "github", "sarif"] as const;
export type ReporterName = (typeof reporterNames)[number];

/** `--reporter NAME` or `--reporter NAME=FILE`. */
export interface ReporterOptions {
  readonly name: ReporterName;
  /** undefined: stdout. */
  readonly file: string | undefined;
}

/** @returns undefined for a name that is not a reporter's */
export function readReporter(text: string): ReporterOptions | undefined {
  const [, wanted, file] = /^([^=]*)(?:=(.+))?$/.exec(text) ?? [];
  const name = reporterNames.find((one) => one === wanted);
  return name && { name, file };
}

/** Reports to all reporters. */
interface Reports extends Reporter {
  /** Ends the reports of a run that could not begin or go on. Does nothing if they have ended. */
  fail(error: unknown): void;
}

/**
 * Opens the reporters of one guide.
 * @param choices empty for the default: the terminal
 * @param print writes to stdout
 * @param printAside writes to stderr, which GitHub searches for annotations, too
 * @throws Failure of kind "usage" for a file that cannot be written, that two reporters share, or that
 *   is not a report. At the end of the run, an incomplete report is a Failure of kind "report"
 */
export async function openReporters(
  choices: readonly ReporterOptions[],
  print: Write,
  printAside?: Write,
): Promise<Reports> {
  const begin = async (target: Target) => {
    const reporter = await makers[target.name](target);
    reporter.end({ summary: summarize([], [], 0), failure: notEnded });
  };
  const { targets, close } = await openTargets(choices, print, begin, printAside);
  const reporters = targets.map((target) => makers[target.name](target));
  return combine(await Promise.all(reporters), close);
}

/**
 * Opens what reports are written to. Their files are replaced now, so a run that is interrupted leaves no
 * old report. On GitHub, annotations and the job's summary are added.
 * @param begin writes the report of a run that did not end
 * @returns `close` gives why a file does not hold the whole report, if that is so
 * @throws Failure of kind "usage"
 */
export async function openTargets(
  choices: readonly ReporterOptions[],
  print: Write,
  begin: (target: Target) => Promise<void>,
  printAside: Write = (text) => process.stderr.write(text),
): Promise<{ readonly targets: readonly Target[]; close(): Failure | undefined }> {
  refuseUnusable(choices);
  const onGithub = isOnGithub();
  const toStdout = (name: ReporterName): ReporterOptions => ({ name, file: undefined });
  const chosen = choices.length > 0 ? [...choices] : [toStdout("terminal")];
  const isMissing = !chosen.some(({ name }) => name === "github");
  if (onGithub && isMissing) chosen.push(toStdout("github"));
  const documents = chosen.filter(({ name, file }) => !file && name !== "github");
  if (documents.length > 1) {
    const names = documents.map(({ name }) => name).join(" and ");
    throw new Failure("usage", `${names} cannot share stdout. Write --reporter NAME=FILE for one.`);
  }

  const files: ReportFile[] = [];
  const open = (opened: ReportFile) => {
    files.push(opened);
    return opened.write;
  };
  const isForProgram = documents.some(({ name }) => name !== "terminal");
  // A line of a step's output must not become a command of the workflow.
  const printSafely: Write = onGithub ? (text) => print(withoutCommands(text)) : print;
  const printAnnotations = isForProgram ? printAside : print;
  const targets = chosen.map(async ({ name, file }): Promise<Target> => {
    let write = name === "github" ? printAnnotations : printSafely;
    if (file && documentNames.includes(name)) write = open(await openDocument(name, file, begin));
    else if (file) write = open(openStream(file, "w"));
    // GitHub gives each step of a workflow a file for its part of the job's summary.
    const summary = process.env.GITHUB_STEP_SUMMARY;
    const isWanted = name === "github" && summary;
    const appendSummary = isWanted ? open(openStream(summary, "a")) : () => {};
    return { name, write, file, appendSummary };
  });
  return {
    targets: await Promise.all(targets),
    close: () => files.flatMap((file) => file.close() ?? [])[0],
  };
}

/** @throws Failure of kind "usage" for a file that a report must not replace */
function refuseUnusable(choices: readonly ReporterOptions[]): void {
  const named = choices.flatMap(({ name, file }) => (file ? [{ name, file: realPath(file) }] : []));
  const files = named.map(({ file }) => file);
  const shared = files.find((file, index) => files.indexOf(file) < index);
  if (shared) throw new Failure("usage", `Two reports cannot share ${shared}. Name two files.`);

  refuseOwnFiles("report", files);
  for (const { name, file } of named) {
    if (!isReplaceable(file, name)) {
      throw new Failure(
        "usage",
        `${file} is not a report of "${name}", and is not replaced. Remove it first, or name another file.`,
      );
    }
    writing(file, () => refuseReadOnly(file));
  }
}

/** How a report begins. Those that are written as the run goes on may have been cut. */
const heads: Record<ReporterName, RegExp> = {
  terminal: /^(Not verified: .*\n$|.*\n.* · clients: .*\n\n?|.* · \d+ guides?, \d+ at once\n)/,
  json: /^\{\n {2}"version": 1,\n {2}((?:"name": .*\n {2})?"guide": .*\n {2}"server": .*\n {2}"clients": \[|"shard": .*\n(?: {2}"onlyChanged": .*\n)? {2}"guides": \[)/,
  junit:
    /^<\?xml version="1.0" encoding="UTF-8"\?>\n<testsuites name="[^"]*" tests="\d+" failures="\d+" errors="\d+" time="[\d.]+">\n<testsuite /,
  tap: /^TAP version 14\n(# Guides?: |Bail out! )/,
  github: /^::(error|warning) .*::.*\n(::(error|warning) .*::.*\n)*$/,
  sarif:
    /^\{\n {2}"\$schema": .*\n {2}"version": "2\.1\.0",\n {2}"runs": \[\n.*\n.*\n.*\n {10}"name": "run-guide"/,
};
const HEAD_BYTES = 64 * 1024;

function isReplaceable(file: string, name: ReporterName): boolean {
  try {
    const stat = statSync(file, { throwIfNoEntry: false });
    if (stat?.isDirectory()) throw new Error("It is a directory. Name a file in it.");
    if (!stat?.isFile() || stat.size === 0) return true;
    return heads[name].test(readStart(file, HEAD_BYTES));
  } catch (error) {
    throw new Failure("usage", `${file} cannot be read. ${messageOf(error)}`);
  }
}

/** What one report is written to. */
export interface Target {
  readonly name: ReporterName;
  readonly write: Write;
  readonly file?: string | undefined;
  /** Appends to the summary of the job on GitHub. */
  readonly appendSummary: Write;
}

/** Only the reporters that are wanted are loaded. */
const makers: Record<ReporterName, (target: Target) => Promise<Reporter>> = {
  terminal: async ({ write, file }) => {
    const isColored = !file && useColor(process.stdout);
    return (await import("./terminal-report.ts")).terminalReporter(write, isColored, !!file);
  },
  json: async ({ write }) => (await import("./json.ts")).jsonReporter(write),
  junit: async ({ write }) => (await import("./junit.ts")).junitReporter(write),
  tap: async ({ write }) => (await import("./tap.ts")).tapReporter(write),
  github: async ({ write, appendSummary }) =>
    (await import("./github.ts")).githubReporter(write, appendSummary),
  sarif: async ({ write }) => (await import("./sarif.ts")).sarifReporter(write),
};

/** What a report says that was not replaced by another. */
export const notEnded = "The run did not end.";

/** What a report says of a run that could not begin or go on. */
export function whyEnded(error: unknown): string {
  const isKnown = error instanceof Failure || error instanceof SetupError;
  return isKnown ? hideSecrets(error.message) : "The runner failed. Its stderr says why.";
}

/** If one report fails, the others are still made. */
function combine(reporters: readonly Reporter[], close: () => Failure | undefined): Reports {
  const runs: JudgedRun[] = [];
  let clients: readonly string[] = [];
  let hasEnded = false;

  function end(event: Events["end"]): void {
    hasEnded = true;
    for (const reporter of reporters) reporter.end(event);
    const failure = close();
    if (failure) throw failure;
  }

  return {
    start(event) {
      clients = event.clients;
      for (const reporter of reporters) reporter.start(event);
    },
    run(judged) {
      runs.push(judged);
      for (const reporter of reporters) reporter.run(judged);
    },
    end,
    fail(error) {
      if (hasEnded) return;
      const duration = Math.round(process.uptime() * 1000);
      const summary = summarize(runs, clients, duration, false);
      // Why the run ended says more than why its report is incomplete.
      attempt(() => end({ summary, failure: whyEnded(error) }), undefined);
    },
  };
}

type ReportFile = ReturnType<typeof openReportFile>;

/** A failure to write does not stop the run: it is reported at the end. */
function openReportFile(file: string, write: Write, end = () => {}) {
  let failure: Failure | undefined;
  const attempt = (work: () => void) => {
    try {
      work();
    } catch (error) {
      failure ??= new Failure("report", `${file} cannot be written. ${messageOf(error)}`);
    }
  };
  return {
    write: (text: string) => attempt(() => write(text)),
    /** @returns why the file does not hold the whole report, if that is so */
    close(): Failure | undefined {
      attempt(end);
      return failure;
    },
  };
}

/** A report that is written as the run goes on. */
function openStream(file: string, flags: "w" | "a"): ReportFile {
  const descriptor = opening(file, () => openSync(file, flags));
  // With a descriptor, this continues until all is written; writeSync may write a part.
  const write = (text: string) => writeFileSync(descriptor, Buffer.from(text));
  return openReportFile(file, write, () => closeSync(descriptor));
}

const documentNames: readonly ReporterName[] = ["json", "junit", "sarif"];

/** A report that is one document. Until the run ends, the document says that it did not. */
async function openDocument(
  name: ReporterName,
  file: string,
  begin: (target: Target) => Promise<void>,
): Promise<ReportFile> {
  const write = (text: string) => {
    try {
      replaceFile(file, text);
    } catch (error) {
      // A directory that cannot be changed may have a file that can.
      if (!["EACCES", "EBUSY", "EPERM"].some((code) => hasCode(error, code))) throw error;
      writeFileSync(file, text);
    }
  };
  const writeFirst = (text: string) => void opening(file, () => isSpecial(file) || write(text));
  await begin({ name, write: writeFirst, appendSummary() {} });
  return openReportFile(file, write);
}

function opening<Result>(file: string, work: () => Result): Result {
  try {
    makeDirectories(dirname(file));
    return work();
  } catch (error) {
    throw new Failure("usage", `The report cannot be written. ${messageOf(error)}`);
  }
}
