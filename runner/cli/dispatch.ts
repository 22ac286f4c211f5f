import { readFileSync } from "node:fs";
import { isCi } from "../common/ci.ts";
import { exitCodes, Failure } from "../common/failure.ts";
import { guideDirectory, packageFile } from "../common/project.ts";
import { harmless } from "../common/visible.ts";
import { SetupError } from "../connection/errors.ts";
import { bugReport } from "./bug.ts";
import type { CommandLine } from "./command-line.ts";
import { type Context, isInteractive } from "./context.ts";
import { parseArguments } from "./parse-arguments.ts";

/**
 * Does what a command line says.
 * @param argv without node and the script
 * @param given all that it uses of the process, but for its environment and its directory
 * @returns the exit code; that of the signal, where everything was stopped and removed in good order
 */
export async function dispatch(argv: readonly string[], given: Context): Promise<number> {
  // What others said is a part of most notes: a server, a library, the names of files.
  const context = { ...given, note: (message: string) => given.note(harmless(message)) };
  try {
    const { version } = JSON.parse(readFileSync(packageFile, "utf8"));
    const surroundings = { isCi: isCi(), isInteractive: isInteractive() };
    return await perform(parseArguments(argv, version, surroundings), argv, context);
  } catch (error) {
    return explain(error, context);
  }
}

/** Each command is loaded only where it is wanted: starting fast matters. */
async function perform(
  line: CommandLine,
  argv: readonly string[],
  context: Context,
): Promise<number> {
  switch (line.kind) {
    case "answer":
      context.print(line.text);
      return 0;
    case "complete":
      await (await import("./complete.ts")).completeCommand(argv);
      return 0;
    case "run":
      return (await import("./run.ts")).runCommand(line.options, line.mode, context);
    case "open":
      return (await import("../../classroom/live/open-command.ts")).openCommand(
        line.options,
        context,
      );
    case "export":
      return (await import("./export.ts")).exportCommand(line.file, line.options, context);
    case "db":
      return (await import("./db.ts")).dbCommand(line.options, context);
    case "doctor":
      return (await import("../../classroom/doctor/doctor-command.ts")).doctorCommand(
        line.json,
        context,
      );
    case "board":
      return (await import("../../classroom/board/board-command.ts")).boardCommand(line, context);
    case "learn":
    case "learn list":
    case "learn reset":
    case "learn check":
      return (await import("../../classroom/learn/learn-command.ts")).learnCommand(line, context);
    case "new": {
      const { newDriver, newStep } = await import("../../classroom/new/new-parts.ts");
      const { loadGuide } = await import("../guide/load-guide.ts");
      const guide = await loadGuide(guideDirectory(line.guide));
      const write = line.what === "step" ? newStep : newDriver;
      context.print(harmless(await write(guide, line.name)));
      return 0;
    }
    case "new guide": {
      const { newGuide } = await import("../../classroom/new/new-guide.ts");
      context.print(harmless(await newGuide(line.directory)));
      return 0;
    }
    case "new project": {
      const { newProject } = await import("../../classroom/new/new-project.ts");
      const { loadGuide } = await import("../guide/load-guide.ts");
      const guide = await loadGuide(guideDirectory(line.guide));
      context.print(harmless(newProject(guide, line.directory, line.driver)));
      return 0;
    }
  }
}

function explain(error: unknown, { note, signal }: Context): number {
  const failure = error instanceof SetupError ? new Failure("database", error.message) : error;
  const isClean = !(failure instanceof Failure && failure.kind === "cleanup");
  if (signal.aborted && isClean) return signal.reason;
  if (!(failure instanceof Failure)) {
    note(bugReport(error));
    return exitCodes.bug;
  }
  note(failure.message);
  return exitCodes[failure.kind];
}
