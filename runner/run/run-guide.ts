import { databaseUrl } from "../../drivers/environment.ts";
import { openGuideDatabase } from "../database/database.ts";
import { type Guide, goldenFile } from "../guide/guide.ts";
import type { Selection } from "../guide/select.ts";
import type { Reporter } from "../report/events.ts";
import { type Summary, summarize } from "../report/summary.ts";
import { readGolden, refuseChanged } from "../verify/golden.ts";
import { openWorkspace } from "../workspace/workspace.ts";
import type { JudgedRun } from "./judged-run.ts";
import { runAll } from "./run-all.ts";
import { openSession } from "./session.ts";
import { updateGoldenFiles } from "./update.ts";

export interface GuideChoice {
  readonly guide: Guide;
  readonly drivers: readonly string[];
  readonly runs: Selection;
  /** Seconds. */
  readonly timeout: number;
  readonly update: boolean;
  readonly inPlace: boolean;
  readonly reporter: Reporter;
  /** Is told what the reader should know while waiting, or afterwards. */
  readonly note: (message: string) => void;
  readonly signal: AbortSignal;
}

/**
 * Runs a guide from beginning to end, and removes whatever that needed.
 * @throws Failure, where it could not begin or go on
 */
export async function runGuide(choice: GuideChoice): Promise<Summary> {
  const { guide, drivers, reporter, signal } = choice;
  const { execute, report } = choice.runs;
  const started = performance.now() - process.uptime() * 1000;
  const url = databaseUrl();
  const goldens = new Map(
    execute.map((run) => [run, readGolden(guide.directory, goldenFile(run))]),
  );
  const workspace = openWorkspace();
  try {
    const session = await openSession({
      workspace,
      signal,
      steps: [...new Set(execute.map((run) => run.step))],
      timeout: choice.timeout * 1000,
      openDatabase: () =>
        openGuideDatabase(workspace, {
          url,
          inPlace: choice.inPlace,
          tables: guide.tables,
          signal,
          onRetry: once((message) => choice.note(`Waiting for the database: ${message}`)),
        }),
    });
    const judged: JudgedRun[] = [];
    try {
      reporter.start({ guide, server: session.database.label, drivers });
      await runAll(goldens, drivers, session, (run) => {
        if (signal.aborted) return;
        // A run that only prepares the ground is reported where it failed.
        if (!report.has(run.run) && run.verdict === "match") return;
        judged.push(run);
        if (!choice.update) reporter.run(run);
      });
    } finally {
      await session.close().catch((error) => choice.note(`Not everything was removed. ${error}`));
    }
    refuseChanged(goldens.values());
    const runs = choice.update && !signal.aborted ? updateGoldenFiles(judged) : judged;
    if (choice.update) for (const run of runs) reporter.run(run);

    const summary = summarize(runs, drivers, Math.round(performance.now() - started));
    if (!signal.aborted) reporter.end({ runs, summary });
    return summary;
  } finally {
    workspace.close();
  }
}

function once(work: (message: string) => void): (message: string) => void {
  let isDone = false;
  return (message) => {
    if (!isDone) work(message);
    isDone = true;
  };
}
