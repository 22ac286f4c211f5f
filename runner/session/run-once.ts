import { goldenFile, type Run } from "../guide/guide.ts";
import type { Selection } from "../guide/select.ts";
import type { Reporter } from "../report/events.ts";
import { type Summary, summarize } from "../report/summary.ts";
import type { Unavailable } from "../standalone/client.ts";
import { type Golden, readGolden, refuseChanged } from "../verify/golden.ts";
import type { JudgedRun } from "../verify/judged-run.ts";
import { updateGoldenFile } from "../verify/update.ts";
import { runAll } from "./run-all.ts";
import type { Session, SessionOptions } from "./session.ts";
import { withSession } from "./with-session.ts";

export interface RunOptions extends Omit<SessionOptions, "runs"> {
  readonly runs: Selection;
  /** Clients that were wanted, and cannot run here. */
  readonly unavailable?: readonly Unavailable[];
  readonly reporter: Reporter;
  /** Stop all drivers at the first run that does not match. */
  readonly bail: boolean;
  /** Picks the runs whose golden files are written; undefined: none are. */
  readonly accept: ((runs: readonly JudgedRun[]) => Promise<ReadonlySet<JudgedRun>>) | undefined;
  /** Is called when all is done, while the databases are still there. */
  readonly linger: ((session: Session) => Promise<void>) | undefined;
}

/**
 * Runs a guide from beginning to end.
 * @throws Failure, where it could not begin or go on
 */
export async function runGuide(choice: RunOptions): Promise<Summary> {
  const started = performance.now() - process.uptime() * 1000;
  const goldens = readGoldens(choice);
  const judged: JudgedRun[] = [];

  await withSession({ ...choice, runs: choice.runs.execute }, async (session) => {
    const { guide, drivers, reporter, signal } = choice;
    const { unavailable = [] } = choice;
    reporter.start({ guide, server: session.database.label, drivers, unavailable });
    await runAll(goldens, drivers, session, (run) => {
      if (signal.aborted) return;
      if (choice.bail && run.verdict !== "match") session.stop(`--bail: ${run.run.name} failed`);
      // A run that only prepares the ground is reported where it failed.
      if (!choice.runs.report.has(run.run) && run.verdict === "match") return;
      judged.push(run);
      if (!choice.accept) reporter.run(run);
    });
    refuseChanged(goldens.values());
    if (!signal.aborted && choice.accept) await update(judged, choice.accept, reporter);
    if (!signal.aborted && choice.linger) await choice.linger(session);
    const summary = summarize(judged, drivers, Math.round(performance.now() - started));
    if (!signal.aborted) reporter.end({ runs: judged, summary });
  });
  return summarize(judged, choice.drivers, Math.round(performance.now() - started));
}

/** The golden files as they are before the first run. */
function readGoldens({ guide, runs }: RunOptions): Map<Run, Golden> {
  return new Map(runs.execute.map((run) => [run, readGolden(guide.directory, goldenFile(run))]));
}

async function update(
  judged: JudgedRun[],
  accept: (runs: readonly JudgedRun[]) => Promise<ReadonlySet<JudgedRun>>,
  reporter: Reporter,
): Promise<void> {
  const accepted = await accept(judged);
  for (const [index, run] of judged.entries()) {
    const now = accepted.has(run) ? await updateGoldenFile(run) : run;
    judged[index] = now;
    reporter.run(now);
  }
}
