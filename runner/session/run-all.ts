import type { Outcome } from "../execute/outcome.ts";
import type { Run } from "../guide/guide.ts";
import type { Golden } from "../verify/golden.ts";
import { type JudgedRun, judgeRun } from "../verify/judged-run.ts";
import type { Session } from "./session.ts";

/**
 * Executes the runs with all drivers: side by side, or one driver after the other where they share
 * a database. Each run is judged as soon as its last driver is done.
 * @param goldens the runs in their order, with their golden files as they were before the first run
 * @param onJudged is called in the order of the runs
 */
export async function runAll(
  goldens: ReadonlyMap<Run, Golden>,
  drivers: readonly string[],
  session: Session,
  onJudged: (run: JudgedRun) => void,
): Promise<void> {
  const outcomes = new Map<Run, Map<string, Outcome>>();
  let judged = Promise.resolve();

  async function runLane(driver: string): Promise<void> {
    for (const [run, golden] of goldens) {
      const ofRun = outcomes.get(run) ?? new Map<string, Outcome>();
      outcomes.set(run, ofRun);
      ofRun.set(driver, await session.execute(run, driver));
      if (ofRun.size < drivers.length) continue;

      const inOrder = [...ofRun].sort(([a], [b]) => drivers.indexOf(a) - drivers.indexOf(b));
      judged = judged.then(async () => onJudged(await judgeRun(run, golden, inOrder)));
      judged.catch(() => {}); // reported below
    }
  }

  if (session.database.isParallel) {
    const lanes = await Promise.allSettled(drivers.map(runLane));
    const failure = lanes.find((lane) => lane.status === "rejected");
    if (failure) throw failure.reason;
  } else {
    for (const driver of drivers) await runLane(driver);
  }
  await judged;
}
