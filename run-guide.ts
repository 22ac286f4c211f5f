import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { SetupError } from "./drivers/errors.ts";
import { parseArguments } from "./runner/arguments.ts";
import { Failure, type FailureKind, hasCode } from "./runner/failure.ts";
import { listRuns } from "./runner/guide/list.ts";
import { loadGuide } from "./runner/guide/load.ts";
import { selectDrivers, selectRuns } from "./runner/guide/select.ts";
import { openReporters } from "./runner/report/reporters.ts";
import { runGuide } from "./runner/run/run-guide.ts";

const exitCodes: Record<FailureKind, number> = { usage: 2, layout: 2, database: 3 };
const signalCodes = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;

const interruption = new AbortController();
let unwritten: string | undefined;
process.exitCode = await main().then(afterReport, explain);
if (interruption.signal.aborted) {
  console.error("Interrupted. Everything is stopped and removed.");
  process.exit(interruption.signal.reason);
}

async function main(): Promise<number> {
  const version = JSON.parse(
    readFileSync(new URL("package.json", import.meta.url), "utf8"),
  ).version;
  const commandLine = parseArguments(process.argv.slice(2), version);
  if (commandLine.kind === "answer") return print(commandLine.text);

  const { options } = commandLine;
  const guide = await loadGuide(options.guide ? resolve(options.guide) : import.meta.dirname);
  if (options.list) return print(listRuns(guide));

  const drivers = selectDrivers(guide, options.driver);
  const runs = selectRuns(guide, options.step);
  if (options.update && process.env.CI) {
    throw new Failure("usage", "--update writes golden files, and CI is set: CI only checks them.");
  }
  if (options.update && drivers.length < guide.drivers.length) {
    throw new Failure("usage", "--update needs all drivers to agree: leave out --driver.");
  }

  listenForSignals();
  const summary = await runGuide({
    guide,
    runs,
    drivers,
    timeout: options.timeout,
    update: options.update ?? false,
    inPlace: options.inPlace ?? false,
    reporter: openReporters(options.reporter, print),
    note: (message) => console.error(message),
    signal: interruption.signal,
  });
  return summary.verified ? 0 : 1;
}

/** A report that did not reach its reader is no proof. */
async function afterReport(code: number): Promise<number> {
  await new Promise((resolve) => setImmediate(resolve)); // a stream's error comes a moment later
  if (unwritten === undefined) return code;
  console.error(`The report could not be written: ${unwritten}`);
  return code || 1;
}

/** The first signal ends the run in good order; a second one ends this process at once. */
function listenForSignals(): void {
  for (const [signal, code] of Object.entries(signalCodes)) {
    process.on(signal, () => {
      if (interruption.signal.aborted) process.exit(code);
      interruption.abort(code);
    });
  }
  for (const stream of [process.stdout, process.stderr]) {
    stream.on("error", (error) => {
      // The reader has gone away, as `| head -1` does: the work goes on, unseen.
      if (!hasCode(error, "EPIPE")) unwritten = error.message;
    });
  }
}

function explain(error: unknown): number {
  if (interruption.signal.aborted) return interruption.signal.reason;
  const failure = error instanceof SetupError ? new Failure("database", error.message) : error;
  if (!(failure instanceof Failure)) throw error;
  console.error(failure.message);
  return exitCodes[failure.kind];
}

function print(text: string): number {
  process.stdout.write(text);
  return 0;
}
