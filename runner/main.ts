import { setMaxListeners } from "node:events";
import { readFileSync } from "node:fs";
import { SetupError } from "../drivers/connection/errors.ts";
import type { CommandLine } from "./arguments/command-line.ts";
import { parseArguments } from "./arguments/parse-arguments.ts";
import { bugReport } from "./bug.ts";
import { type Context, isInteractive } from "./commands/context.ts";
import { exitCodes, Failure, hasCode } from "./failure.ts";
import { guideDirectory, packageFile } from "./project.ts";
import { harmless } from "./report/visible.ts";
import { isCi } from "./surroundings.ts";

const signalCodes = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;

const interruption = new AbortController();
setMaxListeners(0, interruption.signal); // each client that waits listens, and stops when it is served
let unwritten: string | undefined;

/** Shells, tsx and npx hand the same Ctrl-C on: what comes within this time is one signal. */
const SAME_SIGNAL_MS = 1000;
let interruptedAt = 0;
/** Nothing is left behind. */
let isClean = true;

/**
 * Does what the command line says, and sets the exit code of this process.
 * @param argv without node and the script
 */
export async function main(argv: readonly string[]): Promise<void> {
  // In an event's handler, where no promise is: nothing can be tidied up any more. The watchdog does that.
  process.on("uncaughtException", (error) => process.exit(explainBug(error)));
  process.exitCode = await answer(argv).then(afterReport, explain);
  if (interruption.signal.aborted) {
    console.error(isClean ? "Interrupted. Everything is stopped and removed." : "Interrupted.");
    process.exit(interruption.signal.reason);
  }
}

async function answer(argv: readonly string[]): Promise<number> {
  const { version } = JSON.parse(readFileSync(packageFile, "utf8"));
  const surroundings = { isCi: isCi(), isInteractive: isInteractive() };
  const commandLine = parseArguments(argv, version, surroundings);
  if (commandLine.kind === "complete") {
    await (await import("./commands/complete.ts")).completeCommand(argv);
    return 0;
  }
  listenForSignals();
  return perform(commandLine, {
    print: (text) => process.stdout.write(text),
    note,
    signal: interruption.signal,
    interrupt: () => interrupt(signalCodes.SIGINT),
  });
}

/** What others said is a part of most messages: a server, a library, the names of files. */
function note(message: string): void {
  console.error(harmless(message));
}

/** Each command is loaded only where it is wanted: starting fast matters. */
async function perform(
  line: Exclude<CommandLine, { kind: "complete" }>,
  context: Context,
): Promise<number> {
  switch (line.kind) {
    case "answer":
      context.print(line.text);
      return 0;
    case "run":
      return (await import("./commands/run.ts")).runCommand(line.options, line.mode, context);
    case "open":
      return (await import("./commands/open.ts")).openCommand(line.options, context);
    case "export":
      return (await import("./commands/export.ts")).exportCommand(line.file, line.options, context);
    case "db":
      return (await import("./commands/db.ts")).dbCommand(line.options, context);
    case "doctor":
      return (await import("./commands/doctor.ts")).doctorCommand(line.json, context);
    case "board":
      return (await import("./commands/board.ts")).boardCommand(line, context);
    case "learn":
    case "learn list":
    case "learn reset":
    case "learn check":
      return (await import("./commands/learn.ts")).learnCommand(line, context);
    case "new": {
      const { newDriver, newStep } = await import("./new/new-parts.ts");
      const { loadGuide } = await import("./guide/load-guide.ts");
      const guide = await loadGuide(guideDirectory(line.guide));
      const write = line.what === "step" ? newStep : newDriver;
      context.print(harmless(await write(guide, line.name)));
      return 0;
    }
    case "new guide": {
      const { newGuide } = await import("./new/new-guide.ts");
      context.print(harmless(await newGuide(line.directory)));
      return 0;
    }
    case "new project": {
      const { newProject } = await import("./new/new-project.ts");
      const { loadGuide } = await import("./guide/load-guide.ts");
      const guide = await loadGuide(guideDirectory(line.guide));
      context.print(harmless(newProject(guide, line.directory, line.driver)));
      return 0;
    }
  }
}

/** The first signal ends the work in good order; a later one ends this process at once. */
function interrupt(code: number): void {
  if (!interruption.signal.aborted) {
    interruptedAt = performance.now();
    interruption.abort(code);
  } else if (performance.now() - interruptedAt > SAME_SIGNAL_MS) {
    console.error("Interrupted again, and ended at once. A later run removes what is left.");
    process.exit(code);
  }
}

function listenForSignals(): void {
  for (const [signal, code] of Object.entries(signalCodes))
    process.on(signal, () => interrupt(code));
  for (const stream of [process.stdout, process.stderr]) {
    stream.on("error", (error) => {
      // The reader has gone away, as `| head -1` does: the work goes on, unseen.
      if (!hasCode(error, "EPIPE")) unwritten = error.message;
    });
  }
}

/** A report that did not reach its reader is no proof. */
async function afterReport(code: number): Promise<number> {
  await new Promise((resolve) => setImmediate(resolve)); // a stream's error comes a moment later
  if (unwritten === undefined) return code;
  console.error(`The report could not be written: ${unwritten}`);
  return code || exitCodes.report;
}

function explain(error: unknown): number {
  const failure = error instanceof SetupError ? new Failure("database", error.message) : error;
  if (failure instanceof Failure && failure.kind === "cleanup") isClean = false;
  if (interruption.signal.aborted && isClean) return interruption.signal.reason;
  if (!(failure instanceof Failure)) return explainBug(error);
  note(failure.message);
  return exitCodes[failure.kind];
}

function explainBug(error: unknown): number {
  console.error(bugReport(error));
  return exitCodes.bug;
}
