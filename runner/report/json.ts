import { statSync } from "node:fs";
import { goldenFile } from "../guide/guide.ts";
import { readStart } from "../text/files.ts";
import type { DriverRun, JudgedRun } from "../verify/judged-run.ts";
import type { Events, Reporter } from "./events.ts";

/** Of a longer stdout, the report holds the beginning. */
const STDOUT_LIMIT = 1024 * 1024;

/** One JSON document at the end of the run. docs/json-report.md describes it. */
export function jsonReporter(write: (text: string) => void): Reporter {
  let head: Events["start"] | undefined;
  return {
    start(event) {
      head = event;
    },
    run() {},
    end({ runs, summary }) {
      const { guide, server, drivers, unavailable = [] } = head ?? {};
      const document = {
        guide: guide?.title,
        server,
        drivers,
        unavailable,
        runs: runs.flatMap((judged) => judged.drivers.map((driver) => entry(judged, driver))),
        summary,
      };
      // Where stdout is GitHub's log, "##[" must not stand there: it would be a command.
      write(`${JSON.stringify(document, null, 2).replaceAll("##[", "#\\u0023[")}\n`);
    },
  };
}

function entry({ run, verdict }: JudgedRun, { driver, outcome, diff }: DriverRun) {
  const skipped = outcome.kind === "skipped";
  return {
    step: run.step.name,
    golden: goldenFile(run),
    driver,
    verdict,
    outcome: outcome.kind,
    reason: skipped ? outcome.because : outcome.kind === "failed" ? outcome.reason : null,
    duration: skipped ? null : outcome.duration,
    exitCode: skipped ? null : outcome.exitCode,
    stdout: skipped ? null : readStart(outcome.stdoutFile, STDOUT_LIMIT),
    stdoutBytes: skipped ? null : statSync(outcome.stdoutFile).size,
    stderr: skipped ? null : outcome.stderr,
    diff: diff || null,
  };
}
