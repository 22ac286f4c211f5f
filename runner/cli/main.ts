import { setMaxListeners } from "node:events";
import { exitCodes, hasCode } from "../common/failure.ts";
import { bugReport } from "./bug.ts";
import { dispatch } from "./dispatch.ts";

export { dispatch } from "./dispatch.ts";

const signalCodes = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;

const interruption = new AbortController();
setMaxListeners(0, interruption.signal); // each client that waits listens, and stops when it is served
let unwritten: string | undefined;

/** Shells, tsx and npx hand the same Ctrl-C on: what comes within this time is one signal. */
const SAME_SIGNAL_MS = 1000;
let interruptedAt = 0;

/**
 * Does what the command line says, and sets the exit code of this process.
 * @param argv without node and the script
 */
export async function main(argv: readonly string[]): Promise<void> {
  // In an event's handler, where no promise is: nothing can be tidied up any more. The watchdog does that.
  process.on("uncaughtException", (error) => {
    console.error(bugReport(error));
    process.exit(exitCodes.bug);
  });
  listenForSignals();
  const code = await dispatch(argv, {
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
