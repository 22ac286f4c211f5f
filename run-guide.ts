import { readFileSync } from "node:fs";
import { drivers } from "./drivers/drivers.ts";
import { SetupError } from "./drivers/errors.ts";
import { parseArguments } from "./runner/arguments.ts";
import { Failure, type FailureKind } from "./runner/failure.ts";
import { listRuns } from "./runner/guide/list.ts";
import { loadGuide } from "./runner/guide/load.ts";
import { useColor } from "./runner/report/color.ts";
import type { Reporter } from "./runner/report/events.ts";
import { jsonReporter } from "./runner/report/json.ts";
import { terminalReporter } from "./runner/report/terminal.ts";
import { runGuide } from "./runner/run/run-guide.ts";

const exitCodes: Record<FailureKind, number> = { usage: 2, layout: 2, database: 3 };
const signalCodes = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;

process.exitCode = await main().catch((error: unknown) => {
  if (error instanceof SetupError) error = new Failure("database", error.message);
  if (!(error instanceof Failure)) throw error;
  console.error(error.message);
  return exitCodes[error.kind];
});

async function main(): Promise<number> {
  const version = JSON.parse(
    readFileSync(new URL("package.json", import.meta.url), "utf8"),
  ).version;
  const driverNames = Object.keys(drivers);
  const commandLine = parseArguments(process.argv.slice(2), driverNames, version);
  if (commandLine.kind === "answer") return print(commandLine.text);

  const { options } = commandLine;
  const guide = loadGuide(import.meta.dirname);
  if (options.list) return print(listRuns(guide));
  if (options.update && process.env.CI) {
    throw new Failure("usage", "--update writes golden files, and CI is set: CI only checks them.");
  }
  if (options.update && options.driver.length > 0 && options.driver.length < driverNames.length) {
    throw new Failure("usage", "--update needs all drivers to agree: leave out --driver.");
  }

  const interruption = new AbortController();
  let code: number | undefined;
  for (const [signal, signalCode] of Object.entries(signalCodes)) {
    process.on(signal, () => {
      code = signalCode;
      interruption.abort();
    });
  }
  // The reader of our output has gone away, as `| head -1` does: the work goes on, unseen.
  process.stdout.on("error", () => {});

  const reporters: Record<typeof options.reporter, () => Reporter> = {
    terminal: () => terminalReporter(print, useColor(process.stdout)),
    json: () => jsonReporter(print),
  };
  const summary = await runGuide({
    guide,
    drivers: options.driver.length > 0 ? options.driver : driverNames,
    step: options.step,
    timeout: options.timeout,
    update: options.update ?? false,
    inPlace: options.inPlace ?? false,
    reporter: reporters[options.reporter](),
    note: (message) => console.error(message),
    signal: interruption.signal,
  });
  return code ?? (summary.verified ? 0 : 1);
}

function print(text: string): number {
  process.stdout.write(text);
  return 0;
}
