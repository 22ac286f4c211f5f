import type { Outcome } from "../execute/outcome.ts";
import type { Guide, Run } from "../guide/guide.ts";
import { readGolden, refuseChanged } from "../verify/golden.ts";
import { type JudgedRun, judgeRun } from "../verify/judged-run.ts";
import type { Session } from "./session.ts";

/** What runs, and what is told of it on the way. */
export interface Runs {
  readonly guide: Guide;
  /** In their order. */
  readonly runs: readonly Run[];
  readonly drivers: readonly string[];
  readonly session: Session;
  /** Stop all drivers after the first run that does not match. */
  readonly bail?: boolean;
  /** A driver is done with a run. */
  readonly onDone?: (run: Run, driver: string, outcome: Outcome) => void;
  /** A run has its verdict. Called in the order of the runs. */
  readonly onJudged?: (run: JudgedRun) => void;
}

/**
 * Executes runs with all drivers: side by side, or one driver after the other where they share a
 * database. Each run is judged as soon as its last driver is done, by its golden file as it was before
 * the first run.
 * @returns the runs with their verdicts
 * @throws Failure of kind "layout" for a golden file that cannot be read, or that changed meanwhile
 */
export async function runAll(choice: Runs): Promise<readonly JudgedRun[]> {
  const { guide, runs, drivers, session, bail = false } = choice;
  const goldens = new Map(runs.map((run) => [run, readGolden(guide.directory, run)]));
  const outcomes = new Map(runs.map((run) => [run, new Map<string, Outcome>()]));
  const results: JudgedRun[] = [];
  let judging = Promise.resolve();

  async function execute(run: Run, driver: string): Promise<void> {
    const outcome = await session.execute(run, driver);
    outcomes.get(run)?.set(driver, outcome);
    choice.onDone?.(run, driver, outcome);
    if (outcomes.get(run)?.size === drivers.length) {
      judging = judging.then(async () => {
        const judged = await judge(run, drivers);
        results.push(judged);
        choice.onJudged?.(judged);
      });
      judging.catch(() => {}); // reported below
    }
  }

  async function judge(run: Run, by: readonly string[]): Promise<JudgedRun> {
    const golden = goldens.get(run);
    if (!golden) throw new Error(`${run.name} is none of these runs`);
    const ofRun = by.flatMap((driver) => {
      const outcome = outcomes.get(run)?.get(driver);
      return outcome ? [[driver, outcome] as const] : [];
    });
    return judgeRun(run, golden, ofRun);
  }

  /** With `bail`, nobody begins a run before the last one is judged. */
  async function runInStep(group: readonly string[]): Promise<void> {
    for (const run of runs) {
      await all(group.map((driver) => execute(run, driver)));
      const { verdict } = await judge(run, group);
      if (verdict !== "match") session.stop(`--bail: ${run.name} failed`);
    }
  }

  async function runFreely(driver: string): Promise<void> {
    for (const run of runs) await execute(run, driver);
  }

  const groups = session.database.isParallel ? [drivers] : drivers.map((driver) => [driver]);
  for (const group of groups) {
    await (bail ? runInStep(group) : all(group.map(runFreely)));
  }
  await judging;
  refuseChanged(goldens.values());
  return results;
}

/** Waits for all, and throws the first failure. */
async function all(works: readonly Promise<void>[]): Promise<void> {
  const failure = (await Promise.allSettled(works)).find(({ status }) => status === "rejected");
  if (failure?.status === "rejected") throw failure.reason;
}
