import type { Unavailable } from "../guide/client.ts";
import type { Selection } from "../guide/select.ts";
import type { Reporter } from "../report/events.ts";
import { type Summary, summarize } from "../report/summary.ts";
import { runAll } from "../run/run-all.ts";
import type { Session, SessionOptions } from "../run/session.ts";
import { withSession } from "../run/with-session.ts";
import { refuseChanged } from "../verify/golden.ts";
import type { JudgedRun } from "../verify/judged-run.ts";
import { updateGoldenFile } from "../verify/update.ts";

export interface RunOptions extends Omit<SessionOptions, "runs"> {
  readonly runs: Selection;
  /** Clients that were wanted, and cannot run here. */
  readonly unavailable?: readonly Unavailable[];
  readonly reporter: Reporter;
  /** Stop all clients at the first run that does not match. */
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
  const { guide, clients, runs, reporter, bail, accept, linger, signal } = choice;
  const { unavailable = [] } = choice;

  return withSession({ ...choice, runs: runs.execute }, async (session) => {
    reporter.start({ guide, server: session.server.label, clients, unavailable });
    // A run that only prepares the ground is reported where it failed.
    const isReported = ({ run, verdict }: JudgedRun) =>
      !signal.aborted && (runs.report.has(run) || verdict !== "match");
    const onJudged = (run: JudgedRun) => {
      if (!accept && isReported(run)) reporter.run(run);
    };
    const executed = await runAll({ guide, runs: runs.execute, clients, session, bail, onJudged });

    const reported = executed.filter(isReported);
    const isWriting = accept && !signal.aborted;
    const judged = isWriting ? await update(reported, guide.directory, accept, reporter) : reported;
    const summary = summarize(judged, clients, Math.round(performance.now() - started));
    if (!signal.aborted && linger) await linger(session);
    if (!signal.aborted) reporter.end({ runs: judged, summary });
    return summary;
  });
}

async function update(
  judged: readonly JudgedRun[],
  directory: string,
  accept: (runs: readonly JudgedRun[]) => Promise<ReadonlySet<JudgedRun>>,
  reporter: Reporter,
): Promise<readonly JudgedRun[]> {
  const accepted = await accept(judged);
  refuseChanged(judged.map(({ golden }) => golden)); // a question may have been open for long
  const updated: JudgedRun[] = [];
  for (const run of judged) {
    const now = accepted.has(run) ? await updateGoldenFile(run, directory) : run;
    updated.push(now);
    reporter.run(now);
  }
  return updated;
}
