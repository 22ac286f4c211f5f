import { setMaxListeners } from "node:events";
import { readFileSync } from "node:fs";
import { isCi } from "../common/ci.ts";
import { attempt, exitCodes, Failure, hasCode } from "../common/failure.ts";
import { onParentEnd } from "../common/parent-process.ts";
import { packageFile } from "../common/project.ts";
import { hidePassword } from "../common/secrets.ts";
import { harmless } from "../common/visible.ts";
import { databaseUrl } from "../connection/environment.ts";
import { SetupError } from "../connection/errors.ts";
import { hidePasswordIn } from "../connection/hide-password.ts";
import {
  type AddCommand,
  type Context,
  isInteractive,
  namesCommand,
  parseArguments,
} from "./program.ts";

const signalCodes = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;

const interruption = new AbortController();
setMaxListeners(0, interruption.signal); // each client that waits listens, and stops when it is served
let unwritten: string | undefined;

/** Shells, tsx and npx pass on the same Ctrl-C: what arrives within this time is one signal. */
const SAME_SIGNAL_MS = 1000;
let interruptedAt = 0;

/**
 * Does what the command line says, and sets the exit code of this process.
 * @param argv without node and the script
 * @param commands that the program has
 */
export async function runMain(
  argv: readonly string[],
  commands: readonly AddCommand[],
): Promise<void> {
  // Thrown in an event handler, outside of any promise: it is too late to clean up. The watchdog does it.
  process.on("uncaughtException", (error) => {
    console.error(bugReport(error));
    process.exit(exitCodes.bug);
  });
  listenForSignals();
  const code = await dispatch(argv, commands, {
    print: (text) => process.stdout.write(text),
    note: (message) => console.error(message),
    signal: interruption.signal,
    interrupt: () => interrupt(signalCodes.SIGINT),
  });
  process.exitCode = await afterReport(code);
  if (interruption.signal.aborted) {
    const isClean = code !== exitCodes.cleanup;
    console.error(isClean ? "Interrupted. Everything is stopped and removed." : "Interrupted.");
    process.exit(interruption.signal.reason);
  }
  // What a silent server was asked would keep this process for minutes.
  for (const stream of [process.stdout, process.stderr]) {
    await new Promise<void>((resolve) => void stream.write("", () => resolve()));
  }
  process.exit();
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
      // The reading end is closed, as `| head -1` does: the work goes on without output.
      if (!hasCode(error, "EPIPE")) unwritten = error.message;
    });
  }
}

/** A report that did not reach its reader proves nothing. */
async function afterReport(code: number): Promise<number> {
  await new Promise((resolve) => setImmediate(resolve)); // a stream's error comes a moment later
  if (unwritten === undefined) return code;
  console.error(`The report could not be written: ${unwritten}`);
  return code || exitCodes.report;
}

/**
 * Does what a command line says.
 * @param argv without node and the script
 * @param commands that the program has
 * @param given all that a command uses of the process, apart from its environment and its directory
 * @returns the exit code; the signal's, if everything was stopped and removed in good order
 */
export async function dispatch(
  argv: readonly string[],
  commands: readonly AddCommand[],
  given: Context,
): Promise<number> {
  // Most notes quote something: a server, a library, the names of files.
  const context = {
    ...given,
    note: (message: string) => given.note(harmless(message)),
  };
  hidePasswordsIn(argv);
  // Before anything is shown: an author may have written it into a guide. What cannot be read is reported where it is used.
  attempt(() => hidePasswordIn(databaseUrl() ?? ""), undefined);
  let isRead = false;
  let stopLooking = () => {};
  try {
    const environment = { isCi: isCi(), isInteractive: isInteractive() };
    const line = parseArguments(argv, commands, environment, version());
    isRead = true;
    if (line.kind === "command") {
      if (line.isLasting) stopLooking = onParentEnd(given.interrupt);
      return await line.perform(context);
    }
    context.print(line.text);
    return 0;
  } catch (error) {
    if (!isRead) await failReports(argv, commands, error, context);
    return exitCodeFor(error, context);
  } finally {
    stopLooking();
  }
}

/** A connection string belongs into the environment. Typed as an argument, messages would quote it. */
function hidePasswordsIn(argv: readonly string[]): void {
  for (const word of argv) {
    const inUri = word.matchAll(/:\/\/[^:@/\s]*:([^\s]+)@/g);
    const named = word.matchAll(/password=([^&\s]+)/gi);
    for (const [, password = ""] of [...inUri, ...named]) hidePassword(password, []);
  }
}

/**
 * Writes the reports of a command line that could not be read: a job that collects them has to see that
 * nothing was verified. If they cannot be written, nothing is: why the command line could not be read says more.
 */
async function failReports(
  argv: readonly string[],
  commands: readonly AddCommand[],
  error: unknown,
  { print }: Context,
): Promise<void> {
  // `merge` reads reports: what a command that writes none names is not a place for one.
  if (namesCommand(argv, commands)) return;
  const { openReporters, readReporter } = await import("../report/reporters.ts");
  const choices = valuesOf("--reporter", argv).flatMap((text) => readReporter(text) ?? []);
  const named = choices.filter(({ file }) => file !== undefined);
  if (named.length === 0) return;
  try {
    (await openReporters(named, print)).fail(error);
  } catch {}
}

function valuesOf(option: string, argv: readonly string[]): string[] {
  return argv.flatMap((word, at) => {
    if (word.startsWith(`${option}=`)) return word.slice(option.length + 1);
    return word === option ? (argv[at + 1] ?? []) : [];
  });
}

/** Tells the reader what went wrong. */
function exitCodeFor(error: unknown, { note, signal }: Context): number {
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

/**
 * Describes an error that the runner did not expect, with its stack. An error's other fields are left
 * out, and so is what a connection string has before its host: they may be secret.
 */
function bugReport(error: unknown): string {
  const where = `${version()}, Node.js ${process.version}, ${process.platform} ${process.arch}`;
  return harmless(
    `This is a bug in the guide's runner (${where}). Please report it where you found this project, with these lines:
${withoutLogins(stackOf(error))}`,
  );
}

function stackOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const stack = error.stack ?? error.message;
  return error.cause === undefined ? stack : `${stack}\nCaused by: ${stackOf(error.cause)}`;
}

/** A password may contain anything, blanks too: all text before the last @ of a line goes. */
function withoutLogins(text: string): string {
  return text.replace(/\b(postgres(?:ql)?:\/\/).*@/g, "$1...@");
}

function version(): string {
  return String(JSON.parse(readFileSync(packageFile, "utf8")).version);
}
