import { Failure } from "../common/failure.ts";
import type { Guide, Run } from "../guide/guide.ts";
import type { Outcome } from "../guide/outcome.ts";
import { textsOfSteps } from "../guide/step-texts.ts";
import { refuseChanged } from "../verify/golden.ts";
import type { JudgedRun } from "../verify/judge.ts";
import { runAll } from "./run-all.ts";
import type { Session } from "./session.ts";

/** A guide that is run one run at a time, forwards and back. */
export interface Stepper {
  /** The runs that the databases have been through, as they were judged last. */
  readonly judged: readonly JudgedRun[];
  /**
   * Compiles the steps as their files are now, and brings the databases to the state before a run. If
   * they are in another state, takes the nearest earlier one that is kept, or new databases, and runs the
   * rest again.
   * @param onRewind is called before runs are run again, with the index of the first one
   * @param onDone is called for each client after each of them
   * @returns the index of the first run that was run again; `index` if there was none
   * @throws Failure where a step does not compile: the databases stay as they are
   */
  goTo(
    index: number,
    stop: AbortSignal,
    onRewind: (first: number) => void,
    onDone?: OnDone,
  ): Promise<number>;
  /**
   * Executes the next run.
   * @throws Failure where a golden file changed meanwhile
   */
  runNext(stop: AbortSignal, onDone: OnDone): Promise<JudgedRun>;
  /**
   * Makes sure that what was judged still holds.
   * @throws Failure of kind "layout" where a golden file, or what a run runs, changed since
   */
  refuseStale(): Promise<void>;
}

export type OnDone = (client: string, outcome: Outcome) => void;

/** The run did not come to its end: it was stopped by hand. */
export class Stopped extends Error {
  override name = "Stopped";
}

export function openStepper(guide: Guide, clients: readonly string[], session: Session): Stepper {
  const judged: JudgedRun[] = [];
  /** False after a run that was stopped: then what the databases hold is unknown. */
  let isKnown = true;
  const programs = new Map<Run, string>();
  /** The next run's processes are being started. */
  let expecting = Promise.resolve();
  /** What a run runs, with the files that it names. */
  async function programsOf(run: Run): Promise<string> {
    const programs = await Promise.all(clients.map((client) => session.programOf(run, client)));
    const { directory, page } = guide;
    const named = page ? [] : textsOfSteps({ directory, steps: [run.step] }, []).values();
    return [...programs, ...named].join();
  }

  async function execute(runs: readonly Run[], stop: AbortSignal, onDone: OnDone): Promise<void> {
    isKnown = false;
    for (const run of runs) programs.set(run, await programsOf(run));
    const done = await runAll({
      guide,
      runs,
      clients,
      session,
      stop,
      onDone: (_, client, outcome) => onDone(client, outcome),
    });
    if (stop.aborted) throw new Stopped();
    judged.push(...done);
    isKnown = true;
    expecting = session.expect(guide.runs.slice(judged.length, judged.length + 1), clients);
  }

  return {
    judged,

    async goTo(index, stop, onRewind, onDone = () => {}) {
      await expecting;
      await session.recompile();
      if (isKnown && judged.length === index) return index;
      isKnown = false;
      const before = judged.splice(0).slice(0, index);
      const first = await session.rewind(
        before.map(({ run }) => run),
        clients,
      );
      judged.push(...before.slice(0, first));
      onRewind(first);
      await execute(guide.runs.slice(first, index), stop, onDone);
      return first;
    },

    async runNext(stop, onDone) {
      await expecting;
      const index = judged.length;
      await execute(guide.runs.slice(index, index + 1), stop, onDone);
      const last = judged[index];
      if (!last) throw new Error(`There is no run ${index}.`);
      return last;
    },

    async refuseStale() {
      refuseChanged(judged.map(({ golden }) => golden));
      await session.recompile();
      for (const { run } of judged) {
        if ((await programsOf(run)) === programs.get(run)) continue;
        throw new Failure("layout", `${run.name} was run before its files changed. Run again.`);
      }
    },
  };
}
